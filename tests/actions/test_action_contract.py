"""One contract, all changing actions: what each must do in the simulated world.

Probe without writing; plan; apply what was planned and nothing else; see that it holds; plan
nothing the second time; and, where it can be taken back, restore the world byte for byte.
"""

from dataclasses import replace

import pytest
from action_cases import CASES, Case
from action_cases.aws_identity import revoke_role_sessions
from exercised import Exercise, exercises
from stage import Hands, staged

from irkit.actions.base import Action, Applied, Verdict
from irkit.actions.load import catalogue
from irkit.canonical import Json, canonical, thaw
from irkit.diagnostics import IrkitError
from irkit.model.change import Change, fill_late, is_late
from irkit.model.spec import Reversal, Spec, Verb


async def planned(action: Action, hands: Hands) -> tuple[Change, ...]:
    """Probe and plan."""
    return action.plan(await action.probe(hands.readers))


async def state(action: Action, hands: Hands, change: Change) -> Json:
    """Look at a change's target."""
    return thaw(action.state(await action.probe(hands.readers), change.target))


async def made(action: Action, hands: Hands) -> list[tuple[Change, Applied]]:
    """Do what the engine does: look again, fill late values, apply, one change after the other."""
    done: list[tuple[Change, Applied]] = []
    for change in await planned(action, hands):
        assert await state(action, hands, change) == thaw(change.before), "drift before applying"
        now = hands.readers.aws.now().isoformat(timespec="seconds").replace("+00:00", "Z")
        resolved = replace(change, after=fill_late(change.after, now, {}))
        applied = await action.apply(resolved, hands.readers, hands.writers)
        done.append((resolved, applied))
    return done


async def holds(action: Action, hands: Hands, change: Change, applied: Applied) -> bool:
    """Verify as the engine does."""
    verdict = await action.verify(change, applied, hands.readers)
    if verdict is not None:
        return verdict is Verdict.HOLDS
    return await state(action, hands, change) == thaw(change.after)


def test_every_changing_action_has_a_case() -> None:
    """An action without a case would be an action without a contract."""
    covered = {case.name.partition(":")[0] for case in CASES}
    assert covered == {spec.id for spec in catalogue() if spec.verb is Verb.DO}


@exercises(Exercise.PROBE, Exercise.PLAN, cases=CASES)
def test_looking_and_planning_write_nothing_and_agree(case: Case) -> None:
    """A dry run sends no writing call; two of them plan the same, on disjoint targets."""
    with staged(intruder=case.intruder) as stage:
        action = case.prepare(stage)
        writes, before = stage.writes(), stage.world.restorable()
        first = stage.do(lambda hands: planned(action, hands))
        second = stage.do(lambda hands: planned(action, hands))
        assert stage.writes() == writes
        assert stage.world.restorable() == before
    assert first
    assert [canonical(c.to_json()) for c in first] == [canonical(c.to_json()) for c in second]
    assert len({change.target.key for change in first}) == len(first)
    assert len({change.id for change in first}) == len(first)
    assert all(set(change.needs) <= {other.id for other in first} for change in first)
    assert all(Change.from_json(change.to_json()).digest == change.digest for change in first)


@exercises(Exercise.APPLY, Exercise.VERIFY, cases=CASES)
def test_what_was_planned_is_made_and_holds(case: Case) -> None:
    """Each change holds, a look could adopt it, nothing is left, and no other right was used."""
    with staged(intruder=case.intruder) as stage:
        action = case.prepare(stage)
        calls = stage.calls()

        async def work(hands: Hands) -> None:
            for change, applied in await made(action, hands):
                assert await holds(action, hands, change, applied), change.id
                assert applied.request_ids
                assert all(applied.request_ids), change.id
                adopted = action.adopt(change, await action.probe(hands.readers))
                assert set(applied.outputs) <= set(adopted.outputs), change.id
            if case.settles:
                seen = await action.probe(hands.readers)
                assert action.plan(seen) == ()
                assert action.targets(seen)

        stage.do(work, rights=action.spec.permissions.iam_write)
        assert stage.undeclared(action.spec, calls) == set()


@exercises(Exercise.UNDO, cases=[case for case in CASES if case.returns])
def test_undo_restores_the_world(case: Case) -> None:
    """What is declared EXACT comes back byte for byte; what can be undone comes back in state."""
    with staged(intruder=case.intruder) as stage:
        action = case.prepare(stage)
        before, calls = stage.world.restorable(), stage.calls()

        async def work(hands: Hands) -> None:
            done = await made(action, hands)
            assert stage.world.restorable() != before
            for change, applied in reversed(done):
                await action.undo(change, applied, hands.readers, hands.writers)
            for change, _ in done:
                assert await state(action, hands, change) == thaw(change.before), change.id

        stage.do(work, rights=action.spec.permissions.iam_write)
        assert stage.undeclared(action.spec, calls) == set()
        if type(action).spec.reversal is Reversal.EXACT:
            assert stage.world.restorable() == before


@exercises(
    Exercise.UNDO, cases=[case for case in CASES if not case.returns], said=lambda _: "refused"
)
def test_what_has_no_way_back_says_so(case: Case) -> None:
    """An undo of what cannot be undone is refused with what to do instead, and is not EXACT."""
    with staged(intruder=case.intruder) as stage:
        action = case.prepare(stage)

        async def work(hands: Hands) -> None:
            change = (await planned(action, hands))[0]
            with pytest.raises(IrkitError, match="IRK662"):
                await action.undo(change, Applied(), hands.readers, hands.writers)

        writes = stage.writes()
        stage.do(work)
        assert stage.writes() == writes
    assert type(action).spec.reversal is not Reversal.EXACT


@pytest.mark.parametrize("spec", list(catalogue()), ids=lambda spec: spec.id)
def test_specs_are_complete(spec: Spec) -> None:
    """Every action says what it needs, what it may do, and what goes wrong with it."""
    assert spec.needs
    assert spec.summary
    assert spec.parameters or spec.id.endswith(".sweep")
    assert spec.d3fend
    assert spec.gotchas or spec.id.endswith(".get")
    assert all(parameter.help for parameter in spec.parameters)
    rights = spec.permissions
    assert rights.iam_read or rights.okta_read
    if spec.verb is Verb.DO:
        assert rights.iam_write or rights.okta_write
        assert spec.target
        assert spec.attack
        assert spec.cuts or spec.does_not_cut
        assert not set(spec.cuts) & set(spec.does_not_cut)
    else:
        assert not rights.iam_write
        assert not rights.okta_write
        assert spec.result is not None


def test_late_values_are_only_the_provider_s_clock() -> None:
    """No action needs another change's result: each says by name what it means."""
    with staged() as stage:
        changes = stage.do(lambda hands: planned(revoke_role_sessions(stage), hands))
    text = canonical(changes[0].to_json()).decode()
    assert '{"$late":"provider_now"}' in text
    assert not is_late(changes[0].before)
