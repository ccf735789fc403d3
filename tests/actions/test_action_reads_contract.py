"""One contract, all reads: they only look, and a provider that is busy is asked again.

A read that took "too many requests" for "there is nothing" would hide the intruder.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from action_cases.okta_idp import rogue_idp
from exercised import Exercise, exercises
from stage import PROD, VICTIM, Hands, Stage, staged

from irkit.actions.base import Answer
from irkit.actions.load import catalogue
from irkit.canonical import JsonObject
from irkit.model.spec import Verb
from irkit.world.calls import Call
from irkit.world.faults import Fault, FaultKind


@dataclass(frozen=True, slots=True)
class ReadCase:
    """One read of what there is in a world with the intruder in it."""

    name: str
    given: Callable[[Stage], JsonObject]


def _plainly(**given: str) -> Callable[[Stage], JsonObject]:
    return lambda _: dict(given)


def _seat(kind: str) -> Callable[[Stage], str]:
    return lambda stage: next(s.access_key_id for s in stage.world.seats if s.kind == kind)


def _key(stage: Stage) -> JsonObject:
    return {"key": stage.world.user_keys["ci-deploy"].id}


def _provider(stage: Stage) -> JsonObject:
    return {"idp": rogue_idp(stage), "since": "2020-01-01T00:00:00Z"}


STRANGER = "999900001111"
CASES = (
    ReadCase("aws.cloudtrail.lookup", _plainly(user_name=VICTIM)),
    ReadCase(
        "aws.evidence.collect_config", _plainly(resource=f"arn:aws:iam::{PROD}:role/Developer")
    ),
    ReadCase("aws.federation.trace", _plainly(user=VICTIM, account=PROD)),
    ReadCase("aws.iam.persistence_hunt", _plainly(account=PROD)),
    ReadCase("aws.iam_key.get", _key),
    ReadCase(
        "aws.iam_key.trace",
        lambda stage: {"key": _seat("long_term_key")(stage), "account": PROD},
    ),
    ReadCase("aws.iam_role.trace", _plainly(role=f"arn:aws:iam::{PROD}:role/Deploy")),
    ReadCase("aws.iam_role.trusting", _plainly(account=PROD, trusted=STRANGER)),
    ReadCase("aws.iam_user.get", _plainly(user="ci-deploy", account=PROD)),
    ReadCase("aws.inventory.created_by", _plainly(user=VICTIM)),
    ReadCase("aws.inventory.exposure", _plainly()),
    ReadCase("aws.inventory.sweep", _plainly(created_by=VICTIM)),
    ReadCase(
        "aws.principal.effective_access",
        _plainly(principal=f"arn:aws:iam::{PROD}:role/Developer"),
    ),
    ReadCase("aws.saml_provider.list", _plainly(account=PROD)),
    ReadCase("aws.seat.state", lambda stage: {"seat": _seat("chained_role_session")(stage)}),
    ReadCase("okta.admin.inventory", _plainly()),
    ReadCase("okta.evidence.export", _plainly(user=VICTIM)),
    ReadCase("okta.idp.get", _provider),
    ReadCase("okta.idp.trace", _provider),
    ReadCase("okta.log.query", _plainly(user=VICTIM)),
    ReadCase("okta.org.factor_reset_sweep", _plainly()),
    ReadCase("okta.org.persistence_hunt", _plainly(since="2020-01-01T00:00:00Z")),
    ReadCase("okta.user.get", _plainly(user=VICTIM)),
    ReadCase("okta.user.timeline", _plainly(user=VICTIM)),
)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world with the intruder in it, for tests that only look."""
    with staged(intruder=True) as stage:
        yield stage


def first_look(stage: Stage, since: int) -> Call:
    """Return the first call that was the read's own, after so many calls."""
    calls = stage.world.calls.all()[since:]
    return next(c for c in calls if not c.operation.startswith("sts:"))


def test_every_read_has_a_case() -> None:
    """A read without a case would be a read without a contract."""
    assert [case.name for case in CASES] == [s.id for s in catalogue() if s.verb is Verb.READ]


@exercises(Exercise.PROBE, Exercise.THROTTLING, cases=CASES)
def test_a_busy_provider_is_asked_again(case: ReadCase, stage: Stage) -> None:
    """It looks over HTTP and writes nothing; throttled, it says the same a moment later."""
    given = case.given(stage)
    before, writes, calls = stage.world.restorable(), stage.writes(), stage.calls()
    clean = stage.read(case.name, **given)
    look = first_look(stage, calls)

    async def throttled(hands: Hands) -> Answer:
        stage.world.faults.add(
            Fault(
                kind=FaultKind.THROTTLED,
                provider=look.provider,
                operation=look.operation,
                seconds=1.0,
            )
        )
        return await hands.read(case.name, **given)

    answer = stage.do(throttled)
    assert len(stage.world.faults.fired()) == 1, "the fault was never met"
    stage.world.faults.clear()
    assert (answer.value, answer.complete, answer.gaps) == (clean.value, clean.complete, clean.gaps)
    assert stage.writes() == writes
    assert stage.world.restorable() == before
