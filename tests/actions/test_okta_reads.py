"""The reads that hunt: what they find, whom they blame, and how they say what is missing."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from action_cases.okta_idp import rogue_idp
from stage import VICTIM, Hands, Stage, staged

from irkit.actions.base import Answer
from irkit.actions.okta_persistence import without_secrets
from irkit.actions.okta_sessions import devices_of
from irkit.canonical import Json, JsonObject, canonical, digest
from irkit.clock import rfc3339
from irkit.providers.retry import Patience
from irkit.world.faults import Fault, FaultKind
from irkit.world.intruder import INTRUDER_ADDRESS, OFFICE_ADDRESS

WEEK = timedelta(days=7)
COLLEAGUE = "maria.lopez@acme.example"


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


def with_fault(stage: Stage, operation: str, action: str, **arguments: Json) -> Answer:
    """Read while one endpoint refuses, without retries."""
    fault = Fault(kind=FaultKind.FORBIDDEN_EMPTY, provider="okta", operation=operation)
    stage.world.faults.add(fault)

    async def work(hands: Hands) -> Answer:
        return await hands.read(action, **arguments)

    return stage.do(work, patience=Patience(attempts=1))


def reset_factors(stage: Stage, login: str) -> str:
    """Reset somebody's factors as an administrator, and return who it is."""
    user = stage.user(login)

    async def reset(hands: Hands) -> None:
        await hands.writers.okta.send("POST", f"/api/v1/users/{user}/lifecycle/reset_factors")

    stage.do(reset)
    return user


def test_a_stolen_session_is_told_from_the_person_s(stage: Stage) -> None:
    """One session from two addresses and two browsers is one cookie in two hands."""
    answer = stage.read("okta.user.timeline", user=VICTIM)
    found = value(answer)
    assert answer.complete
    assert answer.observed_through
    assert len(found["moved"]) == 1
    stolen = next(s for s in found["sessions"] if s["session"] == found["moved"][0])
    assert set(stolen["addresses"]) == {OFFICE_ADDRESS, INTRUDER_ADDRESS}
    assert len(stolen["agents"]) == 2
    assert stolen["started"]
    assert "user.mfa.factor.activate" in {event["what"] for event in stolen["events"]}
    assert canonical(answer.value)


def test_a_browser_is_known_by_its_token_over_sessions() -> None:
    """Two sessions of one browser are one line, with every address it came from."""
    events: list[JsonObject] = [
        {
            "actor": {"id": "00u1"},
            "client": {"ipAddress": address, "userAgent": {"rawUserAgent": "Firefox"}},
            "debugContext": {"debugData": {"dtHash": "d1"}},
            "authenticationContext": {"externalSessionId": session},
        }
        for session, address in (("trs1", "192.0.2.1"), ("trs2", "192.0.2.2"))
    ]
    (device,) = devices_of(events, "00u1")
    assert device == {
        "device": "d1",
        "sessions": ["trs1", "trs2"],
        "addresses": ["192.0.2.1", "192.0.2.2"],
        "networks": [],
        "agents": ["Firefox"],
    }
    assert devices_of(events, "00u2") == []


def test_a_colleague_s_sessions_are_their_own(stage: Stage) -> None:
    """Nobody who did nothing is suspected."""
    found = value(stage.read("okta.user.timeline", user=COLLEAGUE))
    assert found["sessions"]
    assert found["moved"] == []
    assert all(set(s["addresses"]) == {OFFICE_ADDRESS} for s in found["sessions"])


def test_a_session_that_began_before_is_said_so(stage: Stage) -> None:
    """What began outside the time that was read may be anything."""
    whole = value(stage.read("okta.user.timeline", user=VICTIM))
    begun = whole["sessions"][0]["events"]
    later = next(event["at"] for event in begun if event["what"] != "user.session.start")
    found = value(stage.read("okta.user.timeline", user=VICTIM, since=later))
    assert found["not_started"] == whole["moved"]


def test_what_others_did_to_the_user_stands_apart(stage: Stage) -> None:
    """A reset by the help desk is no act of the person's."""
    user = reset_factors(stage, "noor.haddad@acme.example")
    found = value(stage.read("okta.user.timeline", user=user))
    assert [event["what"] for event in found["done_to"]] == ["user.mfa.factor.reset_all"]
    assert found["done_to"][0]["by"] == "irkit.responder@acme.example"
    swept = value(stage.read("okta.org.factor_reset_sweep"))
    assert user in swept["by_others"]


