# ruff: noqa: ARG001  # all tellers have one signature
"""What the records of a run say in the progress, but for those of its changes."""

from collections.abc import Iterator
from typing import cast

from irkit.canonical import JsonObject
from irkit.model import next_commands
from irkit.model.plan import Part
from irkit.model.run import Entry, Run
from irkit.model.visible import value_text
from irkit.report.line import Line
from irkit.report.mark import Mark
from irkit.report.open_items import title_of
from irkit.report.reading import counted, flag_of, object_of, objects_of, raw_of
from irkit.report.times import clock


def opened(run: Run, entry: Entry) -> Line:
    """A run begins."""
    what = f"{run.title} (run {run.id}, case {run.case or '-'})"
    return Line(mark=Mark.STEP, word="opened", what=what)


def read(run: Run, entry: Entry) -> Line:
    """A read has answered, or not, or not all of it."""
    body = entry.body
    step, action = raw_of(body, "step"), raw_of(body, "action")
    what = f"{action} ({step})"
    if raw_of(body, "error"):
        told = (raw_of(body, "error"), f"help: {raw_of(body, 'help')}" if body.get("help") else "")
        return Line(mark=Mark.BAD, word="not read", what=what, notes=tuple(filter(None, told)))
    notes = (*_found(body), *_left_out(body))
    if body.get("complete", True) is False:
        gaps = tuple(cast("list[str]", body.get("gaps") or ()))
        return Line(mark=Mark.UNKNOWN, word="read in part", what=what, notes=(*notes, *gaps))
    return Line(mark=Mark.GOOD, word="read", what=what, notes=notes)


def _left_out(body: JsonObject) -> Iterator[str]:
    """Yield in short what the configuration kept a read from looking at; the result has it all."""
    for told in cast("list[str]", body.get("left_out") or ()):
        yield f"left out: {told.partition(':')[0]}"


def _found(body: JsonObject) -> tuple[str, ...]:
    value = body.get("value")
    notes = [counted(len(value), "item")] if isinstance(value, list | tuple) else []
    if flag_of(body, "evidence"):
        notes.append(f"evidence {raw_of(body, 'digest')[:19]}")
    return tuple(notes)


def proposed(run: Run, entry: Entry) -> Line | None:
    """Parts are ready to be approved; the first of them that cuts is the first cut."""
    parts = objects_of(entry.body, "parts")
    return _offered(run, [run.parts[raw_of(part, "id")] for part in parts], first=True)


def extended(run: Run, entry: Entry) -> Line | None:
    """One more part, or a supplement to one, is ready."""
    known = run.parts[raw_of(object_of(entry.body, "part"), "id")]
    first = not any(_cuts(p) for p in run.parts.values() if p.id != known.id)
    return _offered(run, [known], first=first)


def _offered(run: Run, parts: list[Part], *, first: bool) -> Line | None:
    ready = [part for part in parts if part.signable]
    if not ready:
        return None
    number = sum(len(step.changes) for part in ready for step in part.steps)
    what = f"{', '.join(part.id for part in ready)}: {counted(number, 'change')}"
    needs = any(part.need.need for part in ready)
    cut = first and any(map(_cuts, ready)) and not run.undoes
    return Line(
        mark=Mark.WAIT if needs else Mark.STEP,
        word="first cut ready" if cut else "ready",
        what=what,
        phase=ready[0].phase,
        command=next_commands.approve(run.id) if needs else "",
        milestone=first,
    )


def _cuts(part: Part) -> bool:
    return part.signable and any(step.cuts for step in part.steps if step.changes)


def approval(run: Run, entry: Entry) -> Line:
    """Somebody has decided."""
    statement = object_of(entry.body, "statement")
    decision, who = raw_of(statement, "decision"), raw_of(statement, "approver")
    signed = set(cast("list[str]", statement.get("parts") or []))
    parts = [part for part, digest in run.part_digests.items() if digest in signed]
    words_ = {"approve": (Mark.GOOD, "approved"), "deny": (Mark.BAD, "DENIED")}
    mark, word = words_.get(decision, (Mark.WAIT, "taken back"))
    return Line(mark=mark, word=word, what=", ".join(parts), notes=(f"signed by {who}",))


def asked(run: Run, entry: Entry) -> Line:
    """A person has been asked."""
    step = raw_of(entry.body, "step")
    question = run.asked[step]
    return Line(
        mark=Mark.WAIT,
        word="ASKED",
        what=question.text,
        notes=(f"to {question.to}", f"until {clock(question.until)}"),
        command=next_commands.answer(run.id, step, question.ask),
    )


