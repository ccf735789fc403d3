"""The main job against the running world: plan, approve, run, hold, undo, and the trail."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, laboratory

from irkit.canonical import canonical
from irkit.engine.runner import Ending
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify

KAI = "kai.contractor@acme.example"
FEDERATED = "okta-user-federated-to-aws"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world in which the intruder is alive, and a sealed workspace."""
    with laboratory(tmp_path) as made:
        yield made


def leaked(lab: Lab) -> dict[str, str]:
    """Return the inputs of the leaked-key playbook: the key the intruder made."""
    seat = next(seat for seat in lab.world.seats if seat.kind == "long_term_key")
    return {"key": seat.access_key_id}


def exact(state: bytes) -> bytes:
    """Return the state without what heals by itself: OAuth tokens come back at the next sign-in."""
    content = json.loads(state)
    del content["okta"]["refresh_tokens"]
    return canonical(content)


PLAYBOOKS = [FEDERATED, "leaked-aws-access-key", "okta-contractor-compromise"]


def inputs_of(lab: Lab, name: str) -> dict[str, str]:
    """Return the inputs of a shipped playbook."""
    return leaked(lab) if name == "leaked-aws-access-key" else {"user": KAI}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_plan_writes_nothing(lab: Lab, name: str) -> None:
    """Counted at the HTTP layer: planning a shipped playbook makes no write call at all."""
    before = len(lab.world.calls.all())
    driven = lab.plan(lab.book(name), **inputs_of(lab, name))
    calls = lab.world.calls.all()[before:]
    assert driven.ending is Ending.PLANNED
    assert list(driven.run.changes)
    assert calls
    assert [call.operation for call in calls if call.write and call.principal != "intruder"] == []


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_a_shipped_playbook_contains_and_is_taken_back(lab: Lab, name: str) -> None:
    """The seats it is against are dead, bystanders live, undo brings back what it promised."""
    book, inputs = lab.book(name), inputs_of(lab, name)
    before = lab.world.restorable()
    run_id, driven = lab.contain(book, **inputs)
    of_the_key = {"long_term_key", "get_session_token"}
    against = of_the_key if name == "leaked-aws-access-key" else set(book.main.against)
    alive = {seat.id for seat in lab.world.seats if seat.probe() == "alive"}
    assert {seat.id for seat in lab.world.seats if seat.kind in against} & alive == set()
    assert (driven.run.outcome == "contained") == (not alive), lab.ears.bodies[-1]
    assert {seat.id: str(seat.probe()) for seat in lab.world.bystanders} == {
        seat.id: "alive" for seat in lab.world.bystanders
    }
    undo_id, undone = lab.take_back(run_id, book)
    assert undone.run.outcome == "completed", lab.ears.bodies[-1]
    assert lab.run_of(undo_id).undoes == run_id
    kept = {state.step.reversal for state in driven.run.changes.values()} & {"DESTRUCTIVE", "LOSSY"}
    if not kept:
        assert exact(lab.world.restorable()) == exact(before)


def test_the_trail_of_the_main_job_verifies(lab: Lab) -> None:
    """Everything recorded, from opening to undo, is consistent, and approvers anchor it."""
    book = lab.book(FEDERATED)
    run_id, _ = lab.contain(book, user=KAI)
    lab.take_back(run_id, book)
    verdict = verify(lab.session.workspace.trail_directory, deep=True)
    assert verdict.outcome is not Outcome.TAMPERED, verdict
    secret = lab.world.okta_token.reveal().encode()
    for file in (lab.root / ".irkit" / "trail").rglob("*"):
        assert not file.is_file() or secret not in file.read_bytes()


def test_nothing_follows_the_end_of_a_run(lab: Lab) -> None:
    """Whoever takes a run up that somebody else has just closed records nothing more."""
    book = lab.book("leaked-aws-access-key")
    run_id, driven = lab.contain(book, **leaked(lab))
    assert driven.ending is Ending.CLOSED
    before = lab.run_of(run_id).count
    assert lab.go(book, run_id).ending is Ending.CLOSED
    assert lab.run_of(run_id).count == before
    verdict = verify(lab.session.workspace.trail_directory, deep=True)
    assert verdict.outcome is not Outcome.TAMPERED, verdict


def test_a_second_run_changes_nothing_but_ended_sessions(lab: Lab) -> None:
    """What holds already is found to hold; only cut-offs, which move with time, are planned."""
    book = lab.book(FEDERATED)
    lab.contain(book, user=KAI)
    driven = lab.plan(book, user=KAI)
    assert {state.step.reversal for state in driven.run.changes.values()} <= {"SELF_HEALING"}


def test_a_change_someone_made_since_is_not_undone(lab: Lab) -> None:
    """Undo compares and swaps: what is no longer as the run left it is refused."""
    book = lab.book(FEDERATED)
    run_id, _ = lab.contain(book, user=KAI)
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}
    weaker = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = lab.world.aws.cloud.iam("111122223333")
    iam.put_user_policy("svc-backup", "IRKitQuarantine", weaker)
    undo_id, undone = lab.take_back(run_id, book)
    assert undone.run.outcome == "partial"
    drifted = [s.change.id for s in lab.run_of(undo_id).changes.values() if s.stage == "drifted"]
    assert len(drifted) == 1
    assert lab.run_of(undo_id).changes[drifted[0]].change.target.label.endswith("svc-backup")
    assert iam.get_user_policy("svc-backup", "IRKitQuarantine")["policy_document"] == weaker


def test_theirs_after_all_takes_it_back_in_the_same_run(lab: Lab) -> None:
    """The answer decides: with the approvals that step asks for, the phases are undone."""
    book = lab.book(FEDERATED)
    before = lab.world.restorable()
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id)
    driven = lab.go(book, run_id)
    (path,) = driven.run.asked
    lab.answer(run_id, path, theirs=True, notes="a late shift")
    driven = lab.go(book, run_id)
    assert any(why.startswith("await ask") for why in driven.waits)
    lab.approve(run_id)
    assert lab.go(book, run_id).ending is Ending.WAITING, "two are needed"
    lab.approve(run_id, "bob@acme.example")
    driven = lab.go(book, run_id)
    assert driven.ending is Ending.CLOSED
    assert driven.run.outcome != "contained"
    assert exact(lab.world.restorable()) == exact(before)
