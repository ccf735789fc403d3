"""The proof ledger on the screen: one line a playbook, then what is wrong, each with its remedy."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table, wrap
from irkit.cli.views.style import Style, Tone
from irkit.cli.views.times import full, since
from irkit.clock import parse_rfc3339, rfc3339, words
from irkit.proving.ledger.reading import Row
from irkit.proving.ledger.standing import State
from irkit.proving.proof import Level
from irkit.report.mark import Mark
from irkit.report.reading import (
    count_of,
    counted,
    flag_of,
    object_of,
    objects_of,
    raw_of,
    text_of,
    texts_of,
)

LEVELS: Final = tuple(level.word for level in Level)
_HEAD: Final = ("PLAYBOOK", *(level.upper() for level in LEVELS), "NEXT DUE")
_MARKS: Final = {
    State.PROVEN: Mark.GOOD,
    State.OVERDUE: Mark.WAIT,
    State.STALE: Mark.WAIT,
    State.FAILED: Mark.BAD,
    State.AWAITING: Mark.WAIT,
}
_COMMANDS: Final = {
    Level.LINT: "irkit lint",
    Level.UNIT: "irkit test {0}",
    Level.SWEEPS: "irkit test {0} --sweep all",
    Level.PREFLIGHT: "irkit preflight {0}",
    Level.CANARY: "irkit canary {0}",
}
_SEEN: Final = "irkit canary {0} --seen WHAT"
_NAMED: Final = 3
"""How many changed things are named before the rest is counted."""


def to_json(rows: Iterable[Row], *, now: datetime) -> JsonObject:
    """Return the JSON form; `at` is when it was judged."""
    listed = tuple(rows)
    return {
        "view": "ledger",
        "at": rfc3339(now),
        "playbooks": [row.to_json() for row in listed],
        "asked": any(found.asked for row in listed for found in row.standings.values()),
        "wanting": sum(len(row.wanting) for row in listed),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the table, and a line for everything that is not as a policy wants it."""
    rows = objects_of(value, "playbooks")
    lines = table([_cells(row, style) for row in rows], _HEAD, style)
    details = [line for row in rows for line in _details(row, style)]
    if details:
        lines += ["", *details]
    return style.page(*lines, "", _summary(value, style))


def summary(value: JsonObject) -> str:
    """Return the whole in one sentence."""
    if not flag_of(value, "asked"):
        return "no policy asks for anything to be proven"
    levels = [
        found
        for row in objects_of(value, "playbooks")
        for name in LEVELS
        if flag_of(found := level_of(row, name), "asked")
    ]
    proven = sum(raw_of(found, "state") == State.PROVEN for found in levels)
    return f"{proven} of {counted(len(levels), 'asked level')} proven"


def level_of(row: JsonObject, level: str) -> JsonObject:
    """Return how one level of a row stands."""
    return object_of(object_of(row, "levels"), level)


def reason(found: JsonObject, *, style: Style) -> str:
    """Return in words why a level does not stand; empty where it does."""
    match State(raw_of(found, "state")):
        case State.FAILED:
            return f"failed {since(raw_of(found, 'last_at'), style)}"
        case State.STALE:
            passed = since(raw_of(found, "passed_at"), style)
            return f"proven {passed}, before {_changed(found)} changed"
        case State.OVERDUE:
            passed = since(raw_of(found, "passed_at"), style)
            return f"proven {passed}, overdue by {_seconds(found)}"
        case State.AWAITING:
            until = full(parse_rfc3339(raw_of(found, "pending")), style)
            return f"let out {since(raw_of(found, 'last_at'), style)}; the SOC has until {until}"
        case State.NEVER:
            return "never proven"
        case State.PROVEN | State.UNASKED:
            return ""


def _summary(value: JsonObject, style: Style) -> str:
    if not flag_of(value, "asked"):
        hint = "say what you ask in `policy:` of playbooks/NAME.test.yaml"
        return style.marked(Mark.WAIT, f"{summary(value)}: {hint}")
    good = not count_of(value, "wanting")
    return style.marked(Mark.GOOD if good else Mark.WAIT, summary(value))


def _cells(row: JsonObject, style: Style) -> tuple[str, ...]:
    levels = [level_of(row, name) for name in LEVELS]
    due = sorted(raw_of(found, "due") for found in levels if found.get("due"))
    return (
        text_of(row, "playbook"),
        *(_cell(found, style) for found in levels),
        _due(due[0], style) if due else "-",
    )


def _cell(found: JsonObject, style: Style) -> str:
    state = State(raw_of(found, "state"))
    if state not in _MARKS:
        return "never" if state is State.NEVER else "-"
    judged = {State.FAILED, State.AWAITING}
    moment = raw_of(found, "last_at" if state in judged else "passed_at")
    return f"{_MARKS[state]} {words(style.now - parse_rfc3339(moment))}"


def _due(moment: str, style: Style) -> str:
    return "now" if parse_rfc3339(moment) <= style.now else since(moment, style)


def _details(row: JsonObject, style: Style) -> Iterator[str]:
    name = text_of(row, "playbook")
    for problem in texts_of(row, "problems"):
        yield from _wrapped(Mark.BAD, f"{name} cannot be proven: {problem}", style)
    for level in Level:
        found = level_of(row, level.word)
        why = reason(found, style=style)
        if why and (flag_of(found, "asked") or raw_of(found, "state") != State.NEVER):
            mark = _MARKS.get(State(raw_of(found, "state")), Mark.WAIT)
            yield from _wrapped(mark, f"{name} {level.word}: {why}", style)
            for problem in texts_of(found, "problems")[:_NAMED]:
                yield from wrap(problem, style, first="    ", rest="      ")
            awaited = raw_of(found, "state") == State.AWAITING
            command = _SEEN if awaited else _COMMANDS.get(level)
            if command is not None:
                yield style.paint(Tone.KEY, f"    {command.format(name)}")
        missed = count_of(found, "missed")
        if missed:
            told = f"{name} {level.word}: {counted(missed, 'window')} missed in 30 days"
            yield from _wrapped(Mark.WAIT, told, style)


def _wrapped(mark: Mark, told: str, style: Style) -> Iterator[str]:
    first, *rest = wrap(told, style, rest="    ")
    yield style.marked(mark, first)
    yield from rest


def _changed(found: JsonObject) -> str:
    names = texts_of(found, "changed")
    if len(names) <= _NAMED:
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _seconds(found: JsonObject) -> str:
    return words(timedelta(seconds=count_of(found, "overdue_s")))
