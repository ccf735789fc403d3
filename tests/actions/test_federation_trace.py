"""Tracing a person: every session apart, followed to its end, with its gaps named."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from stage import DATA, PROD, VICTIM, Hands, Stage, staged

from irkit.actions.base import Answer, Read, Readers
from irkit.actions.load import build
from irkit.canonical import Json
from irkit.providers.aws.settings import Account
from irkit.providers.retry import Patience
from irkit.world.aws_query import AwsKey, element
from irkit.world.browser import Browser
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.acme_small import OUTSIDE

QUICK = Patience(attempts=1)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world with the intruder in it."""
    with staged(intruder=True) as stage:
        yield stage


def trace(stage: Stage, account: str = PROD, user: str = VICTIM, **more: Any) -> Answer:
    """Trace a person."""
    return stage.read("aws.federation.trace", account=account, user=user, **more)


def sessions(answer: Answer) -> list[dict[str, Any]]:
    """Return the sessions found."""
    return cast("list[dict[str, Any]]", answer.value)


def test_what_is_done_in_the_console_is_found_by_the_session_s_name(stage: Stage) -> None:
    """The console acts with credentials of its own: another key id, the same session."""
    before = sessions(trace(stage))
    seats = {s.access_key_id for s in stage.world.seats if s.kind == "federated_role_session"}
    history = stage.world.aws.cloud.events
    for event in history.all():
        if event.access_key_id in seats:
            identity = cast("dict[str, Json]", event.body["userIdentity"])
            body = {
                **event.body,
                "userIdentity": {**identity, "accessKeyId": "ASIAOFTHECONSOLE0000"},
                "sessionCredentialFromConsole": "true",
            }
            history._events.remove(event)
            history.add(replace(event, body=body, access_key_id="ASIAOFTHECONSOLE0000"))
    assert sessions(trace(stage)) == before


def test_each_session_is_found_with_all_that_came_of_it(stage: Stage) -> None:
    """The chain leads from the sign-on to the role, the key, its session and the machine."""
    answer = trace(stage)
    support, developer = sessions(answer)
    seats = {
        str(seat.kind): seat.access_key_id for seat in stage.world.seats if seat.account == PROD
    }
    assert answer.complete
    assert answer.observed_through
    assert answer.request_ids
    assert support["role"].endswith("role/Support")
    assert support["chained"] == []
    assert developer["role"].endswith("role/Developer")
    assert developer["name"] == VICTIM
    assert developer["chained_roles"] == [f"arn:aws:iam::{PROD}:role/Deploy"]
    assert [item["seat"] for item in developer["chained"]] == [seats["chained_role_session"]]
    assert [key["id"] for key in developer["keys_created"]] == [seats["long_term_key"]]
    assert [item["seat"] for item in developer["user_sessions"]] == [seats["get_session_token"]]
    assert developer["users_created"] == [f"arn:aws:iam::{PROD}:user/svc-backup"]
    assert len(developer["instances_started"]) == 1


def test_every_aws_seat_of_the_intruder_is_in_some_trace(stage: Stage) -> None:
    """What containment works from misses nothing that the intruder holds in AWS."""
    found = set()
    for account in (PROD, DATA):
        for session in sessions(trace(stage, account)):
            found.add(session["seat"])
            found.update(item["seat"] for item in session["chained"] + session["user_sessions"])
            found.update(key["id"] for key in session["keys_created"])
    assert found == {seat.access_key_id for seat in stage.world.seats if seat.account}


def test_colleagues_on_the_same_role_are_not_in_the_answer(stage: Stage) -> None:
    """A person is traced, never a shared role."""
    innocent = {seat.access_key_id for seat in stage.world.bystanders if seat.account}
    assert innocent
    assert not innocent & {session["seat"] for session in sessions(trace(stage))}


def test_a_session_is_joined_with_its_sign_on(stage: Stage) -> None:
    """The Okta session that a sign-on belonged to is named."""
    for session in sessions(trace(stage)):
        assert session["orphan"] is False
        assert session["okta_session"]