def test_a_timeline_that_is_cut_short_says_so_and_up_to_when(stage: Stage) -> None:
    """What was not read is not quiet: the answer ends where the reading ended."""
    answer = stage.read("okta.user.timeline", user=VICTIM, limit=2)
    assert not answer.complete
    whole = stage.read("okta.user.timeline", user=VICTIM)
    assert answer.observed_through < whole.observed_through


def test_a_timeline_goes_on_over_pages() -> None:
    """The second thousand of events is no less the intruder's."""
    with staged(intruder=True) as stage:
        log, now = stage.world.okta.log, stage.world.okta.now()
        (act,) = [e.json for e in log.entries if e.json["eventType"] == "user.mfa.factor.activate"]
        for number in range(1100):
            log.add(now, {**act, "uuid": str(number), "published": rfc3339(now)})
        answer = stage.read("okta.user.timeline", user=VICTIM)
        stolen = value(answer)["sessions"][0]
        assert answer.complete
        assert len(answer.request_ids) == 2
        assert len({event["uuid"] for event in stolen["events"]}) > 1100


def test_the_sweep_finds_whose_factors_changed(stage: Stage) -> None:
    """The intruder enrolled one as the person, so nobody else did it."""
    answer = stage.read("okta.org.factor_reset_sweep")
    users = {user["login"]: user for user in value(answer)["users"]}
    assert users[VICTIM]["by"] == [VICTIM]
    assert not users[VICTIM]["by_others"]
    assert [change["what"] for change in users[VICTIM]["changes"]] == ["user.mfa.factor.activate"]
    assert COLLEAGUE not in users


def test_a_sweep_that_is_cut_short_says_so(stage: Stage) -> None:
    """A limit is a gap, not an end."""
    reset_factors(stage, "liam.obrien@acme.example")
    answer = stage.read("okta.org.factor_reset_sweep", limit=1)
    assert answer.gaps == ("more than 1 events: the rest was not read",)
    assert value(answer)["events"] == 1


def test_administrators_are_found_wherever_they_are() -> None:
    """Directly, through a group, and as a service application."""
    with staged() as stage:
        okta, ids = stage.world.okta, stage.world.okta_ids
        okta.assign_role(ids.groups["executives"], "READ_ONLY_ADMIN")
        client = okta.add_service_app("Backup sync", {"kty": "RSA"}, ("okta.logs.read",))
        okta.assign_role(client, "SUPER_ADMIN")
        answer = stage.read("okta.admin.inventory")
        found = value(answer)
        users = {user["login"]: user for user in found["users"]}
        assert answer.complete
        assert found["super_admins"] == 4
        assert users["sasha.novak@acme.example"]["super_admin"]
        chief = users["rita.gomes@acme.example"]
        assert chief["roles"] == [{"type": "READ_ONLY_ADMIN", "through": "GROUP"}]
        assert [group["name"] for group in found["groups"]] == ["executives"]
        assert [(c["label"], c["roles"][0]["type"]) for c in found["clients"]] == [
            ("Backup sync", "SUPER_ADMIN")
        ]
        assert [token["name"] for token in found["api_tokens"]] == ["irkit responder"]
        assert stage.writes() == 0


def test_administrators_are_found_page_after_page() -> None:
    """Okta gives a hundred at a time, and the list's end is in its body."""
    with staged() as stage:
        for number in range(101):
            user = stage.world.okta.add_user(f"admin{number}@acme.example")
            stage.world.okta.assign_role(user, "REPORT_ADMIN")
        found = value(stage.read("okta.admin.inventory"))
        logins = {user["login"] for user in found["users"]}
        assert logins >= {f"admin{number}@acme.example" for number in range(101)}


@pytest.mark.parametrize(
    ("operation", "part", "gap"),
    [
        ("GET /api/v1/iam/assignees/users", "users", "users with roles"),
        ("GET /api/v1/api-tokens", "api_tokens", "/api/v1/api-tokens"),
        ("GET /api/v1/apps", "clients", "/api/v1/apps"),
    ],
)
def test_a_part_of_the_inventory_that_cannot_be_read_is_a_gap(
    stage: Stage, operation: str, part: str, gap: str
) -> None:
    """An administrator nobody could list is not no administrator."""
    answer = with_fault(stage, operation, "okta.admin.inventory")
    assert not answer.complete
    assert value(answer)[part] == []
    assert any(line.startswith(gap) for line in answer.gaps)


