"""What may go wrong around a run: a provider down or slow, an intruder who comes back."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lab import Lab, laboratory

from irkit.actions.load import catalogue
from irkit.diagnostics import IrkitError
from irkit.engine.books import checked
from irkit.engine.runner import Ending
from irkit.engine.steering import Steering
from irkit.engine.walk import Book
from irkit.model.run import Stage
from irkit.providers.limits import Wait
from irkit.world.aws_query import credentials_in
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.permissions import trusted_by
from irkit.world.intruder import Planting
from irkit.world.okta.limits import Bucket, RateLimits

KAI = "kai.contractor@acme.example"
FEDERATED = "okta-user-federated-to-aws"
PROD, DATA = "111122223333", "444455556666"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world in which the intruder is alive, and a sealed workspace."""
    with laboratory(tmp_path) as made:
        yield made


def stages(lab: Lab, run_id: str, prefix: str) -> set[Stage]:
    """Return the stages of the changes under a path."""
    changes = lab.run_of(run_id).changes
    return {state.stage for change, state in changes.items() if change.startswith(prefix)}


def test_the_first_cut_is_offered_while_the_trace_still_runs(lab: Lab) -> None:
    """A trace that takes long does not hold up a phase that does not use it."""
    lab.world.faults.add(
        Fault(
            kind=FaultKind.SLOW_DRIP,
            provider="aws",
            operation="cloudtrail:LookupEvents",
            times=3,
            seconds=8.0,
        )
    )
    run_id = lab.start(lab.book(FEDERATED), user=KAI)
    lab.go(lab.book(FEDERATED), run_id)
    kinds = [
        kind
        for kind, body in lab.ears.bodies
        if kind == "plan.proposed" or str(body.get("step", "")).startswith("trace.")
    ]
    assert kinds[0] == "plan.proposed"
    assert "step.read" in kinds
    assert {part.phase for part in lab.run_of(run_id).parts.values()} >= {
        "close-the-door",
        "contain-aws",
    }


def test_a_dead_okta_does_not_hold_up_aws(lab: Lab) -> None:
    """Okta dies before the run: AWS is traced and cut by login, and nothing is called contained."""
    lab.world.okta_proxy.set_dead(dead=True)
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id)
    lab.go(book, run_id)
    assert stages(lab, run_id, "contain-aws") == {Stage.VERIFIED}
    assert lab.run_of(run_id).outcome != "contained"
    aws_seats = [seat for seat in lab.world.seats if seat.id.startswith("aws:")]
    assert {str(seat.probe()) for seat in aws_seats} == {"dead"}


def test_a_dead_aws_does_not_hold_up_okta(lab: Lab) -> None:
    """AWS dies before the run: the door at Okta is closed all the same."""
    lab.world.aws_proxy.set_dead(dead=True)
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id)
    lab.go(book, run_id)
    assert stages(lab, run_id, "close-the-door") == {Stage.VERIFIED}
    assert lab.run_of(run_id).outcome != "contained"
    assert lab.seat("okta-session:kai.contractor") == "dead"


TWO = """
irkit: 1
playbook: two
title: Two people
inputs:
  users: {type: list of okta.user}
guards:
  limit: {okta.user: 5}
steps:
  - phase: Out
    steps:
      - for_each: {user: inputs.users}
        when_empty: stop
        steps:
          - do: okta.user.suspend
            with: {user: "{{ user }}"}
"""


class Waiting(Exception):  # noqa: N818  # it is no error
    """Somebody waits for a rate limit."""


def test_a_write_waits_before_it_is_looked_at_and_intended(lab: Lab) -> None:
    """What waits for the rate limit has no intent: it is looked at and allowed after the wait."""

    def stop(wait: Wait) -> None:
        raise Waiting(wait.bucket)

    lab.on_wait = stop
    suspend = Bucket(pattern="POST /api/v1/users/{id}/lifecycle/suspend", limit=1)
    lab.world.okta_server.world.limits = RateLimits(buckets=(suspend,))
    book = Book(main=checked(TWO.encode(), "two.yaml", catalogue()))
    run_id = lab.start(book, users=f"{KAI},rui.tanaka@acme.example")
    lab.go(book, run_id)
    lab.approve(run_id)
    with pytest.raises(ExceptionGroup) as caught:
        lab.go(book, run_id)
    assert caught.group_contains(Waiting, match="suspend")
    assert [kind for kind, _ in lab.ears.bodies].count("step.intent") == 1
    assert Stage.PLANNED in {state.stage for state in lab.run_of(run_id).changes.values()}