def test_an_okta_id_finds_the_same_sessions(stage: Stage) -> None:
    """A person may be given by id as well."""
    assert sessions(trace(stage, user=stage.user())) == sessions(trace(stage))


def test_a_session_without_a_sign_on_is_an_orphan(stage: Stage) -> None:
    """A session that Okta knows nothing of may rest on a forged assertion."""
    log = stage.world.okta.log
    log.entries[:] = [e for e in log.entries if "authentication.sso" not in str(e.json)]
    assert [session["orphan"] for session in sessions(trace(stage))] == [True, True]


def test_what_happened_before_is_left_out(stage: Stage) -> None:
    """`since` bounds the search."""
    assert sessions(trace(stage, since="60 minutes ago")) == []


def test_when_okta_is_down_the_sessions_are_found_and_the_gap_is_said(stage: Stage) -> None:
    """AWS is contained without the identity provider; what is not known is not guessed."""
    stage.world.okta_proxy.set_dead(True)

    async def work(hands: Hands) -> Answer:
        return await hands.read("aws.federation.trace", account=PROD, user=VICTIM)

    answer = stage.do(work, patience=QUICK)
    assert [session["orphan"] for session in sessions(answer)] == [None, None]
    assert len(sessions(answer)[1]["chained"]) == 1
    assert not answer.complete
    assert "Okta" in answer.gaps[0]


def test_without_an_okta_connection_orphans_are_unknown(stage: Stage) -> None:
    """No Okta is no gap: nobody asked for the join."""

    async def work(hands: Hands) -> Answer:
        read = build("aws.federation.trace", {"account": PROD, "user": VICTIM})
        assert isinstance(read, Read)
        return await read.read(Readers(aws_reader=hands.readers.aws_reader))

    answer = stage.do(work)
    assert answer.complete
    assert [session["orphan"] for session in sessions(answer)] == [None, None]


def test_a_region_that_does_not_answer_is_a_gap_with_a_name(stage: Stage) -> None:
    """Silence of one region is not absence of sessions."""
    stage.world.faults.add(
        Fault(
            kind=FaultKind.SERVER_ERROR_EMPTY, provider="aws", operation="cloudtrail:LookupEvents"
        )
    )

    async def work(hands: Hands) -> Answer:
        return await hands.read("aws.federation.trace", account=PROD, user=VICTIM)

    answer = stage.do(work, patience=QUICK)
    assert not answer.complete
    assert len(answer.gaps) == 1
    assert answer.gaps[0].startswith(f"{PROD}/")


def enter_other_account(stage: Stage) -> str:
    """Go on from the developer's session into another account's role; return the new key's id."""
    seat = next(
        seat
        for seat in stage.world.seats
        if seat.kind == "federated_role_session" and f"Developer in {PROD}" in seat.label
    )
    secrets = seat.credentials
    reply = Browser(
        okta_url=stage.world.okta_url,
        aws_url=stage.world.aws_url,
        address="203.0.113.66",
        user_agent="curl",
    ).aws_call(
        AwsKey(
            id=seat.access_key_id,
            secret=secrets["secret_access_key"],
            token=secrets["session_token"],
        ),
        "sts",
        "AssumeRole",
        RoleArn=f"arn:aws:iam::{DATA}:role/OrganizationAccountAccessRole",
        RoleSessionName="backup",
    )
    return element(reply, "AccessKeyId")


def test_a_chain_is_followed_into_another_account(stage: Stage) -> None:
    """Roles entered in another pinned account belong to the session that entered them."""
    key = enter_other_account(stage)
    developer = sessions(trace(stage))[1]
    assert (DATA, key) in [(item["account"], item["seat"]) for item in developer["chained"]]
    assert f"arn:aws:iam::{DATA}:role/OrganizationAccountAccessRole" in developer["chained_roles"]


