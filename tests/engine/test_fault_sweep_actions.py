"""Every changing action, carried out by the engine while its first write goes wrong.

Whatever the fault: what is called completed is so in the world, and a run that is not is not green.
"""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from textwrap import indent

import pytest
from action_cases import CASES, Case
from lab import Lab, laboratory
from stage import Hands, Stage

from irkit.actions.base import Action
from irkit.actions.load import catalogue
from irkit.engine.books import recorded_book
from irkit.engine.generated import action_text
from irkit.model.run import Stage as ChangeStage
from irkit.model.spec import Effect, Reversal
from irkit.world.faults import Fault, FaultKind

LOSES = (Reversal.LOSSY, Reversal.DESTRUCTIVE)
UNANSWERED = (FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_HTML)
KINDS = (
    *UNANSWERED,
    FaultKind.RESET_BEFORE,
    FaultKind.FORBIDDEN_EMPTY,
    FaultKind.THROTTLED,
)


def given_of(action: Action) -> dict[str, str]:
    """Return an action's parameters as people would write them."""
    values = {item.name: getattr(action, item.name) for item in fields(action)}
    return {name: written(value) for name, value in values.items() if written(value)}


def written(value: object) -> str:
    """Return a value of a parameter as people would write it."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else str(value)


def kept_first(text: str) -> str:
    """Return a playbook of one step that keeps the machine's disks before, as a guard demands."""
    head, _, step = text.partition("steps:\n")
    keep = "      - do: aws.evidence.snapshot\n        with: {instance: '{{ inputs.instance }}'}\n"
    act = indent(step, "    ")
    return (
        f"{head}steps:\n  - phase: Keep\n    steps:\n{keep}"
        f"  - phase: Act\n    needs: [Keep]\n    steps:\n{act}"
    )


def carried_out(lab: Lab, action: Action, fault: Fault) -> str:
    """Carry an action out while its first write goes wrong; return the run's id."""
    given = given_of(action)
    text = action_text(catalogue()[action.spec.id], given, "a test")
    if action.spec.target == "aws.instance" and action.spec.reversal in LOSES:
        text = kept_first(text)
    book = recorded_book(text, "do.yaml", {})
    run_id = lab.start(book, **given)
    lab.world.faults.add(fault)  # now: what only adds waits for nobody
    lab.go(book, run_id)
    for who in ("alice@acme.example", "bob@acme.example"):
        lab.approve(run_id, who)
    lab.go(book, run_id)
    assert lab.world.faults.fired(), "the fault was never met"
    lab.world.faults.clear()
    return run_id


def swept() -> Iterator[tuple[Case, FaultKind]]:
    """Yield each case with the two kinds of fault that depend on it, a few with every kind.

    What depends on the action is whether a look tells apart what nobody answered to: a write that
    took effect and one that did not. What the engine makes of the other kinds does not; the first
    case of each provider and effect stands for all.
    """
    met: set[tuple[str, Effect]] = set()
    for case in CASES:
        spec = catalogue()[case.name.partition(":")[0]]
        way = (spec.needs[0], spec.effect)
        yield from ((case, kind) for kind in (UNANSWERED if way in met else KINDS))
        met.add(way)


@pytest.mark.parametrize(
    ("case", "kind"), list(swept()), ids=lambda item: getattr(item, "name", str(item))
)
def test_no_fault_makes_a_false_green(case: Case, kind: FaultKind, tmp_path: Path) -> None:
    """Completed means that the goal holds in the world; anything else is said to be open."""
    with laboratory(tmp_path, intruder=case.intruder) as lab:
        action = case.prepare(Stage(world=lab.world))
        fault = Fault(
            kind=kind,
            provider=case.name.partition(".")[0],
            operation=case.first_write,
            seconds=1.0,
        )
        run = lab.run_of(carried_out(lab, action, fault))
        stages = {state.stage for state in run.changes.values()}
        if run.outcome != "completed":
            assert stages - {ChangeStage.VERIFIED, ChangeStage.ALREADY}
            return
        assert stages <= {ChangeStage.VERIFIED, ChangeStage.ALREADY}

        async def left(hands: Hands) -> int:
            return len(action.plan(await action.probe(hands.readers)))

        if case.settles:
            assert Stage(world=lab.world).do(left) == 0
