"""Phases: the groups that become parts of the plan, and what each of them needs.

A phase needs the nearest phase before it that is not in the background, and every background phase
that binds a name it uses; `needs:` replaces both, except that a name still has to come from
somewhere the phase needs. Steps outside any phase are gathered into one called *Steps*.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from irkit.decode import Fields, Problems, heading, scalars, shown, slug, texts, unknown
from irkit.lang.steps import StepReader
from irkit.lang.uses import bound, used
from irkit.model.playbook import Hold, Phase
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

IMPLICIT: Final = "Steps"


def decode_phases(top: Fields, problems: Problems, steps: StepReader) -> tuple[Phase, ...]:
    """Read `steps:` of a playbook."""
    node = top.require("steps")
    if node is None:
        return ()
    if not isinstance(node, SequenceNode) or not node.items:
        problems.add("IRK103", "`steps` must be a list of phases or steps", heading(node))
        return ()
    groups = _groups(node, steps)
    steps.phases = {name: id_ for name, id_, _ in groups} | {id_: id_ for _, id_, _ in groups}
    phases: list[Phase] = []
    for name, id_, members in groups:
        phases.append(_phase(name, id_, members, phases, steps))
    return tuple(phases)


def _groups(node: SequenceNode, steps: StepReader) -> list[tuple[str, str, list[Node]]]:
    """Return name, id and node of each phase; a run of plain steps is one implicit phase."""
    groups: list[tuple[str, str, list[Node]]] = []
    plain: list[Node] | None = None
    taken: set[str] = set()
    for item in node.items:
        name = item.get("phase") if isinstance(item, MappingNode) else None
        if name is None:
            if plain is None:
                plain = []
                groups.append((*_implicit(taken), plain))
            plain.append(item)
            continue
        plain = None
        title = name.text if isinstance(name, ScalarNode) else ""
        id_ = slug(title)
        if isinstance(name, ScalarNode):
            _once(id_, name, taken, steps.problems)
        groups.append((title, id_, [item]))
    return groups


def _implicit(taken: set[str]) -> tuple[str, str]:
    name, count = IMPLICIT, 1
    while slug(name) in taken:
        count += 1
        name = f"{IMPLICIT} {count}"
    taken.add(slug(name))
    return name, slug(name)


def _once(id_: str, name: ScalarNode, taken: set[str], problems: Problems) -> None:
    if id_ in taken or id_ == "always":
        problems.add("IRK108", f"the phase {shown(name.text)} is there twice", name.span)
    taken.add(id_)


def _phase(
    name: str, id_: str, members: list[Node], before: list[Phase], steps: StepReader
) -> Phase:
    first = members[0]
    if not isinstance(first, MappingNode) or "phase" not in _keys(first):
        read = (steps.step(item, id_) for item in members)
        inside = tuple(step for step in read if step is not None)
        phase = Phase(id=id_, name=name, steps=inside, span=heading(first))
        return replace(phase, needs=_default_needs(phase, before))
    reader = Fields(first, steps.problems, f"phase `{name}`")
    reader.text("phase", required=True)
    phase = Phase(
        id=id_,
        name=name,
        steps=steps.sequence(reader.require("steps"), id_),
        goal=reader.duration("goal"),
        approve=reader.text("approve") or None,
        background=reader.boolean("background"),
        hold=reader.choice("hold", Hold, Hold.WATCH),
        span=heading(first),
    )
    needs = reader.take("needs")
    named = _default_needs(phase, before) if needs is None else _needs(needs, before, steps)
    reader.close()
    return replace(phase, needs=named)


def _keys(node: MappingNode) -> Iterable[str]:
    return (key.text for key, _ in node.items)


def _needs(node: Node, before: list[Phase], steps: StepReader) -> tuple[str, ...]:
    known = {phase.name: phase.id for phase in before} | {p.id: p.id for p in before}
    result = []
    for name, place in zip(texts(node, steps.problems, "`needs`"), scalars(node), strict=False):
        if name in known:
            result.append(known[name])
        elif name in steps.phases:
            steps.problems.add(
                "IRK204", f"`needs` names {shown(name)}, which comes later", place.span
            )
        else:
            unknown(steps.problems, "IRK203", f"no phase {shown(name)}", place, known)
    return tuple(dict.fromkeys(result))


def _default_needs(phase: Phase, before: list[Phase]) -> tuple[str, ...]:
    nearest = next((p.id for p in reversed(before) if not p.background), None)
    wanted = used(phase.steps)
    sources = [p.id for p in before if p.background and bound(p.steps) & wanted]
    return tuple(dict.fromkeys(([nearest] if nearest else []) + sources))
