"""A drill as lines in the order of time: what each side did, for a screen, a replay or a report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from irkit.drill.record.deeds import Deed, Done
from irkit.drill.record.state import Drill


class Lane(StrEnum):
    """Whose line it is."""

    INTRUDER = "intruder"
    RESPONDERS = "responders"
    EXERCISE = "exercise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that happened. `secret` lines are the facilitator's until the end."""

    t: int
    lane: Lane
    text: str
    good: bool | None = None
    secret: bool = False


def lines(drill: Drill, deeds: Iterable[Done]) -> tuple[Line, ...]:
    """Return everything that happened, in order."""
    found = (
        *_intruder(drill),
        *of_runs(deeds),
        *_responders(drill),
        *_people(drill),
        *_exercise(drill),
    )
    return tuple(sorted(found, key=lambda line: line.t))


def _intruder(drill: Drill) -> Iterator[Line]:
    for act in drill.acts:
        word = "" if act.worked else f": {act.why}"
        again = " (came back)" if act.again and act.worked else ""
        yield Line(
            t=act.t,
            lane=Lane.INTRUDER,
            text=f"{act.tactic} ({act.do}){again}{word}",
            good=not act.worked,
            secret=True,
        )
    for loss in drill.losses:
        yield Line(
            t=loss.t,
            lane=Lane.INTRUDER,
            text=f"notices that it has lost {loss.holding}",
            good=True,
            secret=True,
        )
    for seat in drill.seats.values():
        for before, (t, state) in zip(("", *seat.states), seat.states, strict=False):
            if before and state != "alive":
                text = f"{state}: {seat.label}"
                yield Line(t=t, lane=Lane.INTRUDER, text=text, good=state == "dead", secret=True)


_SHOWN = {
    Deed.OPENED: "opened a run of {what}",
    Deed.PROPOSED: "asks for signatures: {what}",
    Deed.APPROVED: "signed {what}",
    Deed.REFUSED: "refused {what}",
    Deed.CUT: "{what}: {label}",
    Deed.CLOSED: "the run is {what}",
}


def of_runs(deeds: Iterable[Done]) -> Iterator[Line]:
    """Yield what was done with irkit, which everybody may know."""
    for done in deeds:
        form = _SHOWN.get(done.deed)
        if form is not None:
            who = f"{done.by} " if done.by else ""
            text = who + form.format(what=done.what, label=done.label)
            yield Line(t=done.t, lane=Lane.RESPONDERS, text=text)


def _responders(drill: Drill) -> Iterator[Line]:
    for said in drill.declared:
        yield Line(t=said.t, lane=Lane.RESPONDERS, text=f"{said.by} declares: {said.text}")
    for claim in drill.claims:
        truth = (
            f", and {len(claim.alive)} seats are alive" if claim.alive else ", and nothing lives"
        )
        yield Line(
            t=claim.t,
            lane=Lane.RESPONDERS,
            text=f"{'a run' if claim.run else claim.by} says contained{truth}",
            good=not claim.alive,
            secret=True,
        )


def _people(drill: Drill) -> Iterator[Line]:
    """What people decided, asked, heard, told, answered and noted."""
    for said in drill.decided:
        text = f"{said.by} decides {said.about}: {said.text}"
        yield Line(t=said.t, lane=Lane.RESPONDERS, text=text)
    for said in drill.asked:
        text = f"{said.by} asks for approval {said.about}: {said.text}"
        yield Line(t=said.t, lane=Lane.RESPONDERS, text=text)
    for heard in drill.heard:
        word = "yes" if heard.yes else "no"
        text = f"{heard.voice} says {word} to {heard.about}, heard by {heard.by}: no signature"
        yield Line(t=heard.t, lane=Lane.RESPONDERS, text=text)
    for said in drill.posts:
        text = f"{said.by} tells {said.about}: {said.text}"
        yield Line(t=said.t, lane=Lane.RESPONDERS, text=text)
    for answer in drill.answered:
        text = f"{answer.by} answers {answer.question}: {', '.join(answer.answers)}"
        yield Line(t=answer.t, lane=Lane.RESPONDERS, text=text)
    for said in drill.notes:
        yield Line(t=said.t, lane=Lane.RESPONDERS, text=f"{said.by} notes: {said.text}")


def _exercise(drill: Drill) -> Iterator[Line]:
    for given in drill.injects:
        told = "left out" if given.skipped else f"to {given.to} by {given.channel}: {given.text}"
        yield Line(t=given.t, lane=Lane.EXERCISE, text=f"{given.inject} {told}")
    for hint in drill.hints:
        text = f"hint for {hint.points} points: {hint.text}"
        yield Line(t=hint.t, lane=Lane.EXERCISE, text=text)
    for span in drill.broken:
        who = f" {span.who}" if span.who else ""
        yield Line(t=span.t, lane=Lane.EXERCISE, text=f"broken: {span.what}{who}", secret=True)
        if span.until is not None:
            text = f"works again: {span.what}{who}"
            yield Line(t=span.until, lane=Lane.EXERCISE, text=text, secret=True)
    for before, anchor in zip((None, *drill.anchors), drill.anchors, strict=False):
        if before is not None:
            text = "goes on" if anchor.speed else "paused"
            yield Line(t=anchor.t, lane=Lane.EXERCISE, text=text)
    if drill.end is not None:
        text = f"ended: {drill.end.why}{f' ({drill.end.text})' if drill.end.text else ''}"
        yield Line(t=drill.end.t, lane=Lane.EXERCISE, text=text)
