"""A test file from a run of an exercise: the same inputs and people, and what came of them.

What people did is taken from the trail. What has to be so afterwards is asked of a world in which
the same is done again, since nobody can ask yesterday's providers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, cast

from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.model.playbook import Playbook
from irkit.model.run import Run
from irkit.proving.testing.expectations.state import ATTRIBUTES
from irkit.proving.testing.people import step_of
from irkit.proving.testing.seen import Act, Seen, Tried

_PLAIN: Final = re.compile(r"[A-Za-z@][A-Za-z0-9@._/-]*")
_WORDS: Final = frozenset({"true", "false", "null"})
_NEVER_PLAIN: Final = "time"
_KEY: Final = "aws.access_key"


def setup(run: Run, playbook: Playbook) -> str:
    """Return a test file that does what was done in `run`, and expects its outcome only."""
    lines = [
        "irkit: 1",
        f"tests: {playbook.id}",
        "unit:",
        f"  - name: {_text(_name(run))}",
        *_block("inputs", dict(_inputs(run, playbook))),
        f"    requester: {_text(run.requester.partition('@')[0])}",
        *_approvals(run),
        *_answers(run),
        "    expect:",
        f"      result: {run.outcome or 'waiting'}",
    ]
    return "\n".join([*lines, ""])


def _name(run: Run) -> str:
    day = f" on {rfc3339(run.opened_at)[:10]}" if run.opened_at else ""
    return f"as it was{day}"


def expectations(seen: Seen) -> str:
    """Return the lines under `expect:` beyond the result: what was seen, to be weeded by hand."""
    lines = [
        f"      exit: {seen.first.exit}",
        *_mapping("      seats", dict(_lives(seen.seats))),
        f"      must_still_work: [{', '.join(map(_text, _alive(seen.bystanders)))}]",
        *_state(seen),
        *_order(seen.first.acts),
        f"      calls: {{writes: {len(seen.first.writes)}}}",
        *([f"      reports: [{', '.join(seen.first.reports)}]"] if seen.first.reports else []),
    ]
    return "\n".join([*lines, ""])


def _inputs(run: Run, playbook: Playbook) -> Iterator[tuple[str, str]]:
    """Yield inputs as people write them; times are left to the playbook's default."""
    for declared in playbook.inputs:
        known = run.labels if "okta." in declared.type else run.inputs
        value = known.get(declared.name)
        if value is None or declared.type == _NEVER_PLAIN or declared.default == "all":
            continue
        items = value if isinstance(value, list | tuple) else (value,)
        yield declared.name, ",".join(str(item) for item in items)


def _approvals(run: Run) -> Iterator[str]:
    parts = {digest: part for part, digest in run.part_digests.items()}
    decided: dict[tuple[str, str, str], None] = {}
    for _, _, body in run.approvals:
        statement = cast("JsonObject", body["statement"])
        who = str(statement["approver"]).partition("@")[0]
        for digest in cast("Sequence[str]", statement["parts"]):
            if digest in parts:
                phase = run.parts[parts[digest]].phase
                decided[phase, who, str(statement["decision"])] = None
    yield "    approvals:" if decided else "    approvals: []"
    for phase, who, decision in decided:
        yield f"      - {{phase: {_text(phase)}, by: {who}, decision: {decision}}}"


def _answers(run: Run) -> Iterator[str]:
    if run.answers:
        yield "    answers:"
    for path, answer in run.answers.items():
        values = ", ".join(f"{key}: {_value(value)}" for key, value in answer.values.items())
        told = "silent" if answer.silent else f"{{{values}}}"
        yield f"      {_text(step_of(path))}: {told}"


def _lives(seats: Sequence[Tried]) -> Iterator[tuple[str, str]]:
    """Yield each kind that stands in one way, and each seat of those that do not."""
    for kind in dict.fromkeys(seat.kind for seat in seats):
        states = {seat.state for seat in seats if seat.kind == kind}
        if len(states) == 1:
            yield kind, states.pop()
        else:
            yield from ((f"{kind}/{s.user}", s.state) for s in seats if s.kind == kind)


def _alive(seats: Sequence[Tried]) -> tuple[str, ...]:
    broken = {seat.user for seat in seats if seat.state != "alive"}
    return tuple(dict.fromkeys(seat.user for seat in seats if seat.user not in broken))


def _state(seen: Seen) -> Iterator[str]:
    """Yield what differs in the provider's state, attribute by attribute."""
    back = {value: name for name, value in reversed(list(seen.names.items()))}
    found = [
        (kind, name, changed)
        for kind in ATTRIBUTES
        for name, thing in _things(seen.after.named, kind).items()
        if (changed := _changed(_things(seen.start.named, kind).get(name), thing))
    ]
    if found:
        yield "      state:"
    for kind in dict.fromkeys(kind for kind, _, _ in found):
        yield f"        {kind}:"
        for _, name, changed in (item for item in found if item[0] == kind):
            told = ", ".join(f"{key}: {_value(value)}" for key, value in changed.items())
            said = back.get(name, name) if kind == _KEY else name
            yield f"          {_text(said)}: {{{told}}}"


def _things(state: JsonObject, kind: str) -> Mapping[str, JsonObject]:
    return cast("Mapping[str, JsonObject]", state.get(kind) or {})


def _changed(before: "JsonObject | None", after: JsonObject) -> JsonObject:
    return {
        key: value
        for key, value in after.items()
        if (before is None or before.get(key) != value) and _simple(value)
    }


def _simple(value: Json) -> bool:
    return not isinstance(value, Mapping)


def _order(acts: Sequence[Act]) -> Iterator[str]:
    """Yield the order of the changes in each phase; phases may go on side by side."""
    steps = tuple(dict.fromkeys(act.step for act in acts if act.changes))
    phases = dict.fromkeys(step.partition(".")[0] for step in steps)
    rows = [[step for step in steps if step.startswith(f"{phase}.")] for phase in phases]
    if any(len(row) > 1 for row in rows):
        yield "      order:"
    for row in rows:
        if len(row) > 1:
            yield f"        - [{', '.join(map(_text, row))}]"


def _block(key: str, values: Mapping[str, str]) -> Iterator[str]:
    yield from _mapping(f"    {key}", values)


def _mapping(head: str, values: Mapping[str, str]) -> Iterator[str]:
    told = ", ".join(f"{_text(key)}: {_text(value)}" for key, value in values.items())
    yield f"{head}: {{{told}}}"


def _value(value: Json) -> str:
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "null"
        case int():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(_value(item) for item in value)}]"
        case _:
            return _text(str(value))


def _text(text: str) -> str:
    """Return `text` as a YAML scalar that means this text and nothing else."""
    if _PLAIN.fullmatch(text) and text not in _WORDS and not text.startswith("@"):
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