def test_a_chain_into_an_account_that_is_not_pinned_is_a_gap(stage: Stage) -> None:
    """What happens where irkit cannot look is said; the role is named all the same."""
    enter_other_account(stage)
    pinned = (Account(id=PROD, read_role="irkit-read", write_role="irkit-write"),)

    async def work(hands: Hands) -> Answer:
        return await hands.read("aws.federation.trace", account=PROD, user=VICTIM)

    answer = stage.do(work, accounts=pinned)
    assert not answer.complete
    assert DATA in answer.gaps[0]
    assert len(sessions(answer)[1]["chained_roles"]) == 2


def test_a_provider_that_is_not_ours_makes_an_orphan(stage: Stage) -> None:
    """A session of the person through another provider is shown, and no sign-on explains it."""

    async def work(hands: Hands) -> Answer:
        read = build("aws.federation.trace", {"account": PROD, "user": VICTIM})
        assert isinstance(read, Read)
        other: dict[str, Json] = {"okta_app": "0oaX", "saml_provider": "other"}
        return await read.read(replace(hands.readers, federation=(other,)))

    assert [session["orphan"] for session in sessions(stage.do(work))] == [True, True]


def test_a_wrong_time_is_a_diagnostic(stage: Stage) -> None:
    """A time without an offset is refused."""
    with pytest.raises(Exception, match="IRK194"):
        trace(stage, since="2026-11-24T03:05:00")


def test_events_in_the_log_s_lag_are_not_promised(stage: Stage) -> None:
    """The answer says up to when it asked, never later than AWS's clock."""
    answer = trace(stage)
    limit = stage.world.clock() + timedelta(seconds=3)
    assert answer.observed_through <= limit.isoformat()


def test_everybody_is_traced_where_nobody_is_named(stage: Stage) -> None:
    """Colleagues too, each session with the sign-on of whom it is named after."""
    answer = stage.read("aws.federation.trace", account=PROD)
    everybody = {session["seat"] for session in sessions(answer)}
    innocent = {s.access_key_id for s in stage.world.bystanders if s.kind.startswith("federated")}
    assert innocent
    assert everybody == {session["seat"] for session in sessions(trace(stage))} | innocent
    assert {session["orphan"] for session in sessions(answer)} == {False}


def test_a_forged_session_is_nobodys_sign_on() -> None:
    """A colleague's sign-on at the same minute does not explain it."""
    with staged() as stage:
        stage.world.plant_colleagues()
        stage.world.tell("breached-identity-provider")
        found = sessions(stage.read("aws.federation.trace", account=PROD))
        orphans = {session["name"]: session["orphan"] for session in found}
        assert orphans == {"maria.lopez@acme.example": False, "dev.anand@acme.example": True}


def test_who_is_believed_is_listed_with_the_roles() -> None:
    """Each account has a provider of its own; its metadata is evidence."""
    with staged() as stage:
        answer = stage.read("aws.saml_provider.list", account=PROD, name="okta")
        (provider,) = sessions(answer)
        assert provider["arn"] == f"arn:aws:iam::{PROD}:saml-provider/okta"
        assert provider["roles"] == [
            f"arn:aws:iam::{PROD}:role/Developer",
            f"arn:aws:iam::{PROD}:role/Support",
        ]
        assert "EntityDescriptor" in str(answer.raw)
        assert stage.read("aws.saml_provider.list", account=PROD, name="other").value == []


def test_who_lets_an_outside_account_in_is_listed() -> None:
    """By its id or by a principal's ARN, and whether somebody else comes in as well."""
    with staged() as stage:
        stage.world.tell("contractor-offboarding")
        found = sessions(stage.read("aws.iam_role.trusting", account=PROD, trusted=OUTSIDE))
        lines = {line["role"].rpartition("/")[2]: line["others"] for line in found}
        assert lines == {"vendor-sync": False, "vendor-deploy": True}
        arn = f"arn:aws:iam::{OUTSIDE}:root"
        assert {line["trusted"] for line in found} == {arn}
        assert sessions(stage.read("aws.iam_role.trusting", account=PROD, trusted=arn)) == found
        assert stage.read("aws.iam_role.trusting", account=PROD).value == []