def answered(run: Run, entry: Entry) -> Line:
    """A person has answered, or nobody has."""
    fact = run.answers[raw_of(entry.body, "step")]
    step = raw_of(entry.body, "step")
    if fact.silent:
        return Line(mark=Mark.WAIT, word="no answer", what=step, notes=("time is over",))
    values = tuple(f"{name}: {value_text(value)}" for name, value in fact.values.items())
    return Line(mark=Mark.GOOD, word="answered", what=step, notes=(*values, f"by {fact.by}"))


def replanned(run: Run, entry: Entry) -> Line:
    """A step is planned again."""
    return Line(mark=Mark.STEP, word="plan again", what=raw_of(entry.body, "step"))


def override_asked(run: Run, entry: Entry) -> Line:
    """Somebody asks two people to override a guard."""
    what = f"the guard {raw_of(entry.body, 'guard')} for {raw_of(entry.body, 'step')}"
    return Line(
        mark=Mark.WAIT,
        word="override asked",
        what=what,
        notes=(raw_of(entry.body, "why"), f"by {raw_of(entry.body, 'by')}", "two people must sign"),
    )


def targets_added(run: Run, entry: Entry) -> Line:
    """More targets have been found or named."""
    targets = cast("list[object]", entry.body.get("targets") or [])
    what = f"{counted(len(targets), 'target')} for {raw_of(entry.body, 'step')}"
    return Line(mark=Mark.WAIT, word="added", what=what)


def looked(run: Run, entry: Entry) -> Line:
    """One look of the hold."""
    look = run.looks[-1]
    number = f"look {look.index + 1}"
    if look.lost:
        names = ", ".join(_names(run, look.lost))
        return Line(
            mark=Mark.BAD,
            word="LOST AGAIN",
            what=names,
            notes=(number,),
            command=next_commands.on("replan", run.id),
            milestone=False,
        )
    added = (f"{counted(look.added, 'new target')} found",) if look.added else ()
    if look.unknown:
        names = ", ".join(_names(run, look.unknown))
        return Line(mark=Mark.UNKNOWN, word="not readable", what=names, notes=(number, *added))
    end = ("the last look",) if look.last else ()
    held = sum(state.stage.written and not state.undone for state in run.changes.values())
    what = f"{counted(held, 'change')} looked at again"
    return Line(mark=Mark.GOOD, word="still holds", what=what, notes=(number, *end, *added))


def _names(run: Run, ids: tuple[str, ...]) -> list[str]:
    return [title_of(run.changes[item]) if item in run.changes else item for item in ids]


def reported(run: Run, entry: Entry) -> Line:
    """A report has been written."""
    return Line(mark=Mark.GOOD, word="report", what=raw_of(entry.body, "file"))


def broke_glass(run: Run, entry: Entry) -> Line:
    """One person acts alone."""
    body = entry.body
    return Line(
        mark=Mark.WAIT,
        word="BREAK-GLASS",
        what=raw_of(body, "reason"),
        notes=(f"by {raw_of(body, 'by')}", "open until a second person confirms"),
        command=next_commands.confirm_break_glass(run.id),
    )


def confirmed(run: Run, entry: Entry) -> Line:
    """A second person has confirmed what was done alone."""
    by = raw_of(entry.body, "by")
    return Line(mark=Mark.GOOD, word="confirmed", what="break-glass", notes=(f"by {by}",))


def state_changed(run: Run, entry: Entry) -> Line:
    """The run is paused, or goes on."""
    state = raw_of(entry.body, "state")
    command = next_commands.on("resume", run.id) if run.paused else ""
    return Line(mark=Mark.STEP, word=state, command=command)


def cancelled(run: Run, entry: Entry) -> Line:
    """Somebody has asked for the end."""
    return Line(mark=Mark.WAIT, word="cancelling", what=run.cancelled)


def stopped(run: Run, entry: Entry) -> Line:
    """The run has stopped and can go on."""
    command = next_commands.on("resume", run.id)
    return Line(mark=Mark.WAIT, word="STOPPED", what=run.stopped, command=command)


def closed(run: Run, entry: Entry) -> Line:
    """The run is over."""
    good = run.outcome in {"contained", "completed"}
    mark = Mark.GOOD if good else Mark.BAD
    return Line(mark=mark, word=run.outcome.upper(), what=run.title, milestone=True)
