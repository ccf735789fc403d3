"""The whole world: both providers, one clock, the planted intruder, and what cuts it off."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.request import Request, urlopen

import boto3
import pytest
from botocore.config import Config

from irkit.canonical import parse
from irkit.diagnostics import IrkitError
from irkit.model.access import CredentialKind
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.acme_small import DATA, PROD, VICTIM
from irkit.world.intruder import INTRUDER_ADDRESS, PLANTED_MACHINE, PLANTED_USER
from irkit.world.seats import Seat, SeatState, probe_seat, seat_from_json, seats_from_json
from irkit.world.world import World

ALIVE, DEAD, UNKNOWN = SeatState.ALIVE, SeatState.DEAD, SeatState.UNKNOWN
_SESSION = boto3.Session()
_CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=5)


@pytest.fixture
def world() -> Iterator[World]:
    """A world with the intruder in it."""
    with World.start(lookups_per_second=0) as running:
        running.plant_intruder()
        yield running
        assert running.aws.failures == ()


class Responder:
    """The responder's hands, with nothing of irkit in between."""

    def __init__(self, world: World) -> None:
        """Enter the write role of every account when needed."""
        self._world = world
        self._clients: list[Any] = []

    def aws(self, service: str, account: str = PROD) -> Any:
        """Return a client with irkit's write role in an account."""
        key = self._world.aws_key
        sts = self._client("sts", key.id, key.secret.reveal(), None)
        role = f"arn:aws:iam::{account}:role/irkit-write"
        held = sts.assume_role(RoleArn=role, RoleSessionName="irkit")["Credentials"]
        return self._client(
            service, held["AccessKeyId"], held["SecretAccessKey"], held["SessionToken"]
        )

    def okta(self, method: str, path: str, content: Any = None) -> Any:
        """Call Okta with the responder's token; return the JSON of the answer, if any."""
        request = Request(
            f"{self._world.okta_url}{path}",
            data=json.dumps(content).encode() if content is not None else None,
            method=method,
            headers={
                "Authorization": f"SSWS {self._world.okta_token.reveal()}",
                "Content-Type": "application/json",
            },
        )
        with urlopen(request) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def close(self) -> None:
        """Close all clients."""
        for client in self._clients:
            client.close()

    def _client(self, service: str, key_id: str, secret: str, token: str | None) -> Any:
        client = _SESSION.client(
            service,
            endpoint_url=self._world.aws_url,
            region_name="us-east-1",
            aws_access_key_id=key_id,
            aws_secret_access_key=secret,
            aws_session_token=token,
            config=_CONFIG,
        )
        self._clients.append(client)
        return client


@pytest.fixture
def responder(world: World) -> Iterator[Responder]:
    """Somebody who contains by hand."""
    hands = Responder(world)
    yield hands
    hands.close()


def deny(**condition: Any) -> str:
    """Return a policy that denies everything, under a condition if there is one."""
    statement: dict[str, Any] = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def seat_of(world: World, kind: CredentialKind, account: str = "", part: str = "") -> Seat:
    """Return the one seat of this kind, account and label."""
    (found,) = (
        seat
        for seat in world.seats.of_kind(kind)
        if account in {"", seat.account} and part in seat.label
    )
    return found


def test_everybody_works_at_the_start(world: World) -> None:
    """All seats are alive, the intruder's and the innocent ones."""
    assert set(world.seats.states().values()) == {ALIVE}
    assert set(world.bystanders.states().values()) == {ALIVE}
    assert {seat.kind for seat in world.seats} == {
        CredentialKind.OKTA_SESSION,
        CredentialKind.OKTA_FACTOR,
        CredentialKind.OKTA_OAUTH_TOKEN,
        CredentialKind.FEDERATED_ROLE_SESSION,
        CredentialKind.LONG_TERM_KEY,
        CredentialKind.GET_SESSION_TOKEN,
        CredentialKind.CHAINED_ROLE_SESSION,
    }