def test_groups_beyond_the_limit_are_a_gap(stage: Stage) -> None:
    """Nobody looked at them."""
    answer = stage.read("okta.admin.inventory", groups=2)
    assert not answer.complete
    assert "groups were not looked at" in answer.gaps[0]


def test_the_hunt_finds_what_was_made_and_by_whom() -> None:
    """A hook and a rule, each with who made it; what is old is not news."""
    with staged() as stage:
        stage.world.okta.add_document("inlineHooks", "cal", {"name": "Old"})
        stage.world.clock.advance(WEEK)
        rogue_idp(stage)

        async def make(hands: Hands) -> None:
            content = {"name": "Tap", "type": "com.okta.oauth2.tokens.transform"}
            await hands.writers.okta.send("POST", "/api/v1/inlineHooks", body=content)

        stage.do(make)
        answer = stage.read("okta.org.persistence_hunt", since="1 day ago")
        found = {(item["kind"], item["name"]): item for item in value(answer)["found"]}
        assert answer.complete
        hook = found["inline hook", "Tap"]
        assert hook["new"]
        assert hook["first"]["by"] == "irkit.responder@acme.example"
        assert found["policy rule", "Routing: Partners"]["new"]
        assert ("inline hook", "Old") not in found
        assert value(answer)["counts"]["inline hook"] == 2
        assert canonical(answer.raw)


def test_more_than_the_log_can_be_asked_about_is_a_gap() -> None:
    """Everything new is in the answer; whom the log was not asked about has no maker."""
    with staged() as stage:
        for number in range(60):
            stage.world.okta.add_document("eventHooks", "who", {"name": f"Tap {number}"})
        answer = stage.read("okta.org.persistence_hunt")
        hooks = [item for item in value(answer)["found"] if item["kind"] == "event hook"]
        assert len(hooks) == 60
        assert len(answer.gaps) == 1
        assert answer.gaps[0].endswith("things were not looked up in the log")


def test_a_list_the_hunt_cannot_read_is_a_gap(stage: Stage) -> None:
    """A hidden identity provider must not look like none."""
    answer = with_fault(stage, "GET /api/v1/idps", "okta.org.persistence_hunt")
    assert not answer.complete
    assert answer.gaps[0].startswith("/api/v1/idps")


def test_secrets_are_left_out_of_evidence_and_addresses_are_not() -> None:
    """A client secret, a hook's header and a password go; a zone's gateway stays."""
    record: Json = {
        "protocol": {"credentials": {"client": {"client_id": "a", "client_secret": "b"}}},
        "channel": {"config": {"headers": [{"key": "X", "value": "c"}], "uri": "https://x"}},
        "gateways": [{"type": "CIDR", "value": "203.0.113.0/24"}],
        "credentials": {"password": {}},
    }
    kept = canonical(without_secrets(record)).decode()
    assert '"b"' not in kept
    assert '"c"' not in kept
    assert "203.0.113.0/24" in kept
    assert '"client_id":"a"' in kept


def test_an_export_is_everything_with_its_digests(stage: Stage) -> None:
    """Each part can be compared later with what was seen now."""
    answer = stage.read("okta.evidence.export", user=VICTIM)
    found, raw = value(answer), cast("dict[str, Json]", answer.raw)
    parts = {part["name"]: part for part in found["parts"]}
    assert answer.complete
    assert set(parts) == set(raw)
    assert all(parts[name]["digest"] == digest(content) for name, content in raw.items())
    assert found["digest"] == digest(raw)
    assert parts["factors"]["items"] == 2
    assert parts["log"]["items"] > 5
    assert answer.request_ids


def test_an_export_whose_log_was_cut_says_so(stage: Stage) -> None:
    """And up to when the log is in it."""
    answer = stage.read("okta.evidence.export", user=VICTIM, limit=2)
    assert answer.gaps == ("log: more than 2 events: the rest was not read",)
    whole = stage.read("okta.evidence.export", user=VICTIM)
    assert answer.observed_through < whole.observed_through


def test_an_export_without_a_part_says_which(stage: Stage) -> None:
    """Evidence that is incomplete is labelled so."""
    operation = "GET /api/v1/users/{userId}/devices"
    answer = with_fault(stage, operation, "okta.evidence.export", user=VICTIM)
    assert not answer.complete
    assert "devices" in answer.gaps[0]
