# all tellers have one signature
"""What the records of a change say in the progress: sent, accepted, read back, or not."""

from dataclasses import dataclass
from typing import Final, cast

from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339
from irkit.model import next_commands
from irkit.model.change import is_late
from irkit.model.difference import Difference, differences
from irkit.model.run import ChangeState, Entry, Run
from irkit.model.visible import value_text
from irkit.report.line import Line
from irkit.report.mark import Mark
from irkit.report.open_items import title_of
from irkit.report.reading import count_of, raw_of
from irkit.report.times import between


@dataclass(frozen=True, slots=True)
class _About:
    """Makes the lines that are about one change."""

    state: ChangeState

    def line(self, mark: Mark, word: str, *notes: str, command: str = "") -> Line:
        """Return a line with the notes that say something."""
        return Line(
            mark=mark,
            word=word,
            what=title_of(self.state),
            phase=self.state.phase,
            notes=tuple(note for note in notes if note),
            command=command,
        )


def refused(run: Run, entry: Entry) -> Line:
    """A guard has refused."""
    body = entry.body
    state = run.changes.get(raw_of(body, "change"))
    what = title_of(state) if state else raw_of(body, "step")
    return Line(
        mark=Mark.BAD,
        word="REFUSED",
        what=what,
        phase=state.phase if state else "",
        notes=(f"{raw_of(body, 'code')} {raw_of(body, 'summary')}", *_help(body)),
    )


def intent(run: Run, entry: Entry) -> Line:
    """The intent is recorded and the call goes out."""
    state = run.changes[raw_of(entry.body, "change")]
    again = (f"attempt {state.attempt}",) if state.attempt > 1 else ()
    return Line(mark=Mark.SENT, word="sent", what=title_of(state), phase=state.phase, notes=again)


def result(run: Run, entry: Entry) -> Line:
    """The provider has answered, or nobody knows."""
    body = entry.body
    state = run.changes[raw_of(body, "change")]
    about = _About(state)
    ids = tuple(cast("list[str]", body.get("request_ids") or ()))
    notes = (*_status(body), *ids[:1])
    match raw_of(body, "outcome"):
        case "changed":
            return about.line(Mark.SENT, "accepted", *notes)
        case "retry":
            return about.line(Mark.WAIT, "not made", raw_of(body, "error"), "will be tried again")
        case "failed":
            return about.line(Mark.BAD, "FAILED", raw_of(body, "error"), *notes, *_help(body))
        case _:
            return about.line(Mark.UNKNOWN, "IN DOUBT", raw_of(body, "error"), "will be looked at")


def _help(body: JsonObject) -> tuple[str, ...]:
    return (f"help: {raw_of(body, 'help')}",) if raw_of(body, "help") else ()


def _status(body: JsonObject) -> tuple[str, ...]:
    return (f"status {count_of(body, 'status')}",) if body.get("status") else ()


def settled(run: Run, entry: Entry) -> Line:
    """A look has found out what became of a change in doubt, or could not."""
    state = run.changes[raw_of(entry.body, "change")]
    about = _About(state)
    match raw_of(entry.body, "verdict"):
        case "applied":
            return about.line(Mark.SENT, "was made", "found by looking")
        case "not_applied":
            return about.line(Mark.WAIT, "was not made", "found by looking")
        case _:
            command = next_commands.resolve(run.id, state.change.id)
            return about.line(Mark.UNKNOWN, "IN DOUBT", state.why, command=command)


def verified(run: Run, entry: Entry) -> Line:
    """A change has been read back as planned."""
    return _verification(run, entry, holds=True)


def verify_failed(run: Run, entry: Entry) -> Line:
    """A change has been read back and is not as planned."""
    return _verification(run, entry, holds=False)


def _verification(run: Run, entry: Entry, *, holds: bool) -> Line:
    body = entry.body
    if raw_of(body, "how") == "check":
        mark, word = (Mark.GOOD, "check holds") if holds else (Mark.BAD, "CHECK FAILED")
        return Line(mark=mark, word=word, what=raw_of(body, "step"))
    state = run.changes[raw_of(body, "change")]
    about, took = _About(state), _later(state, entry)
    if holds:
        return about.line(Mark.GOOD, "read back", f"{took} later" if took else "")
    return about.line(Mark.BAD, "NOT AS PLANNED", f"{took} later" if took else "", state.why)


def _later(state: ChangeState, entry: Entry) -> str:
    return between(state.made_at, parse_rfc3339(entry.ts)) if state.made_at else ""


def drifted(run: Run, entry: Entry) -> Line:
    """A change does not start from what was planned, so it is not made."""
    state = run.changes[raw_of(entry.body, "change")]
    found = [
        _drift(item.path, item.kind, value_text(item.before), value_text(item.after))
        for item in differences(state.change.before, state.found)
        if not is_late(item.before)
    ]
    return Line(
        mark=Mark.BAD,
        word="DRIFTED",
        what=title_of(state),
        phase=state.phase,
        notes=("not made", *found[:2]),
        command=next_commands.on("replan", run.id),
    )


def _drift(path: str, kind: Difference, planned: str, found: str) -> str:
    name = f"{path} " if path else ""
    match kind:
        case Difference.ADDED:
            return f"{name}now has {found}"
        case Difference.REMOVED:
            return f"{name}no longer has {planned}"
        case Difference.CHANGED:
            return f"{name}planned from {planned}, found {found}"


_STEP_WORDS: Final = {
    "already": (Mark.GOOD, "already so"),
    "failed": (Mark.BAD, "NOT PLANNED"),
}


def skipped(run: Run, entry: Entry) -> Line:
    """A change is not made: it is so already, or it was left out."""
    body = entry.body
    state = run.changes.get(raw_of(body, "change"))
    if state is None:
        mark, word = _STEP_WORDS.get(raw_of(body, "outcome"), (Mark.WAIT, "left out"))
        notes = (raw_of(body, "why"), *_help(body))
        return Line(mark=mark, word=word, what=raw_of(body, "step"), notes=notes)
    if raw_of(body, "outcome") == "already":
        return _About(state).line(Mark.GOOD, "already so", state.why)
    return _About(state).line(Mark.WAIT, "not made", state.why, *_help(body))


def resolved(run: Run, entry: Entry) -> Line:
    """A person has decided what became of a change."""
    body = entry.body
    state = run.changes[raw_of(body, "change")]
    notes = (raw_of(body, "decision"), f"by {raw_of(body, 'by')}", raw_of(body, "why"))
    return _About(state).line(Mark.STEP, "decided", *notes)