def test_suspension_in_okta_leaves_aws_alive(world: World, responder: Responder) -> None:
    """Containment at the identity provider alone is not containment."""
    user = world.okta_ids.users[VICTIM]
    responder.okta("POST", f"/api/v1/users/{user}/lifecycle/suspend")
    responder.okta("DELETE", f"/api/v1/users/{user}/sessions?oauthTokens=true")
    states = world.seats.states()
    okta = {seat.id for seat in world.seats if seat.kind.startswith("okta_")}
    assert {states[seat] for seat in okta} == {DEAD}
    assert {state for seat, state in states.items() if seat not in okta} == {ALIVE}
    assert set(world.bystanders.states().values()) == {ALIVE}


def test_deny_by_session_name_spares_the_colleague(world: World, responder: Responder) -> None:
    """Both are in the same role; only the intruder's session is cut."""
    mine = seat_of(world, CredentialKind.FEDERATED_ROLE_SESSION, PROD, "Support")
    responder.aws("iam").put_role_policy(
        RoleName="Support",
        PolicyName="IRKitDenySession",
        PolicyDocument=deny(StringLike={"aws:userid": [f"*:{VICTIM}"]}),
    )
    assert mine.probe() is DEAD
    assert set(world.bystanders.states().values()) == {ALIVE}


def test_cutting_the_first_role_leaves_the_chain(world: World, responder: Responder) -> None:
    """The session of the next role lives on until it is cut itself."""
    first = seat_of(world, CredentialKind.FEDERATED_ROLE_SESSION, PROD, "Developer")
    chained = seat_of(world, CredentialKind.CHAINED_ROLE_SESSION)
    iam = responder.aws("iam")
    cut_off = world.clock().strftime("%Y-%m-%dT%H:%M:%SZ")
    policy = deny(DateLessThan={"aws:TokenIssueTime": cut_off})
    for role, states in (("Developer", (DEAD, ALIVE)), ("Deploy", (DEAD, DEAD))):
        iam.put_role_policy(
            RoleName=role, PolicyName="AWSRevokeOlderSessions", PolicyDocument=policy
        )
        assert (first.probe(), chained.probe()) == states


def test_deactivated_key_leaves_its_session_token(world: World, responder: Responder) -> None:
    """The token dies by a deny on the user, not by the deactivation of the key."""
    key = seat_of(world, CredentialKind.LONG_TERM_KEY)
    token = seat_of(world, CredentialKind.GET_SESSION_TOKEN)
    iam = responder.aws("iam")
    iam.update_access_key(UserName=PLANTED_USER, AccessKeyId=key.access_key_id, Status="Inactive")
    assert (key.probe(), token.probe()) == (DEAD, ALIVE)
    iam.put_user_policy(UserName=PLANTED_USER, PolicyName="IRKitQuarantine", PolicyDocument=deny())
    assert (key.probe(), token.probe()) == (DEAD, DEAD)


def test_removed_factor_is_dead(world: World, responder: Responder) -> None:
    """The intruder's way back through a factor closes when it is removed."""
    seat = seat_of(world, CredentialKind.OKTA_FACTOR)
    user = world.okta_ids.users[VICTIM]
    factor = seat.credentials["factor_id"].reveal()
    responder.okta("DELETE", f"/api/v1/users/{user}/factors/{factor}")
    assert seat.probe() is DEAD


def test_full_containment_kills_every_seat_and_no_bystander(
    world: World, responder: Responder
) -> None:
    """Okta, then every role entered, then the planted user: nothing is left to the intruder."""
    user = world.okta_ids.users[VICTIM]
    responder.okta("POST", f"/api/v1/users/{user}/lifecycle/suspend")
    responder.okta("DELETE", f"/api/v1/users/{user}/sessions?oauthTokens=true")
    by_name = deny(StringLike={"aws:userid": [f"*:{VICTIM}", "*:deploy-check"]})
    for account, role in ((PROD, "Support"), (PROD, "Developer"), (PROD, "Deploy")):
        responder.aws("iam", account).put_role_policy(
            RoleName=role, PolicyName="IRKitDenySession", PolicyDocument=by_name
        )
    responder.aws("iam", DATA).put_role_policy(
        RoleName="Developer", PolicyName="IRKitDenySession", PolicyDocument=by_name
    )
    responder.aws("iam").put_user_policy(
        UserName=PLANTED_USER, PolicyName="IRKitQuarantine", PolicyDocument=deny()
    )
    assert set(world.seats.states().values()) == {DEAD}
    assert set(world.bystanders.states().values()) == {ALIVE}


