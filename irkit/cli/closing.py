"""What holds a case open: nothing may be alive, unknown, in doubt, under way or unconfirmed.

Judged over all runs of the case together: a later run that saw the seat dead, or made the same
change to the same target and read it back, settles what an earlier one left.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.model import next_commands
from irkit.model.run import ChangeState, Run, Stage
from irkit.report.open_items import Kind, open_items, title_of
from irkit.report.seats import DEAD
from irkit.report.standing import state_of

_DOUBT: Final = frozenset({Stage.IN_FLIGHT, Stage.IN_DOUBT, Stage.ASK, Stage.MADE})
_SETTLED_ELSEWHERE: Final = frozenset({Kind.IN_DOUBT, Kind.LOST, Kind.SEAT, Kind.CONFIRM})
_GOOD: Final = frozenset({"contained", "completed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One thing that holds a case open, and what to type about it."""

    run: str
    what: str
    command: str

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"run": self.run, "what": self.what, "command": self.command}


def held_open(runs: Sequence[Run], unconfirmed: Mapping[str, Sequence[str]]) -> tuple[Held, ...]:
    """Return what holds a case with these runs (the oldest first) open.

    `unconfirmed` are the people who approved alone and were not confirmed, by run.
    """
    return (*_under_way(runs), *_changes(runs), *_seats(runs), *_alone(unconfirmed))


def left_undone(runs: Sequence[Run]) -> tuple[str, ...]:
    """Return what stays undone in closed runs without holding the case open, one line each."""
    return tuple(
        f"{run.id}: {item.kind}: {item.what}"
        for run in runs
        for item in open_items(run)
        if item.kind not in _SETTLED_ELSEWHERE and item.kind is not Kind.UNVERIFIED
    )


def _under_way(runs: Sequence[Run]) -> Iterator[Held]:
    for run in runs:
        if not run.closed:
            state = state_of(run).replace("_", " ")
            yield Held(
                run=run.id,
                what=f"the run is not over: {state}",
                command=next_commands.on("status", run.id),
            )


def _changes(runs: Sequence[Run]) -> Iterator[Held]:
    taken_back = {run.undoes for run in runs if run.outcome in _GOOD}
    for index, run in enumerate(runs):
        if not run.closed or run.id in taken_back:
            continue
        for state in run.changes.values():
            why = _why(state)
            if why and not state.undone and not _made_later(state, runs[index + 1 :]):
                yield Held(
                    run=run.id,
                    what=f"{title_of(state)}: {why}",
                    command=next_commands.on("status", run.id),
                )


def _why(state: ChangeState) -> str:
    if state.stage in _DOUBT:
        return "nobody knows whether it was made"
    if state.stage is Stage.UNVERIFIED:
        return "it was made and not read back as planned"
    return "somebody took it back" if state.lost else ""


def _made_later(state: ChangeState, later: Sequence[Run]) -> bool:
    return any(
        other.stage.good
        and not other.lost
        and other.change.target.key == state.change.target.key
        and other.step.action == state.step.action
        for run in later
        for other in run.changes.values()
    )


def _seats(runs: Sequence[Run]) -> Iterator[Held]:
    """Judge each seat by the last look at it in any of the runs.

    What an undo took back held seats down: nobody knows of them what was seen before it.
    """
    last: dict[str, tuple[str, str]] = {}
    for run in runs:
        if run.undoes and any(state.stage.good for state in run.changes.values()):
            last = dict.fromkeys(last, ("unknown", run.id))
        for look in run.looks:
            last |= {seat: (str(state), run.id) for seat, state in look.seats.items()}
    for seat, (state, run_id) in last.items():
        if state != DEAD:
            yield Held(
                run=run_id,
                what=f"the intruder's {seat} is {state.upper()}",
                command="irkit actions matrix",
            )


def _alone(unconfirmed: Mapping[str, Sequence[str]]) -> Iterator[Held]:
    for run, names in unconfirmed.items():
        for name in names:
            yield Held(
                run=run,
                what=f"{name} approved alone, and nobody has confirmed it",
                command=next_commands.confirm_break_glass(run),
            )
