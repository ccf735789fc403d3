"""How long it may take until the last change of a part is sent, as far as a plan can tell.

It adds what the playbook lets pass before: questions to people, bounded waiting, and a few seconds
for each change. It is said to an approver whose signature would end before that, and decides
nothing: people mostly answer sooner than they have to.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from irkit.model.playbook import (
    BlockStep,
    IfStep,
    ManualStep,
    ParallelStep,
    Phase,
    Playbook,
    RepeatStep,
    Step,
)
from irkit.model.run import Run, Stage

A_CHANGE: Final = timedelta(seconds=3)
"""A look, a call and a look again, one after the other."""


def until_last_change(playbook: Playbook, run: Run, parts: Iterable[str]) -> timedelta:
    """Return how long from now the last change of `parts` may be sent."""
    phases = {phase.id: phase for phase in playbook.phases}
    own = {run.parts[part].phase for part in parts}
    before = frozenset[str]().union(*(_needed(phases, phase) for phase in own & set(phases)))
    waits = [_waits(phases[phase].steps, run) for phase in before]
    changes = sum(
        state.stage is Stage.PLANNED
        for state in run.changes.values()
        if run.parts[state.part].phase in before | own
    )
    return sum(waits, timedelta()) + A_CHANGE * changes


def _needed(phases: dict[str, Phase], phase: str) -> frozenset[str]:
    """Return `phase` and everything that has to be over before it."""
    earlier = (_needed(phases, need) for need in phases[phase].needs)
    return frozenset({phase}).union(*earlier)


def _waits(steps: tuple[Step, ...], run: Run) -> timedelta:
    """Return how long steps may wait for people and for conditions, where all goes well."""
    total = timedelta()
    for step in steps:
        match step:
            case ManualStep() if not _answered(step, run):
                total += step.within
            case RepeatStep():
                total += (step.every + _waits(step.steps, run)) * step.at_most
            case IfStep():
                total += max(_waits(step.then, run), _waits(step.otherwise, run))
            case ParallelStep():
                total += max(_waits((branch,), run) for branch in step.branches)
            case BlockStep():
                total += _waits(step.steps, run)
    return total


def _answered(step: ManualStep, run: Run) -> bool:
    return any(path.partition("[")[0] == step.id for path in run.answers)
