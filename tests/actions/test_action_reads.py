"""The reads: what they return, and how they say what they could not see."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from by_hand import by_hand
from stage import PROD, REGIONS, VICTIM, Hands, Stage, changing, staged

from irkit.actions.base import Answer, SeatState
from irkit.canonical import Json, canonical
from irkit.diagnostics import IrkitError
from irkit.providers.retry import Patience
from irkit.world.faults import Fault, FaultKind

QUICK = Patience(attempts=1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world with the intruder in it, for tests that only look."""
    with staged(intruder=True) as stage:
        yield stage


@pytest.fixture(autouse=True)
def no_faults_left(stage: Stage) -> Iterator[None]:
    """Each test starts with a world that works."""
    yield
    stage.world.faults.clear()


def value(answer: Answer) -> dict[str, Any]:
    """Return an answer's value as an object."""
    return cast("dict[str, Any]", answer.value)


def with_fault(stage: Stage, fault: Fault, action: str, **arguments: Any) -> Answer:
    """Read while something is broken, without retries."""
    stage.world.faults.add(fault)

    async def work(hands: Hands) -> Answer:
        return await hands.read(action, **arguments)

    return stage.do(work, patience=QUICK)


class HeldSeats:
    """A probe that holds some seats."""

    def __init__(self, **states: SeatState) -> None:
        self._states = states

    async def probe(self, seat: str) -> SeatState | None:
        """Return the state of a held seat."""
        return self._states.get(seat)


def test_a_user_is_seen_with_what_they_hold(stage: Stage) -> None:
    """Groups, roles, factors and tokens are in the answer, and it is canonical evidence."""
    answer = stage.read("okta.user.get", user=VICTIM)
    found = value(answer)
    assert answer.complete
    assert found["login"] == VICTIM
    assert found["status"] == "ACTIVE"
    assert {group["name"] for group in found["groups"]} >= {"contractors", "support"}
    assert {factor["provider"] for factor in found["factors"]} == {"OKTA", "GOOGLE"}
    assert canonical(answer.raw)


def test_a_part_of_a_user_that_cannot_be_read_is_a_gap(stage: Stage) -> None:
    """The user is seen, and what is missing has a name."""
    fault = Fault(
        kind=FaultKind.FORBIDDEN_EMPTY,
        provider="okta",
        operation="GET /api/v1/users/{userId}/factors",
    )
    answer = with_fault(stage, fault, "okta.user.get", user=VICTIM)
    assert value(answer)["factors"] == []
    assert not answer.complete
    assert "factors" in answer.gaps[0]


def test_unknown_words_of_the_provider_do_not_break_a_read(stage: Stage) -> None:
    """A status nobody has heard of is passed on as it is."""
    fault = Fault(kind=FaultKind.UNKNOWN_ENUM, provider="okta", operation="GET /api/v1/users/*")
    answer = with_fault(stage, fault, "okta.user.get", user=VICTIM)
    assert value(answer)["status"] not in {"", "ACTIVE"}


def test_the_log_is_read_to_its_end(stage: Stage) -> None:
    """Events come oldest first, page after page, with the moment up to which was asked."""
    answer = stage.read("okta.log.query", user=VICTIM)
    events = cast("list[dict[str, Any]]", answer.value)
    stamps = [event["published"] for event in events]
    assert answer.complete
    assert answer.observed_through
    assert stamps == sorted(stamps)
    assert "user.session.start" in {event["eventType"] for event in events}
    assert canonical(answer.value)


def test_a_filter_narrows_the_log(stage: Stage) -> None:
    """A filter of the playbook's and a user are both kept."""
    answer = stage.read(
        "okta.log.query", user=VICTIM, filter='eventType eq "user.authentication.sso"'
    )
    events = cast("list[dict[str, Any]]", answer.value)
    assert {event["eventType"] for event in events} == {"user.authentication.sso"}


def test_a_log_that_is_cut_short_says_so(stage: Stage) -> None:
    """A limit is a gap, not an end."""
    answer = stage.read("okta.log.query", limit=3)
    assert len(cast("list[object]", answer.value)) == 3
    assert not answer.complete
    assert answer.gaps == ("more than 3 events: the rest was not read",)


