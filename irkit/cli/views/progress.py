"""Progress: one line for each finished thing, only ever appended.

A line is made of one record and of the run that has taken it in. `sent`, `accepted` and `read back`
are three lines, because they are three facts: an accepted call has not been seen to work.
"""

from datetime import datetime
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style, Tone, cells, pad
from irkit.clock import parse_rfc3339, rfc3339, words
from irkit.model.run import Entry, Run, Stage
from irkit.report.mark import Mark
from irkit.report.reading import raw_of, text_of, texts_of
from irkit.report.telling import tell
from irkit.report.times import clock

_WORD: Final = 18
_BEFORE: Final = 30


def to_json(entry: Entry, run: Run) -> "JsonObject | None":
    """Return the line for one record, or None for a record that finishes nothing to see.

    `run` has already taken `entry` in.
    """
    line = tell(entry, run)
    if line is None:
        return None
    return {
        "view": "progress",
        "n": entry.n,
        "at": entry.ts,
        "type": entry.type,
        "mark": line.mark.name.lower(),
        "word": line.word,
        "what": line.what,
        "phase": line.phase,
        "notes": list(line.notes),
        "command": line.command,
        "milestone": line.milestone,
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the line; a command to type stands on a line of its own."""
    mark = Mark[raw_of(value, "mark").upper()]
    word = pad(style.shown(f"{mark} {text_of(value, 'word')}"), _WORD)
    tone = Tone.STRONG if value.get("milestone") else None
    dressed = style.paint(tone, word) if tone else _dressed(mark, word, style)
    said = _said(value, mark, style)
    line = f"{style.faint(clock(parse_rfc3339(raw_of(value, 'at'))))}  {dressed} {said}"
    if not raw_of(value, "command"):
        return style.page(line)
    return style.page(line, f"{' ' * _BEFORE}{style.paint(Tone.KEY, raw_of(value, 'command'))}")


def _said(value: JsonObject, mark: Mark, style: Style) -> str:
    """Return what the line is about, with its notes.

    A request id that would break the line is left to the trail.
    """
    what, notes = text_of(value, "what"), list(texts_of(value, "notes"))
    if mark is Mark.SENT and cells(" · ".join([what, *notes])) > style.width - _BEFORE:
        del notes[1:]
    told = style.faint(" · ".join(notes))
    return f"{what}  {told}".strip() if notes else what


def _dressed(mark: Mark, word: str, style: Style) -> str:
    match mark:
        case Mark.GOOD:
            return style.paint(Tone.GOOD, word)
        case Mark.BAD:
            return style.paint(Tone.BAD, word)
        case Mark.WAIT | Mark.UNKNOWN:
            return style.paint(Tone.WARN, word)
        case Mark.STEP | Mark.SENT:
            return word


def heartbeat_json(run: Run, *, now: datetime, waiting_for: str = "") -> JsonObject:
    """Return the sign of life after a silence: what is under way and how far the run is."""
    stages = [state.stage for state in run.changes.values()]
    return {
        "view": "heartbeat",
        "at": rfc3339(now),
        "last_at": rfc3339(run.last_at) if run.last_at else "",
        "in_flight": sum(stage in {Stage.IN_FLIGHT, Stage.IN_DOUBT} for stage in stages),
        "to_read_back": sum(stage is Stage.MADE for stage in stages),
        "done": sum(stage.terminal for stage in stages),
        "all": len(stages),
        "waiting_for": waiting_for,
    }


def heartbeat(value: JsonObject, *, style: Style) -> str:
    """Return the heartbeat line."""
    facts = [f"{value['done']} of {value['all']} changes finished"]
    if value["in_flight"]:
        facts.append(f"{value['in_flight']} sent and not answered")
    if value["to_read_back"]:
        facts.append(f"{value['to_read_back']} to read back")
    if raw_of(value, "waiting_for"):
        facts.append(text_of(value, "waiting_for"))
    if raw_of(value, "last_at"):
        last = parse_rfc3339(raw_of(value, "last_at"))
        facts.append(f"last record {words(style.now - last)} ago")
    at = style.faint(clock(parse_rfc3339(raw_of(value, "at"))))
    return style.page(f"{at}  {pad('· still working', _WORD)} {' · '.join(facts)}")
