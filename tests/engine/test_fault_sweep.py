"""Each fault at each kind of write: never a false green, never a double effect."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lab import Lab, laboratory
from lab_people import FAST

from irkit.actions.load import catalogue
from irkit.engine.books import checked
from irkit.engine.generated import action_text
from irkit.engine.runner import Driven, Ending
from irkit.engine.walk import Book
from irkit.model.run import ChangeState, Stage
from irkit.world.faults import Fault, FaultKind

KAI = "kai.contractor@acme.example"

DEFINITE = {FaultKind.UNAUTHORIZED_EMPTY, FaultKind.FORBIDDEN_EMPTY}
"""Okta says no by status: nothing happened. AWS always says why, so there it is doubtful."""

DOUBTFUL = {
    FaultKind.SERVER_ERROR_JSON,
    FaultKind.SERVER_ERROR_EMPTY,
    FaultKind.SERVER_ERROR_HTML,
    FaultKind.OK_HTML,
    FaultKind.LOGIN_REDIRECT,
    FaultKind.RESET_BEFORE,
    FaultKind.RESET_AFTER,
    FaultKind.TRUNCATED,
}
"""It may or may not have happened: a look decides."""

THROTTLES = {
    FaultKind.THROTTLED,
    FaultKind.THROTTLED_CONCURRENCY,
    FaultKind.THROTTLED_BARE,
}

WRITES = {
    "okta.user.suspend": ("okta", "POST */lifecycle/suspend", {"user": KAI}),
    "okta.user.revoke_sessions": ("okta", "DELETE */sessions", {"user": KAI}),
    "aws.iam_user.quarantine": (
        "aws",
        "iam:PutUserPolicy",
        {"user": "arn:aws:iam::111122223333:user/svc-backup"},
    ),
    "aws.iam_role.revoke_sessions": (
        "aws",
        "iam:PutRolePolicy",
        {"role": "arn:aws:iam::111122223333:role/Deploy"},
    ),
}


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world in which the intruder is alive, and a sealed workspace."""
    with laboratory(tmp_path) as made:
        yield made


def act(lab: Lab, action: str, fault: Fault | None) -> tuple[Driven, ChangeState, int]:
    """Carry one action out with `fault`; return the run, its change and the effects counted."""
    _, operation, given = WRITES[action]
    text = action_text(catalogue()[action], given, "a test")
    book = Book(main=checked(text.encode(), "do.yaml", catalogue()))
    run_id = lab.start(book, **given)
    lab.go(book, run_id)
    lab.approve(run_id)
    since = len(lab.world.calls.all())
    if fault is not None:
        lab.world.faults.add(fault)
    driven = lab.go(book, run_id)
    if fault is not None:
        assert lab.world.faults.fired(), "the fault was never met"
        lab.world.faults.clear()
    (state,) = driven.run.changes.values()
    wanted = operation.rpartition("*")[2]
    effects = [
        call
        for call in lab.world.calls.all()[since:]
        if call.write and call.operation.endswith(wanted) and took_effect(call.fault, call.status)
    ]
    return driven, state, len(effects)


def took_effect(fault: str | None, status: int) -> bool:
    """Say whether a call changed something, whatever its caller was told."""
    if fault is None:
        return status < 300
    return fault in {FaultKind.RESET_AFTER, FaultKind.TRUNCATED}


@pytest.mark.parametrize("kind", sorted(DEFINITE | DOUBTFUL | THROTTLES))
@pytest.mark.parametrize("action", WRITES)
def test_a_fault_at_a_write(lab: Lab, action: str, kind: FaultKind) -> None:
    """What is recorded is what happened, and it happened once."""
    provider, operation, _ = WRITES[action]
    fault = Fault(kind=kind, provider=provider, operation=operation, seconds=1.0)
    driven, state, effects = act(lab, action, fault)
    definite = kind in DEFINITE and provider == "okta"
    if definite:
        assert (state.stage, effects) == (Stage.FAILED, 0)
        assert driven.run.outcome == "failed"
    else:
        assert driven.ending is Ending.CLOSED, state
        assert state.stage is Stage.VERIFIED, state.why
        unobservable = action == "okta.user.revoke_sessions" and kind in DOUBTFUL
        assert 1 <= effects <= (2 if unobservable else 1)
    stages = [kind for kind, _ in lab.ears.bodies]
    assert ("step.settled" in stages) == (kind not in THROTTLES and not definite)


def test_a_provider_that_stays_down_is_never_green(lab: Lab) -> None:
    """Server errors without end: the change stays in doubt or fails, and is never called done."""
    fault = Fault(
        kind=FaultKind.SERVER_ERROR_HTML,
        provider="aws",
        operation="iam:PutUserPolicy",
        times=1000,
    )
    driven, state, effects = act(lab, "aws.iam_user.quarantine", fault)
    assert effects == 0
    assert state.stage is Stage.FAILED
    assert driven.run.outcome == "failed"


def test_a_change_that_does_not_show_is_not_verified(lab: Lab) -> None:
    """The provider says 200 and nothing changes: accepted is not verified."""
    stale = Fault(
        kind=FaultKind.STALE_READ,
        provider="okta",
        operation="GET /api/v1/users/{id}",
        times=1000,
        seconds=60.0,
    )
    lab.pace = replace(FAST, verify_every=timedelta(seconds=1))
    driven, state, _ = act(lab, "okta.user.suspend", stale)
    assert state.stage is not Stage.VERIFIED
    assert driven.run.outcome != "completed"
