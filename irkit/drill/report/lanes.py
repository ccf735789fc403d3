"""What goes into the time line: the intruder's lane, the seats, the responders', the exercise's."""

from collections.abc import Iterable, Iterator
from typing import Final

from irkit.drill.measures.told import Told
from irkit.drill.measures.truth import evicted_at, is_false
from irkit.drill.record.deeds import Deed, Done
from irkit.drill.record.kinds import Ending
from irkit.drill.record.state import Act, SeatLife
from irkit.drill.report.time_line import Bar, Lane, LaneRow, Level, Mark, TimeLine
from irkit.report.reading import counted
from irkit.report.times import passed

ENDED: Final = {
    Ending.EVICTED: "nothing left",
    Ending.GOAL: "goal reached",
    Ending.CLOCK: "time up",
    Ending.STOPPED: "stopped",
    Ending.REAL: "real incident",
    Ending.DIED: "broke off",
}
"""Why a drill ended, in two words."""


def time_line(told: Told, waits: Iterable[Bar]) -> TimeLine:
    """Return the time line of a drill; `waits` are the approvals that were waited for."""
    return TimeLine(
        end=told.end,
        flags=tuple(sorted(_flags(told), key=lambda flag: flag.t)),
        lanes=tuple(
            Lane(name=name, rows=rows)
            for name, rows in (
                ("intruder", (*_tactics(told), *_losses(told))),
                ("seats", tuple(_kinds(told))),
                ("responders", tuple(_responders(told, tuple(waits)))),
                ("exercise", tuple(_exercise(told))),
            )
            if rows
        ),
        levels=levels(told.drill.seats.values()),
    )


def levels(seats: Iterable[SeatLife]) -> tuple[Level, ...]:
    """Return how many of the seats were alive, or not known, from each moment on."""
    known = tuple(seats)
    moments = sorted({t for seat in known for t, _ in seat.states})
    found: list[Level] = []
    for t in moments:
        states = [seat.at(t) for seat in known]
        level = Level(t=t, alive=states.count("alive"), unknown=states.count("unknown"))
        if not found or (found[-1].alive, found[-1].unknown) != (level.alive, level.unknown):
            found.append(level)
    return tuple(found)


def _flags(told: Told) -> Iterator[Mark]:
    drill = told.drill
    for said in drill.declared[:1]:
        yield Mark(t=said.t, look="plain", title="declared")
    cut, evicted = told.first(Deed.CUT), evicted_at(told)
    if cut is not None:
        yield Mark(t=cut, look="plain", title="first cut")
    for claim in drill.claims:
        if is_false(told, claim):
            yield Mark(t=claim.t, look="bad", title="“contained”: untrue")
        else:
            yield Mark(t=claim.t, look="good", title="“contained”: true")
    if evicted is not None:
        yield Mark(t=evicted, look="good", title="last seat dead")
    if drill.end is not None:
        look = {Ending.EVICTED: "good", Ending.GOAL: "bad"}.get(drill.end.why, "plain")
        yield Mark(t=drill.end.t, look=look, title=f"end: {ENDED[drill.end.why]}")


def _tactics(told: Told) -> Iterator[LaneRow]:
    for tactic in dict.fromkeys(act.tactic for act in told.drill.acts):
        acts = [act for act in told.drill.acts if act.tactic == tactic]
        yield LaneRow(label=tactic, marks=tuple(_act(act) for act in acts))


def _act(act: Act) -> Mark:
    if not act.worked:
        return Mark(t=act.t, look="refused", title=f"{act.tactic} ({act.do}): {act.why}")
    if act.again:
        return Mark(t=act.t, look="back", title=f"{act.tactic} ({act.do}): came back")
    return Mark(t=act.t, look="worked", title=f"{act.tactic} ({act.do}): worked")


def _losses(told: Told) -> Iterator[LaneRow]:
    marks = tuple(
        Mark(t=loss.t, look="lost", title=f"notices that it has lost {loss.holding}")
        for loss in told.drill.losses
    )
    if marks:
        yield LaneRow(label="notices a loss", marks=marks)