def test_a_session_minted_between_trace_and_cut_is_found_and_offered(lab: Lab) -> None:
    """The logs are asked again after the cut; what is new becomes a part of its own to approve."""
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    again = Planting(lab.world)
    again._steal_session()
    again._enter_aws("Support", DATA)
    late = [seat for seat in lab.world.seats if seat.account == DATA]
    lab.approve(run_id)
    driven = lab.go(book, run_id)
    (path,) = driven.run.asked
    lab.answer(run_id, path, theirs=False)
    driven = lab.go(book, run_id)
    assert driven.ending is Ending.WAITING
    assert any(why.startswith("await contain-aws+1") for why in driven.waits), driven.waits
    assert "alive" in {str(seat.probe()) for seat in late}
    lab.approve(run_id)
    driven = lab.go(book, run_id)
    assert driven.run.outcome == "contained"
    assert {str(seat.probe()) for seat in lab.world.seats} == {"dead"}


def test_a_role_that_a_leaked_key_entered_after_the_trace_is_found_and_offered(lab: Lab) -> None:
    """What the key led to is asked again as well, and grows by what it did meanwhile."""
    trust = json.dumps(trusted_by(f"arn:aws:iam::{PROD}:root"))
    lab.world.aws.cloud.iam(PROD).update_assume_role_policy("Deploy", trust)
    again = Planting(lab.world)
    again._steal_session()
    developer = again._enter_aws("Developer", PROD)
    call = again._outside.aws_call
    leaked = credentials_in(call(developer, "iam", "CreateAccessKey", UserName="svc-backup"))
    book = lab.book("leaked-aws-access-key")
    run_id = lab.start(book, key=leaked.id)
    lab.go(book, run_id)
    deploy = f"arn:aws:iam::{PROD}:role/Deploy"
    call(leaked, "sts", "AssumeRole", RoleArn=deploy, RoleSessionName="late")
    lab.approve(run_id)
    assert lab.go(book, run_id).waits == ("await follow",)
    lab.approve(run_id)
    driven = lab.go(book, run_id)
    cut = {s.change.target.label for s in driven.run.changes.values() if s.stage is Stage.VERIFIED}
    assert deploy in cut


def test_a_lost_change_is_said_aloud_and_is_not_contained(lab: Lab) -> None:
    """The intruder takes a deny away while irkit watches: the look finds it."""
    lab.pace = replace(lab.pace, looks=(timedelta(milliseconds=10), timedelta(seconds=3)))
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id)
    driven = lab.go(book, run_id)
    lab.world.aws.cloud.iam(PROD).delete_user_policy("svc-backup", "IRKitQuarantine")
    (path,) = driven.run.asked
    lab.answer(run_id, path, theirs=False)
    driven = lab.go(book, run_id)
    assert driven.run.outcome == "partial"
    assert any("quarantine" in lost for lost in driven.run.looks[-1].lost)


def test_a_target_that_changed_since_the_plan_is_refused(lab: Lab) -> None:
    """Somebody puts another policy of the same name in between: drift, one by one, loudly."""
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id)
    other = (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
    )
    lab.world.aws.cloud.iam(PROD).put_user_policy("svc-backup", "IRKitQuarantine", other)
    lab.go(book, run_id)
    drifted = [s for s in lab.run_of(run_id).changes.values() if s.stage is Stage.DRIFTED]
    assert [state.change.target.label.rpartition("/")[2] for state in drifted] == ["svc-backup"]
    kept = lab.world.aws.cloud.iam(PROD).get_user_policy("svc-backup", "IRKitQuarantine")
    assert kept["policy_document"] == other


def test_a_plan_that_is_too_old_is_not_carried_out(lab: Lab) -> None:
    """After `plan_valid` an approval does not help: the steps are planned anew."""
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id)
    config = lab.root / "irkit.yaml"
    config.write_text(config.read_text() + "plan_valid: 1s\n")
    time.sleep(1)
    driven = lab.go(book, run_id)
    assert driven.ending is Ending.WAITING
    assert {state.stage for state in driven.run.changes.values()} == {Stage.PLANNED}


def test_two_processes_never_act_for_one_run(lab: Lab) -> None:
    """The second one is told who is at it, and does nothing."""
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    with lab.session.acting(run_id), pytest.raises(IrkitError, match="IRK608"):
        lab.go(book, run_id)


def test_an_approval_that_has_run_out_stops_the_run(lab: Lab) -> None:
    """The window is looked at before each intent: afterwards nothing is written."""
    book = lab.book(FEDERATED)
    run_id = lab.start(book, user=KAI)
    lab.go(book, run_id)
    lab.approve(run_id, valid=timedelta(milliseconds=1))
    before = len(lab.world.calls.all())
    driven = lab.go(book, run_id)
    assert driven.ending is Ending.WAITING
    ours = [c for c in lab.world.calls.all()[before:] if c.user_agent.startswith("irkit/")]
    writes = [call for call in ours if call.write]
    assert [call.operation for call in writes if call.operation != "sts:AssumeRole"] == []