def test_an_iam_user_is_seen_with_its_keys(stage: Stage) -> None:
    """Keys, policies and console access are in the answer."""
    found = value(stage.read("aws.iam_user.get", user="ci-deploy", account=PROD))
    assert found["arn"] == f"arn:aws:iam::{PROD}:user/ci-deploy"
    assert [key["status"] for key in found["keys"]] == ["Active"]
    assert found["inline_policies"] == ["deploy"]
    assert found["console"] is False


def test_a_leaked_key_is_traced_to_its_user(stage: Stage) -> None:
    """From a key alone to the account and the user it belongs to."""
    key = stage.world.user_keys["ci-deploy"].id
    found = value(stage.read("aws.iam_key.get", key=key))
    assert (found["account"], found["user"]) == (PROD, f"arn:aws:iam::{PROD}:user/ci-deploy")
    with pytest.raises(IrkitError, match="IRK661"):
        stage.read("aws.iam_key.get", key="AKIAIOSFODNN7EXAMPLE")


def test_a_key_is_followed_to_what_it_led_to(stage: Stage) -> None:
    """The planted key minted a session that outlives it."""
    answer = stage.read("aws.iam_key.trace", key=seat_of(stage, "long_term_key"), account=PROD)
    sessions = value(answer)["user_sessions"]
    assert answer.complete
    assert [item["seat"] for item in sessions] == [seat_of(stage, "get_session_token")]


def test_a_sweep_sees_all_accounts_and_regions(stage: Stage) -> None:
    """What runs in each region and who exists in each account."""
    answer = stage.read("aws.inventory.sweep")
    found = value(answer)
    assert answer.complete
    assert set(found["regions"]) == {
        f"{account.id}/{region}" for account in stage.world.accounts for region in REGIONS
    }
    assert len(found["instances"]) == 5
    assert {function["id"] for function in found["functions"]} >= {"orders-api", "nightly-export"}
    assert {user["name"] for user in found["users"]} >= {"ci-deploy", "svc-backup"}


@pytest.mark.parametrize(
    ("operation", "kind"),
    [("ec2:DescribeInstances", "instances"), ("lambda:ListFunctions*", "functions")],
)
def test_a_region_that_does_not_answer_is_not_empty(
    stage: Stage, operation: str, kind: str
) -> None:
    """It is missing from the regions that were seen, and it is a gap with its name."""
    fault = Fault(kind=FaultKind.SERVER_ERROR_EMPTY, provider="aws", operation=operation)
    answer = with_fault(stage, fault, "aws.inventory.sweep", account=PROD)
    assert not answer.complete
    assert len(answer.gaps) == 1
    assert kind in answer.gaps[0]
    place = answer.gaps[0].partition(":")[0]
    assert place not in value(answer)["regions"]


def test_a_sweep_can_be_for_what_one_person_made(stage: Stage) -> None:
    """The intruder's user, key and machine, and nothing of anybody else's."""
    found = value(stage.read("aws.inventory.sweep", created_by=VICTIM))
    assert [user["name"] for user in found["users"]] == ["svc-backup"]
    assert len(found["keys"]) == 1
    assert len(found["instances"]) == 1
    assert found["roles"] == []


def test_a_sweep_can_be_for_what_is_new(stage: Stage) -> None:
    """With a time in the future nothing is new."""
    found = value(stage.read("aws.inventory.sweep", since="2099-01-01T00:00:00Z"))
    assert found["instances"] == found["users"] == found["keys"] == []


def seat_of(stage: Stage, kind: str) -> str:
    """Return the key id of one of the intruder's seats."""
    return next(seat.access_key_id for seat in stage.world.seats if seat.kind == kind)


@pytest.mark.parametrize(
    "kind",
    ["federated_role_session", "chained_role_session", "get_session_token", "long_term_key"],
)
def test_a_seat_nobody_has_touched_is_alive(stage: Stage, kind: str) -> None:
    """Judged without holding it, and the answer says how."""
    answer = stage.read("aws.seat.state", seat=seat_of(stage, kind))
    assert answer.value == "alive"
    assert cast("dict[str, str]", answer.raw)["how"] == "judged"