def _kinds(told: Told) -> Iterator[LaneRow]:
    seats = tuple(told.drill.seats.values())
    for kind in dict.fromkeys(seat.kind for seat in seats):
        same = levels(seat for seat in seats if seat.kind == kind)
        ends = [*(level.t for level in same[1:]), max(told.end, same[-1].t)]
        bars = (_level(kind, level, end) for level, end in zip(same, ends, strict=True))
        yield LaneRow(label=kind.replace("_", " "), bars=tuple(bars))


def _level(kind: str, level: Level, end: int) -> Bar:
    look = "alive" if level.alive else "unknown" if level.unknown else "dead"
    told = [f"{level.alive} alive"] if level.alive else []
    told += [f"{level.unknown} not known"] if level.unknown else []
    title = f"{kind.replace('_', ' ')}: {', '.join(told) or 'none alive'} from {passed(level.t)}"
    count = level.alive or level.unknown
    return Bar(start=level.t, end=end, look=look, title=title, count=count)


def _responders(told: Told, waits: tuple[Bar, ...]) -> Iterator[LaneRow]:
    said = tuple(sorted(_words(told), key=lambda mark: mark.t))
    if said:
        yield LaneRow(label="decisions and words", marks=said)
    reads = told.of_deed(Deed.READ)
    if reads:
        yield LaneRow(label="looked", marks=tuple(_done(done, "plain", "read") for done in reads))
    signed = tuple(
        _done(done, "person" if done.deed is Deed.APPROVED else "bad", f"{done.deed} by {done.by}:")
        for done in told.deeds
        if done.deed in {Deed.APPROVED, Deed.REFUSED}
    )
    if signed or waits:
        yield LaneRow(label="approvals", marks=signed, bars=waits)
    changes = tuple(
        _done(done, "good" if done.deed is Deed.CUT else "warn", _CHANGED[done.deed])
        for done in told.deeds
        if done.deed in _CHANGED
    )
    if changes:
        yield LaneRow(label="changes", marks=changes)


_CHANGED: Final = {
    Deed.CUT: "changed",
    Deed.STOPPED: "a guard refused:",
    Deed.RETRIED: "sent once more:",
}


def _done(done: Done, look: str, word: str) -> Mark:
    label = f", {done.label}" if done.label else ""
    return Mark(t=done.t, look=look, title=f"{word} {done.what}{label}")


def _words(told: Told) -> Iterator[Mark]:
    drill = told.drill
    for done in told.of_deed(Deed.OPENED):
        yield Mark(t=done.t, look="plain", title=f"{done.by} opened a run of {done.what}")
    for word, items in (
        ("declared", drill.declared),
        ("decided", drill.decided),
        ("asked for", drill.asked),
        ("told", drill.posts),
        ("noted", drill.notes),
    ):
        for said in items:
            about = f" {said.about}" if said.about else ""
            yield Mark(t=said.t, look="person", title=f"{said.by} {word}{about}: {said.text}")
    for heard in drill.heard:
        word = "yes" if heard.yes else "no"
        yield Mark(t=heard.t, look="person", title=f"{heard.voice} said {word} to {heard.about}")
    for answer in drill.answered:
        yield Mark(t=answer.t, look="person", title=f"{answer.by} answered {answer.question}")
    for claim in drill.claims:
        who = "a run" if claim.run else claim.by
        alive = f", {counted(len(claim.alive), 'seat')} alive" if claim.alive else ""
        look = "bad" if is_false(told, claim) else "good"
        yield Mark(t=claim.t, look=look, title=f"{who} said contained{alive}")


def _exercise(told: Told) -> Iterator[LaneRow]:
    drill = told.drill
    marks = [
        Mark(t=given.t, look="told", title=f"{given.inject} to {given.to}: {given.text}")
        for given in drill.injects
        if not given.skipped
    ]
    marks += [
        Mark(t=hint.t, look="warn", title=f"hint for {counted(hint.points, 'point')}: {hint.text}")
        for hint in drill.hints
    ]
    if marks:
        yield LaneRow(label="injects and hints", marks=tuple(sorted(marks, key=lambda m: m.t)))
    bars = tuple(
        Bar(
            start=span.t,
            end=told.end if span.until is None else span.until,
            look="broken",
            title=f"broken on purpose: {span.what}{f' ({span.who})' if span.who else ''}",
        )
        for span in drill.broken
    )
    if bars:
        yield LaneRow(label="broken on purpose", bars=bars)