def look_up(client: Any, key: str, value: str) -> list[Any]:
    """Return the events that match one attribute, oldest first, decoded."""
    attribute = {"AttributeKey": key, "AttributeValue": value}
    pages = client.get_paginator("lookup_events").paginate(LookupAttributes=[attribute])
    found = [json.loads(event["CloudTrailEvent"]) for page in pages for event in page["Events"]]
    return found[::-1]


def test_intrusion_can_be_traced_through_both_logs(world: World, responder: Responder) -> None:
    """From the Okta sign-on to the AWS session, to the user, key and chain it made."""
    sso = [
        event
        for event in responder.okta("GET", "/api/v1/logs?limit=1000")
        if event["eventType"] == "user.authentication.sso"
        and event["actor"]["alternateId"] == VICTIM
    ]
    assert {event["client"]["ipAddress"] for event in sso} == {INTRUDER_ADDRESS}
    trail = responder.aws("cloudtrail")
    entries = [
        event
        for event in look_up(trail, "EventName", "AssumeRoleWithSAML")
        if event["userIdentity"]["userName"] == VICTIM
    ]
    assert len(entries) == 2
    assert all(event["userIdentity"]["type"] == "SAMLUser" for event in entries)
    developer = entries[-1]
    assert developer["requestParameters"]["roleArn"].endswith("role/Developer")
    key_id = developer["responseElements"]["credentials"]["accessKeyId"]
    deeds = {event["eventName"]: event for event in look_up(trail, "AccessKeyId", key_id)}
    assert {"CreateUser", "PutUserPolicy", "CreateAccessKey", "RunInstances", "AssumeRole"} <= set(
        deeds
    )
    made = deeds["CreateAccessKey"]["responseElements"]["accessKey"]["accessKeyId"]
    assert made == seat_of(world, CredentialKind.LONG_TERM_KEY).access_key_id
    chained = deeds["AssumeRole"]["responseElements"]["credentials"]["accessKeyId"]
    assert chained == seat_of(world, CredentialKind.CHAINED_ROLE_SESSION).access_key_id
    assert deeds["RunInstances"]["sourceIPAddress"] == INTRUDER_ADDRESS
    machines = deeds["RunInstances"]["responseElements"]["instancesSet"]["items"]
    assert machines[0]["instanceId"].startswith("i-")
    (token,) = (
        event
        for event in look_up(trail, "AccessKeyId", made)
        if event["eventName"] == "GetSessionToken"
    )
    issued = token["responseElements"]["credentials"]["accessKeyId"]
    assert issued == seat_of(world, CredentialKind.GET_SESSION_TOKEN).access_key_id


def test_started_machine_is_found_by_inventory(world: World, responder: Responder) -> None:
    """What the intruder started runs among the others."""
    filters = [{"Name": "tag:Name", "Values": [PLANTED_MACHINE]}]
    found = responder.aws("ec2").describe_instances(Filters=filters)["Reservations"]
    assert [item["State"]["Name"] for item in found[0]["Instances"]] == ["running"]


def test_story_is_in_the_past(world: World) -> None:
    """Every event of the intrusion is older than the response, in order."""
    events = world.aws.cloud.events.all()
    now = world.clock()
    assert all(event.at < now - timedelta(minutes=19) for event in events)
    names = [event.name for event in events if event.name.startswith(("Assume", "Create", "Run"))]
    assert names == [
        *["AssumeRoleWithSAML"] * 4,
        "CreateUser",
        "CreateAccessKey",
        "RunInstances",
        "AssumeRole",
    ]


def test_world_is_the_same_for_the_same_seed() -> None:
    """Two worlds of one seed, side by side in one process, have equal ids and do not mix."""
    with World.start(seed=11) as one, World.start(seed=11) as two, World.start(seed=12) as other:
        one.plant_intruder()
        two.plant_intruder()
        assert [seat.id for seat in one.seats] == [seat.id for seat in two.seats]
        assert one.org_id == two.org_id != other.org_id
        assert one.aws_key.id == two.aws_key.id != other.aws_key.id
        okta_one, okta_two = (parse(w.restorable()) for w in (one, two))
        assert okta_one["okta"] == okta_two["okta"]  # type: ignore[index,call-overload]
        assert b"svc-backup" not in other.restorable()