def test_a_seat_that_is_held_is_tried(stage: Stage) -> None:
    """A credential at hand is better than any judgement, under either of its names."""

    async def work(hands: Hands) -> Answer:
        return await hands.read("aws.seat.state", seat="ASIAHELD")

    for name in ("ASIAHELD", "aws:ASIAHELD"):
        answer = stage.do(work, seats=HeldSeats(**{name: SeatState.DEAD}))
        assert answer.value == "dead"
        assert cast("dict[str, str]", answer.raw)["how"] == "tried"


@pytest.mark.parametrize("seat", ["ASIANOBODYKNOWS00000", "AKIANOBODYKNOWS00000", "okta-session"])
def test_a_seat_nobody_knows_is_unknown_and_not_dead(stage: Stage, seat: str) -> None:
    """Absence of evidence is not containment."""
    assert stage.read("aws.seat.state", seat=seat).value == "unknown"


def test_quarantine_kills_the_key_and_its_session() -> None:
    """What the catalogue says the action cuts is cut, seen from the intruder's side."""
    with staged(intruder=True) as stage:

        async def work(hands: Hands) -> None:
            action = changing("aws.iam_user.quarantine", user="svc-backup", account=PROD)
            (change,) = action.plan(await action.probe(hands.readers))
            await action.apply(change, hands.readers, hands.writers)

        stage.do(work)
        for kind in ("long_term_key", "get_session_token"):
            seat = next(seat for seat in stage.world.seats if seat.kind == kind)
            assert seat.probe() == "dead"
            assert stage.read("aws.seat.state", seat=seat.access_key_id).value == "dead"


@pytest.mark.parametrize(
    "condition",
    [
        {"NotIpAddress": {"aws:SourceIp": ["203.0.113.0/24"]}},
        {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
        {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}},
    ],
)
def test_a_deny_that_hangs_on_what_is_not_known_leaves_a_seat_alive(
    condition: dict[str, Json],
) -> None:
    """The intruder may be at the right address, or have used the second factor."""
    with staged(intruder=True) as stage:
        everything = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}
        document = json.dumps({"Version": "2012-10-17", "Statement": everything})
        with by_hand(stage, "iam") as iam:
            iam.put_user_policy(UserName="svc-backup", PolicyName="x", PolicyDocument=document)
        for kind in ("long_term_key", "get_session_token"):
            assert stage.read("aws.seat.state", seat=seat_of(stage, kind)).value == "alive"


def test_deactivation_leaves_the_session_of_the_key_alive() -> None:
    """What the catalogue says the action does not cut is not cut."""
    with staged(intruder=True) as stage:

        async def work(hands: Hands) -> None:
            key = seat_of(stage, "long_term_key")
            action = changing("aws.iam_key.deactivate", user="svc-backup", account=PROD, key=key)
            (change,) = action.plan(await action.probe(hands.readers))
            await action.apply(change, hands.readers, hands.writers)

        stage.do(work)
        states = {str(seat.kind): seat.probe() for seat in stage.world.seats if seat.account}
        assert states["long_term_key"] == "dead"
        assert states["get_session_token"] == "alive"


def test_an_expired_session_is_dead() -> None:
    """The end of its life needs no policy."""
    with staged(intruder=True) as stage:
        stage.world.clock.advance(timedelta(hours=20))
        answer = stage.read("aws.seat.state", seat=seat_of(stage, "chained_role_session"))
        assert answer.value == "dead"
        assert "expired" in cast("dict[str, str]", answer.raw)["why"]


def test_a_key_nobody_may_speak_of_is_not_simply_missing() -> None:
    """Where irkit lacks the right to ask, the refusal says so and where."""
    with staged() as stage:
        for account in stage.world.accounts:
            stage.world.aws.cloud.iam(account.id).delete_role_policy("irkit-read", "irkit-read")
        with pytest.raises(IrkitError, match="IRK661") as caught:
            stage.read("aws.iam_key.get", key="AKIAIOSFODNN7EXAMPLE", account=PROD)
    assert f"iam:GetAccessKeyLastUsed is missing in {PROD}" in caught.value.diagnostics[0].help
