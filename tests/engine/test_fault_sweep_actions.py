"""Every changing action, carried out by the engine while its first write goes wrong.

Whatever the trouble: what is called completed is so in the world, and a run that is not is not
green.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from acting import Acting
from action_cases import CASES, Case
from exercised import Exercise, exercises
from lab import Lab, laboratory
from stage import Hands, Stage

from irkit.actions.base import Action
from irkit.actions.load import catalogue
from irkit.model.run import Run
from irkit.model.run import Stage as ChangeStage
from irkit.model.spec import Effect
from irkit.world.faults import Fault, FaultKind

KINDS = (
    FaultKind.RESET_AFTER,
    FaultKind.RESET_BEFORE,
    FaultKind.SERVER_ERROR_HTML,
    FaultKind.FORBIDDEN_EMPTY,
    FaultKind.THROTTLED,
)
GOOD = {ChangeStage.VERIFIED, ChangeStage.ALREADY}


def fault_of(case: Case, kind: FaultKind, nth: int = 1) -> Fault:
    """Return a fault at a call like the case's first write."""
    return Fault(
        kind=kind,
        provider=case.name.partition(".")[0],
        operation=case.first_write,
        nth=nth,
        seconds=1.0,
    )


def judge(lab: Lab, case: Case, action: Action, run: Run) -> None:
    """Completed means that the goal holds in the world; anything else is said to be open."""
    stages = {state.stage for state in run.changes.values()}
    if run.outcome != "completed":
        assert stages - GOOD
        return
    assert stages <= GOOD

    async def left(hands: Hands) -> int:
        return len(action.plan(await action.probe(hands.readers)))

    if case.settles:
        assert Stage(world=lab.world).do(left) == 0


@exercises(Exercise.THROTTLING, Exercise.CRASH, cases=CASES)
def test_one_trouble_after_the_other_makes_no_false_green(case: Case, tmp_path: Path) -> None:
    """Throttled, then refused, then made by a process that dies before it knows: all is told."""
    # What depends on the action is whether an answer is known for what it is, and whether a look
    # tells apart what was made and what was not. The first process dies when it has said that it
    # was throttled, so that the next one need not wait.
    with laboratory(tmp_path, intruder=case.intruder) as lab:
        action = case.prepare(Stage(world=lab.world))
        acting = Acting.opened(lab, action)
        lab.world.faults.add(
            fault_of(case, FaultKind.THROTTLED), fault_of(case, FaultKind.SERVER_ERROR_HTML, nth=2)
        )
        acting.die_at("step.result")
        acting.die_unanswered(lambda: len(lab.world.faults.fired()) == 2)
        run = acting.to_its_end()
        assert len(lab.world.faults.fired()) == 2, "the faults were never met"
        assert acting.deaths == 2
        lab.world.faults.clear()
        judge(lab, case, action, run)


def swept() -> Iterator[tuple[Case, FaultKind]]:
    """Yield the first case of each provider and effect with each kind: it stands for all of them.

    What the engine makes of these does not depend on the action.
    """
    met: set[tuple[str, Effect]] = set()
    for case in CASES:
        spec = catalogue()[case.name.partition(":")[0]]
        way = (spec.needs[0], spec.effect)
        if way not in met:
            met.add(way)
            yield from ((case, kind) for kind in KINDS)


@pytest.mark.parametrize(
    ("case", "kind"), list(swept()), ids=lambda item: getattr(item, "name", str(item))
)
def test_no_fault_makes_a_false_green(case: Case, kind: FaultKind, tmp_path: Path) -> None:
    """In one process: what is throttled is sent again, and what is in doubt is looked at."""
    with laboratory(tmp_path, intruder=case.intruder) as lab:
        action = case.prepare(Stage(world=lab.world))
        acting = Acting.opened(lab, action)
        lab.world.faults.add(fault_of(case, kind))
        run = acting.to_its_end()
        assert lab.world.faults.fired(), "the fault was never met"
        assert acting.deaths == 0
        lab.world.faults.clear()
        judge(lab, case, action, run)