def test_restorable_covers_both_providers(world: World, responder: Responder) -> None:
    """A change in either provider changes the dump, and its undo restores the bytes."""
    before = world.restorable()
    user = world.okta_ids.users[VICTIM]
    responder.okta("POST", f"/api/v1/users/{user}/lifecycle/suspend")
    suspended = world.restorable()
    assert suspended != before
    iam = responder.aws("iam")
    iam.put_role_policy(RoleName="Support", PolicyName="cut", PolicyDocument=deny())
    assert world.restorable() != suspended
    iam.delete_role_policy(RoleName="Support", PolicyName="cut")
    responder.okta("POST", f"/api/v1/users/{user}/lifecycle/unsuspend")
    assert world.restorable() == before


def test_probing_changes_nothing(world: World) -> None:
    """Looking at seats writes nothing and leaves the state as it is."""
    before, start = world.restorable(), len(world.calls.all())
    world.seats.states()
    assert world.restorable() == before
    probes = world.calls.since(start)
    assert probes
    assert {call.user_agent for call in probes} == {"irkit-seat-probe"}


def test_seats_can_be_probed_by_another_process(world: World) -> None:
    """What is written to a file is all that a probe needs."""
    program = (
        "import sys\n"
        "from irkit.world.seats import seats_from_json\n"
        "states = seats_from_json(sys.stdin.read()).states()\n"
        "assert 'moto' not in sys.modules\n"
        "print(','.join(sorted(set(states.values()))), len(states))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=world.seats.json(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == f"alive {len(world.seats)}"


def test_seats_survive_the_round_trip(world: World) -> None:
    """Reading the file back gives the same seats."""
    again = seats_from_json(world.seats.json())
    assert list(again) == list(world.seats)
    entry = json.loads(world.seats.json())["seats"][0]
    assert probe_seat(entry, world.okta_url, world.aws_url) is ALIVE
    assert seat_from_json(entry) == next(iter(world.seats))


@pytest.mark.parametrize(
    "kind",
    [
        FaultKind.SERVER_ERROR_JSON,
        FaultKind.SERVER_ERROR_EMPTY,
        FaultKind.THROTTLED,
        FaultKind.OK_HTML,
        FaultKind.RESET_BEFORE,
        FaultKind.TRUNCATED,
        FaultKind.LOGIN_REDIRECT,
    ],
)
def test_trouble_on_the_way_is_unknown_and_not_dead(world: World, kind: FaultKind) -> None:
    """Only the provider's own refusal means dead."""
    session = seat_of(world, CredentialKind.OKTA_SESSION)
    role = seat_of(world, CredentialKind.CHAINED_ROLE_SESSION)
    world.faults.add(
        *(
            Fault(kind=kind, provider=provider, operation="*", times=len(role.calls))
            for provider in ("okta", "aws")
        )
    )
    assert (session.probe(), role.probe()) == (UNKNOWN, UNKNOWN)


def test_unreachable_providers_are_unknown(world: World) -> None:
    """No answer at all is unknown as well."""
    world.okta_proxy.set_dead(True)
    world.aws_proxy.set_dead(True)
    assert set(world.seats.states().values()) == {UNKNOWN}


def test_aws_works_while_okta_is_down(world: World, responder: Responder) -> None:
    """The way in does not depend on the identity provider."""
    world.okta_proxy.set_dead(True)
    assert responder.aws("iam").list_users()["Users"]


@pytest.mark.parametrize(
    "kind",
    [
        CredentialKind.EXTERNAL_TRUST,
        CredentialKind.GET_FEDERATION_TOKEN,
        CredentialKind.INSTANCE_SESSION,
        CredentialKind.OKTA_ACCESS_TOKEN,
        CredentialKind.OKTA_API_TOKEN,
        CredentialKind.OKTA_IDP,
        CredentialKind.ROLE_SESSION,
    ],
)
def test_further_seats_can_be_planted(world: World, kind: CredentialKind) -> None:
    """Seats beyond the story are alive and among the intruder's."""
    seat = world.plant(kind)
    assert seat.kind is kind
    assert seat.probe() is ALIVE
    assert world.seats[seat.id] == seat


def test_a_rogue_provider_is_tried_without_changing_the_org(
    world: World, responder: Responder
) -> None:
    """A probe opens no session and links nobody; only the provider's end is its death."""
    seat = world.plant(CredentialKind.OKTA_IDP)
    idp = seat.id.partition(":")[2]
    before = world.restorable(), len(world.okta.tables.sessions)
    assert seat.probe() is ALIVE
    assert (world.restorable(), len(world.okta.tables.sessions)) == before
    user = world.okta_ids.users["omar.aziz@acme.example"]
    responder.okta("POST", f"/api/v1/users/{user}/lifecycle/suspend")
    assert seat.probe() is ALIVE
    responder.okta("POST", f"/api/v1/idps/{idp}/lifecycle/deactivate")
    assert seat.probe() is DEAD
    world.okta_proxy.set_dead(True)
    assert seat.probe() is UNKNOWN


def test_kind_that_cannot_be_planted_is_an_error(world: World) -> None:
    """A console session has no credential that could be probed."""
    with pytest.raises(IrkitError, match="IRK804"):
        world.plant(CredentialKind.CONSOLE_SESSION)


def test_external_trust_is_cut_by_the_trust_policy(world: World, responder: Responder) -> None:
    """Nothing in the account's users or keys helps; only the role's trust does."""
    seat = world.plant(CredentialKind.EXTERNAL_TRUST)
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole"}
    responder.aws("iam").update_assume_role_policy(
        RoleName="vendor-sync",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    assert seat.probe() is DEAD


def test_access_token_outlives_everything_done_in_okta(world: World, responder: Responder) -> None:
    """Nothing revokes an access token before its hour is over."""
    seat = world.plant(CredentialKind.OKTA_ACCESS_TOKEN)
    token = world.plant(CredentialKind.OKTA_API_TOKEN)
    user = world.okta_ids.users[VICTIM]
    responder.okta("POST", f"/api/v1/users/{user}/lifecycle/suspend")
    responder.okta("DELETE", f"/api/v1/users/{user}/sessions?oauthTokens=true")
    assert (seat.probe(), token.probe()) == (ALIVE, DEAD)
    world.clock.advance(timedelta(hours=1))
    assert seat.probe() is DEAD


def test_clock_moves_both_providers(world: World) -> None:
    """When time is over, sessions end in Okta and in AWS."""
    world.clock.advance(timedelta(hours=13))
    states = world.seats.states()
    ended = {CredentialKind.OKTA_SESSION, CredentialKind.CHAINED_ROLE_SESSION}
    assert {states[seat.id] for seat in world.seats if seat.kind in ended} == {DEAD}
    assert states[seat_of(world, CredentialKind.LONG_TERM_KEY).id] is ALIVE


def test_marker_is_served_by_both(world: World) -> None:
    """Drill connections find the mark and the seed at either provider."""
    for url, provider in ((world.okta_url, "okta"), (world.aws_url, "aws")):
        with urlopen(f"{url}/irkit-world") as answer:
            marker = json.load(answer)
        assert (marker["irkit_world"], marker["seed"], marker["provider"]) == (1, 7, provider)


def test_generated_fixture_has_as_many_people_as_asked() -> None:
    """The large fixture works like the small one."""
    with World.start("generated", users=300) as world:
        assert len(world.okta.tables.users) == 300
        world.plant_intruder()
        assert set(world.seats.states().values()) == {ALIVE}


def test_unknown_fixture_is_an_error() -> None:
    """A fixture that does not exist is named together with those that do."""
    with pytest.raises(IrkitError, match="IRK801"):
        World.start("acme-huge")


def test_unknown_story_is_an_error(world: World) -> None:
    """A story that nobody wrote is named together with those that somebody did."""
    with pytest.raises(IrkitError, match="IRK801"):
        world.tell("fairy-tale")


def test_taken_port_is_an_error(world: World) -> None:
    """A port in use is reported, and nothing is left behind."""
    taken = world.aws_proxy.port
    with pytest.raises(IrkitError, match="IRK802"):
        World.start(aws_port=taken)
    with pytest.raises(IrkitError, match="IRK802"):
        World.start(okta_port=taken)
