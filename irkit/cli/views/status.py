"""One screen that answers: what is true now, what is open, what is next, who must act."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views import seats as seat_line
from irkit.cli.views.header import EXERCISE
from irkit.cli.views.layout import wrap
from irkit.cli.views.style import Style, Tone, pad
from irkit.cli.views.times import full
from irkit.clock import parse_rfc3339, rfc3339, words
from irkit.model.plan import Part
from irkit.model.quorum import Tally
from irkit.model.run import Run, Stage
from irkit.report.mark import Mark
from irkit.report.open_items import open_items
from irkit.report.reading import count_of, counted, objects_of, raw_of, text_of
from irkit.report.seats import SeatRow, checked, last_seen, worst_first
from irkit.report.sentences import mark_of, state_words
from irkit.report.standing import State, counts, state_of, waits_for_approval

_PHASE: Final = 18


def to_json(
    run: Run,
    *,
    tallies: Mapping[str, Tally] | None = None,
    seats: Iterable[SeatRow] | None = None,
    checked_at: datetime | None = None,
    watch_until: datetime | None = None,
) -> JsonObject:
    """Return the JSON form of one run's status.

    `tallies` are the counted approvals by part, `watch_until` the moment of the hold's last look,
    `seats` the seats as tried at `checked_at` (by default those of the last look).
    """
    rows = last_seen(run) if seats is None else worst_first(seats)
    return {
        "view": "status",
        "run": run.id,
        "case": run.case,
        "mode": run.mode,
        "title": run.title,
        "undoes": run.undoes,
        "state": str(state_of(run, tallies)),
        "opened_at": rfc3339(run.opened_at) if run.opened_at else "",
        "last_at": rfc3339(run.last_at) if run.last_at else "",
        "watch_until": rfc3339(watch_until) if watch_until else "",
        "counts": counts(run),
        "parts": [_part(run, part, tallies) for part in run.parts.values()],
        "seats": [row.to_json() for row in rows],
        "seats_checked_at": checked(run, rows, checked_at),
        "open": [item.to_json() for item in open_items(run, tallies=tallies, seats=rows)],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the screen."""
    return style.page(*_head(value, style), *_parts(value, style), *_open(value, style))


def _part(run: Run, part: Part, tallies: Mapping[str, Tally] | None) -> JsonObject:
    stages = [state.stage for state in run.in_part(part.id)]
    return {
        "id": part.id,
        "changes": len(stages),
        "verified": sum(stage.good for stage in stages),
        "bad": sum(_bad(stage) for stage in stages),
        "unknowns": 0 if run.closed else len(part.unknowns),
        "waits_for_approval": waits_for_approval(run, part.id, tallies),
        "ready_at": rfc3339(run.part_at[part.id]),
    }


def _bad(stage: Stage) -> bool:
    return stage in {Stage.IN_DOUBT, Stage.ASK} or (stage.terminal and not stage.good)


def _head(value: JsonObject, style: Style) -> Iterator[str]:
    state = raw_of(value, "state")
    mode = "LIVE" if raw_of(value, "mode") == "live" else EXERCISE
    name = " · ".join(
        item for item in (mode, text_of(value, "case"), text_of(value, "title")) if item
    )
    yield f"{style.marked(mark_of(state), state_words(state))}  {style.strong(name)}"
    yield style.faint(f"run {raw_of(value, 'run')}")
    if raw_of(value, "undoes"):
        yield style.faint(f"takes back run {text_of(value, 'undoes')}")
    if raw_of(value, "opened_at"):
        yield style.faint(f"opened {full(parse_rfc3339(raw_of(value, 'opened_at')), style)}")
    if raw_of(value, "watch_until") and state == State.HOLDING:
        moment = parse_rfc3339(raw_of(value, "watch_until"))
        told = f"CUT, WATCHING until {full(moment, style)}"
        yield style.marked(Mark.WAIT, told)
    line = _seat_line(value, style)
    if line:
        yield line


def _seat_line(value: JsonObject, style: Style) -> str:
    checked = raw_of(value, "seats_checked_at")
    if not checked:
        return ""
    return seat_line.text({"seats": value["seats"], "checked_at": checked}, style=style)


def _parts(value: JsonObject, style: Style) -> Iterator[str]:
    parts = objects_of(value, "parts")
    if parts:
        yield ""
    for part in parts:
        mark, told = _progress(part)
        yield f"  {style.paint(Tone.PLAIN, pad(text_of(part, 'id'), _PHASE))} {mark} {told}"


def _progress(part: JsonObject) -> tuple[Mark, str]:
    changes, verified = count_of(part, "changes"), count_of(part, "verified")
    bad = count_of(part, "bad")
    if part["unknowns"]:
        return Mark.UNKNOWN, "not known yet: planned when the run gets there"
    if not changes:
        return Mark.STEP, "nothing to change"
    told = f"{verified} of {counted(changes, 'change')} as planned and read back"
    if bad:
        return Mark.BAD, f"{told}, {bad} not"
    if part["waits_for_approval"]:
        return Mark.WAIT, f"{counted(changes, 'change')}, waiting for approval"
    return (Mark.GOOD if verified == changes else Mark.STEP), told


def _open(value: JsonObject, style: Style) -> Iterator[str]:
    items = objects_of(value, "open")
    yield ""
    if not items:
        yield style.strong("Nothing is open.")
        return
    yield style.strong(f"Open: {counted(len(items), 'item')}")
    for item in items:
        yield from item_lines(item, style)


def item_lines(item: JsonObject, style: Style) -> Iterator[str]:
    """Yield an open item: what, then on whom and since when, then what to type."""
    first = f"  {Mark.WAIT} {text_of(item, 'kind')}: "
    for line in wrap(text_of(item, "what"), style, first=first, rest="      "):
        yield style.paint(Tone.WARN, line)
    facts = [f"on {text_of(item, 'owner') or 'nobody yet'}"]
    if raw_of(item, "since"):
        facts.append(f"for {words(style.now - parse_rfc3339(raw_of(item, 'since')))}")
    yield f"      {style.faint(', '.join(facts))}"
    if raw_of(item, "help"):
        yield from wrap(text_of(item, "help"), style, first="      = help: ", rest="        ")
    if raw_of(item, "command"):
        yield f"      {style.paint(Tone.KEY, raw_of(item, 'command'))}"
