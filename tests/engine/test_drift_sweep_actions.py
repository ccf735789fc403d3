"""Every changing action, whose target another hand changes between approval and write.

irkit looks again immediately before it writes: what it did not plan for it leaves alone, and says
so; what is done already it does not do again.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from acting import Acting
from action_cases import CASES, Case
from aws_hands import iam_of
from exercised import Exercise, exercises
from lab import laboratory
from other_hands import THIRD, said
from stage import Hands, Stage

from irkit.actions.base import Action
from irkit.actions.load import catalogue
from irkit.canonical import thaw
from irkit.model.change import fill_late
from irkit.model.run import Stage as ChangeStage
from irkit.model.spec import Verb


def of(case: Case) -> str:
    """Return the id of a case's action."""
    return case.name.partition(":")[0]


async def other_hand(action: Action, hands: Hands) -> tuple[str, object]:
    """Change the first target; return its key, and how it was left."""
    change = action.plan(await action.probe(hands.readers))[0]
    third = THIRD.get(action.spec.id)
    after = fill_late(change.after, "2026-01-01T00:00:00Z", {})
    if third is not None:
        assert isinstance(after, dict)
        after = dict(third(after))
    await action.apply(replace(change, after=after), hands.readers, hands.writers)
    found = thaw(action.state(await action.probe(hands.readers), change.target))
    assert found != thaw(change.before), "the other hand changed nothing"
    assert (found == thaw(change.after)) == (third is None), "it is another state than it says"
    return change.target.key, found


@exercises(Exercise.DRIFT, cases=CASES, said=lambda case: said(of(case)))
def test_what_another_hand_changed_is_left_alone(case: Case, tmp_path: Path) -> None:
    """Between approval and write the target changed: nothing is sent to it, and it is said."""
    with laboratory(tmp_path, intruder=case.intruder) as lab:
        stage = Stage(world=lab.world)
        action = case.prepare(stage)
        acting = Acting.opened(lab, action)
        found: list[tuple[str, object]] = []

        def interfere() -> None:
            with ThreadPoolExecutor(1) as elsewhere:  # the run's own loop goes on afterwards
                work = elsewhere.submit(stage.do, lambda hands: other_hand(action, hands))
                found.append(work.result())

        acting.planned_then(interfere)
        run = acting.to_its_end()
        ((key, left),) = found
        ours = [s for s in run.changes.values() if s.change.target.key == key]
        expected = ChangeStage.ALREADY if said(of(case)) == "found done" else ChangeStage.DRIFTED
        assert [state.stage for state in ours[:1]] == [expected]
        assert ours[0].change.id not in {
            str(body["change"]) for kind, body in lab.ears.bodies if kind == "step.intent"
        }

        async def now(hands: Hands) -> object:
            seen = await action.probe(hands.readers)
            return thaw(action.state(seen, ours[0].change.target))

        assert stage.do(now) == left
        if expected is ChangeStage.DRIFTED:
            assert run.outcome != "completed"


def test_what_looks_half_made_before_it_was_begun_is_somebody_else_s(tmp_path: Path) -> None:
    """A key that a colleague made meanwhile is not taken for irkit's own and deleted."""
    with laboratory(tmp_path, intruder=True) as lab:
        stage = Stage(world=lab.world)
        case = next(case for case in CASES if case.name == "aws.iam_key.rotate_to_secret")
        acting = Acting.opened(lab, case.prepare(stage))
        made: list[str] = []

        def colleague() -> None:
            with iam_of(stage) as iam:
                made.append(iam.create_access_key("ci-deploy").access_key_id)

        acting.planned_then(colleague)
        run = acting.to_its_end()
        first = next(iter(run.changes.values()))
        assert first.stage is ChangeStage.DRIFTED
        with iam_of(stage) as iam:
            assert {*made} < {key.access_key_id for key in iam.users["ci-deploy"].access_keys}


def test_every_third_state_is_of_an_action() -> None:
    """A table of actions that are gone would claim what nothing shows."""
    assert set(THIRD) <= {spec.id for spec in catalogue() if spec.verb is Verb.DO}