REASSERTED = """
irkit: 1
playbook: quarantine-and-keep
title: Quarantine and keep
about: Puts the quarantine back while the watch lasts.
against: [long_term_key, get_session_token]
claims: contained
guards:
  limit: {aws.user: 1}
approvals:
  one: {need: 1}
inputs:
  user: {type: aws.user}
steps:
  - phase: Look
    steps:
      - read: aws.iam_user.get
        with: {user: "{{ inputs.user }}"}
        as: owner
        evidence: true
  - phase: Cut
    approve: one
    hold: reassert
    steps:
      - do: aws.iam_user.quarantine
        with: {user: "{{ owner.arn }}"}
"""


def test_a_lost_change_is_made_again_where_the_part_says_so(lab: Lab) -> None:
    """`hold: reassert`: the target stands exactly as before, so a new intent puts it back."""
    accepted = REASSERTED + "accepts:\n  get_federation_token: Ends with the user.\n"
    accepted += "  role_session: None was entered.\n  chained_role_session: None was entered.\n"
    book = Book(main=checked(accepted.encode(), "keep.yaml", catalogue()))
    lab.pace = replace(lab.pace, looks=(timedelta(milliseconds=10), timedelta(seconds=2)))
    run_id = lab.start(book, user=f"arn:aws:iam::{PROD}:user/svc-backup")
    lab.go(book, run_id)
    lab.approve(run_id)
    iam = lab.world.aws.cloud.iam(PROD)
    lab.ears.on["hold.checked"] = lambda: iam.delete_user_policy("svc-backup", "IRKitQuarantine")
    driven = lab.go(book, run_id)
    (state,) = driven.run.changes.values()
    assert state.attempt == 2
    assert state.stage is Stage.VERIFIED
    assert iam.get_user_policy("svc-backup", "IRKitQuarantine")


GUARDED = REASSERTED.replace("limit: {aws.user: 1}", "limit: {aws.user: 0}").replace(
    "    hold: reassert\n", ""
)


def test_a_guard_is_overridden_only_by_two_people_who_sign_for_it(lab: Lab) -> None:
    """The refused step is planned again and says what it overrides; one signature will not do."""
    accepted = GUARDED.replace("claims: contained\n", "")
    book = Book(main=checked(accepted.encode(), "guarded.yaml", catalogue()))
    run_id = lab.start(book, user=f"arn:aws:iam::{PROD}:user/svc-backup")
    with lab.session.journal(writing=True) as journal:
        run = lab.session.run(journal, run_id)
        with pytest.raises(IrkitError, match="no guard refused"):
            Steering(journal, run, lab.session.actor).override("cut.quarantine", "a test")
    lab.record(run_id, "run.state", {"state": "paused"})
    refused = lab.go(book, run_id)
    assert refused.run.refused_by == {"cut.quarantine": "blast-radius"}
    with lab.session.journal(writing=True) as journal:
        run = lab.session.run(journal, run_id)
        Steering(journal, run, lab.session.actor).override("cut.quarantine", "one user, on purpose")
    lab.record(run_id, "run.state", {"state": "running"})
    lab.go(book, run_id)
    (state,) = lab.run_of(run_id).changes.values()
    part = lab.run_of(run_id).parts["cut"]
    assert (state.step.overrides, part.need.need, part.need.exclude_requester) == (
        ("blast-radius",),
        2,
        True,
    )
    lab.approve(run_id)
    assert lab.go(book, run_id).ending is Ending.WAITING
    lab.approve(run_id, "bob@acme.example")
    driven = lab.go(book, run_id)
    assert {state.stage for state in driven.run.changes.values()} == {Stage.VERIFIED}
    assert "OVERRIDES GUARD: blast-radius" in next(
        text
        for text in (blob.read_bytes().decode(errors="replace") for blob in blobs(lab))
        if text.startswith("irkit.display/v1")
    )


def blobs(lab: Lab) -> list[Path]:
    """Return the files of the trail's blobs."""
    return [path for path in (lab.root / ".irkit/trail/blobs").rglob("*") if path.is_file()]


def test_a_guard_that_nobody_may_override_stays(lab: Lab) -> None:
    """The run's own identity is never a target, whoever signs."""
    text = REASSERTED.replace("claims: contained\n", "").replace("    hold: reassert\n", "")
    book = Book(main=checked(text.encode(), "own.yaml", catalogue()))
    run_id = lab.start(book, user=f"arn:aws:iam::{PROD}:user/irkit-breakglass")
    lab.record(run_id, "run.state", {"state": "paused"})
    lab.go(book, run_id)
    with lab.session.journal(writing=True) as journal:
        run = lab.session.run(journal, run_id)
        assert run.refused_by == {"cut.quarantine": "own-identity"}
        with pytest.raises(IrkitError, match="never overridden"):
            Steering(journal, run, lab.session.actor).override("cut.quarantine", "please")
