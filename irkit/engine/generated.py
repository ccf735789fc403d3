"""Playbooks that irkit writes itself: one that takes a run back, and one for a single action.

They are text like any other playbook: decoded, recorded and shown in the same way, so that
nothing about such a run is special.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import timedelta

from irkit.clock import words
from irkit.decode import slug
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.undoing import can_undo, made_changes
from irkit.model.playbook import Approval, Playbook
from irkit.model.run import Run
from irkit.model.spec import Catalogue, Spec, Verb

_TAKE_BACK = "Take back"


def undo_text(run: Run, playbook: Playbook, phase: str = "") -> str:
    """Return the text of the playbook that takes `run` back, all of it or one phase.

    It asks for the strictest of the approvals that the phases asked for when they were made.

    Raises:
        IrkitError: if there is no such phase, or nothing to take back.
    """
    names = {item.id: item.name for item in playbook.phases}
    wanted = _wanted(run, names, phase)
    approval = _strictest(playbook, wanted)
    lines = [
        "irkit: 1",
        f"playbook: {slug(f'undo-{playbook.id}')}",
        f"title: {_text(f'Take back: {run.title}')}",
        f"about: {_text(f'Takes back what run {run.id} changed, the last change first.')}",
    ]
    if approval is not None:
        lines += ["approvals:", f"  as-made: {_approval(approval)}"]
    lines.append("steps:")
    for id_ in wanted:
        lines += [
            f"  - phase: {_text(names[id_])}",
            "    steps:",
            "      - require: now != ''",
            "        say: This phase only names what is taken back.",
        ]
    lines += [
        f"  - phase: {_text(_TAKE_BACK)}",
        *([] if approval is None else ["    approve: as-made"]),
        "    steps:",
        f"      - undo: [{', '.join(_text(names[id_]) for id_ in wanted)}]",
    ]
    return "\n".join([*lines, ""])


def _wanted(run: Run, names: Mapping[str, str], phase: str) -> tuple[str, ...]:
    if phase and phase not in names and phase not in names.values():
        raise IrkitError(
            Diagnostic(
                code="IRK203",
                summary=f"the run has no phase `{phase}`",
                help=f"it has: {', '.join(names.values())}",
            )
        )
    chosen = tuple(id_ for id_, name in names.items() if phase in {"", id_, name})
    made = made_changes(run, chosen)
    able = {state.phase for state in made if can_undo(state)}
    if not able:
        lost = f" ({len(made)} of its changes cannot be taken back)" if made else ""
        raise IrkitError(
            Diagnostic(
                code="IRK615",
                summary=f"there is nothing to take back in run {run.id}{lost}",
                help=f"see what it changed: irkit status {run.id}",
            )
        )
    return tuple(id_ for id_ in chosen if id_ in able)


def _strictest(playbook: Playbook, phases: Iterable[str]) -> Approval | None:
    named = {phase.approve for phase in playbook.phases if phase.id in set(phases)}
    found = [playbook.approvals[name] for name in sorted(filter(None, named))]
    return max(found, key=lambda item: (item.need, item.exclude_requester), default=None)


def _approval(approval: Approval) -> str:
    parts = [f"need: {approval.need}"]
    if approval.roles:
        parts.append(f"from: [{', '.join(map(_text, approval.roles))}]")
    if approval.exclude_requester:
        parts.append("not: [requester]")
    if approval.valid is not None:
        parts.append(f"valid: {_duration(approval.valid)}")
    return "{" + ", ".join(parts) + "}"


def action_text(spec: Spec, given: Mapping[str, str], because: str) -> str:
    """Return the text of a playbook of one step: `spec`, with what `given` says.

    Raises:
        IrkitError: with every parameter that is unknown or missing.
    """
    _check_parameters(spec, given)
    names = [p.name for p in spec.parameters if p.name in given]
    lines = [
        "irkit: 1",
        f"playbook: {slug(f'do-{spec.id}')}",
        f"title: {_text(spec.summary)}",
        f"about: {_text(because or spec.summary)}",
        *(["inputs:"] if names else []),
    ]
    lines += [
        f"  {parameter.name}: {{type: {_text(parameter.type)}}}"
        for parameter in spec.parameters
        if parameter.name in given
    ]
    lines += ["steps:", f"  - {spec.verb}: {spec.id}"]
    if names:
        values = ", ".join(f"{name}: {_text('{{ inputs.' + name + ' }}')}" for name in names)
        lines.append(f"    with: {{{values}}}")
    if spec.verb is Verb.DO:
        lines.append(f"    because: {_text(because)}")
    else:
        lines += ["    as: answer", "outputs:", '  answer: "{{ answer }}"']
    return "\n".join([*lines, ""])


def known_action(catalogue: Catalogue, name: str) -> Spec:
    """Return the spec of an action.

    Raises:
        IrkitError: if there is none of that name.
    """
    spec = catalogue.get(name)
    if spec is not None:
        return spec
    from irkit.decode import nearest  # noqa: PLC0415  # only for a mistake

    near = nearest(name, [item.id for item in catalogue])
    meant = f"; did you mean `{near}`?" if near else ""
    raise IrkitError(
        Diagnostic(
            code="IRK201",
            summary=f"there is no action `{name}`{meant}",
            help="list them with: irkit actions",
        )
    )


def _check_parameters(spec: Spec, given: Mapping[str, str]) -> None:
    listed = ", ".join(parameter.name for parameter in spec.parameters)
    problems = [
        Diagnostic(
            code="IRK102",
            summary=f"the action `{spec.id}` has no parameter `{name}`",
            help=f"it has: {listed or 'none'}",
        )
        for name in given
        if spec.parameter(name) is None
    ]
    problems += [
        Diagnostic(
            code="IRK115",
            summary=f"`{spec.id}` needs `{parameter.name}`: {parameter.help}",
            help=f"add: {parameter.name}=…",
        )
        for parameter in spec.parameters
        if parameter.required and parameter.name not in given
    ]
    if problems:
        raise IrkitError(*problems)


def _duration(valid: timedelta) -> str:
    return words(valid).replace(" ", "")


def _text(text: str) -> str:
    """Return `text` as a double-quoted YAML scalar in ASCII.

    JSON's escapes are YAML's but for characters beyond the first plane, and half ones are nothing.
    """
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(char if " " <= char <= "~" else _escaped(char) for char in quoted)


def _escaped(char: str) -> str:
    whole = "\N{REPLACEMENT CHARACTER}" if "\ud800" <= char <= "\udfff" else char
    return f"\\U{ord(whole):08X}"
