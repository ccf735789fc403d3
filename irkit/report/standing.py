"""How a run stands, as one of the states that DESIGN names; judged from its records alone."""

from collections import Counter
from collections.abc import Mapping
from enum import StrEnum

from irkit.model.plan import Part
from irkit.model.quorum import Tally
from irkit.model.run import Run, Stage

_DOUBT = frozenset({Stage.IN_DOUBT, Stage.ASK})
_UNDER_WAY = frozenset({Stage.IN_FLIGHT, Stage.MADE})


class State(StrEnum):
    """The states of a run that is not closed. A closed one's state is its outcome."""

    PLANNED = "planned"
    WAITING = "waiting"
    RUNNING = "running"
    HOLDING = "holding"
    IN_DOUBT = "in_doubt"
    STOPPED = "stopped"


def state_of(run: Run, tallies: Mapping[str, Tally] | None = None) -> str:
    """Return the run's state, or its outcome once it is closed.

    `tallies` are the counted approvals by part; without them a part counts as approved when it
    needs nobody or has begun.
    """
    if run.closed:
        return run.outcome
    stages = {state.stage for state in run.changes.values()}
    stopped = bool(run.stopped or run.paused or run.cancelled)
    if stages & _DOUBT or (stopped and Stage.IN_FLIGHT in stages):
        return State.IN_DOUBT
    if stopped:
        return State.STOPPED
    if stages & _UNDER_WAY:
        return State.RUNNING
    return _at_rest(run, tallies)


def _at_rest(run: Run, tallies: Mapping[str, Tally] | None) -> State:
    states = run.changes.values()
    if unanswered(run) or any(waits_for_approval(run, part, tallies) for part in run.parts):
        return State.WAITING
    if any(state.stage is Stage.PLANNED for state in states):
        begun = any(state.stage is not Stage.PLANNED for state in states)
        return State.RUNNING if begun else State.PLANNED
    if any(state.stage.written for state in states):
        return State.HOLDING
    return State.RUNNING


def unanswered(run: Run) -> tuple[str, ...]:
    """Return the manual steps that were put to somebody and have no answer."""
    return tuple(step for step in run.asked if step not in run.answers)


def waits_for_approval(run: Run, part: str, tallies: Mapping[str, Tally] | None = None) -> bool:
    """Say whether something in `part` may not be made before more people approve."""
    states = [state.stage for state in run.in_part(part)]
    if Stage.PLANNED not in states or not run.parts[part].signable:
        return False
    if tallies is not None and part in tallies:
        return not tallies[part].reached
    return run.parts[part].need.need > 0 and all(stage is Stage.PLANNED for stage in states)


def missing(part: Part, tally: Tally | None) -> tuple[int, tuple[str, ...]]:
    """Return how many approvals a part still lacks and which roles may give them."""
    if tally is None:
        return part.need.need, part.need.roles
    return tally.missing, tally.may_still


def counts(run: Run) -> dict[str, int]:
    """Return how many changes stand where, in the order of the stages."""
    found = Counter(str(state.stage) for state in run.changes.values())
    return {str(stage): found[str(stage)] for stage in Stage if found[str(stage)]}
