"""CloudTrail: what is recorded of a call, and how it can be looked up."""

import gzip
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from aws_harness import DATA, PROD, START, Aws, Key, as_key, code_of, trust

from irkit.world.aws.cloud import Knobs


@pytest.fixture
def quick() -> Iterator[Aws]:
    """An AWS that allows any number of lookups a second."""
    running = Aws(Knobs(lookups_per_second=0))
    yield running
    running.stop()


def look_up(aws: Aws, key: Key, attribute: str = "", value: str = "", **more: Any) -> list[Any]:
    """Return events with their decoded body under `body`, all pages, newest first."""
    if attribute:
        more["LookupAttributes"] = [{"AttributeKey": attribute, "AttributeValue": value}]
    client = aws.client("cloudtrail", key)
    events: list[Any] = []
    for page in client.get_paginator("lookup_events").paginate(**more):
        events += page["Events"]
    return [{**event, "body": json.loads(event["CloudTrailEvent"])} for event in events]


def test_key_and_its_children_can_be_traced(quick: Aws) -> None:
    """From a key to the session made with it, to the key that session made."""
    reader = quick.assume(quick.breakglass, quick.role("irkit-read"))
    mallory = quick.make_user("mallory")
    role = quick.make_role("Ops", trust({"AWS": PROD}))
    session = quick.assume(mallory, role, "mallory-1")
    made = quick.client("iam", session).create_access_key(UserName="ci-deploy")["AccessKey"]
    (assumed,) = (
        event
        for event in look_up(quick, reader, "AccessKeyId", mallory.id)
        if event["EventName"] == "AssumeRole"
    )
    assert assumed["body"]["responseElements"]["credentials"]["accessKeyId"] == session.id
    assert assumed["body"]["requestParameters"]["roleSessionName"] == "mallory-1"
    assert assumed["Username"] == "mallory"
    expiration = assumed["body"]["responseElements"]["credentials"]["expiration"]
    assert expiration == "Nov 24, 2026, 4:00:00 AM"
    (created,) = look_up(quick, reader, "AccessKeyId", session.id)
    assert created["EventName"] == "CreateAccessKey"
    assert created["Username"] == "mallory-1"
    assert created["ReadOnly"] == "false"
    response = created["body"]["responseElements"]["accessKey"]
    assert response["accessKeyId"] == made["AccessKeyId"]
    assert response["userName"] == "ci-deploy"
    assert created["body"]["requestParameters"] == {"userName": "ci-deploy"}


def test_identity_of_a_role_session_names_its_issuer(quick: Aws) -> None:
    """Investigators need the role, the session, its key and when it began."""
    reader = quick.assume(quick.breakglass, quick.role("irkit-read"), "looker")
    quick.client("iam", reader).list_users()
    (event,) = look_up(quick, reader, "EventName", "ListUsers")
    identity = event["body"]["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["arn"] == f"arn:aws:sts::{PROD}:assumed-role/irkit-read/looker"
    assert identity["accessKeyId"] == reader.id
    issuer = identity["sessionContext"]["sessionIssuer"]
    assert issuer["arn"] == quick.role("irkit-read")
    assert identity["principalId"] == f"{issuer['principalId']}:looker"
    assert issuer["principalId"].startswith("AROA")
    attributes = identity["sessionContext"]["attributes"]
    assert attributes["creationDate"] == "2026-11-24T03:00:00Z"


def test_identities_of_a_users_credentials(quick: Aws) -> None:
    """A key, a GetSessionToken and a GetFederationToken session are told apart."""
    key = quick.make_user("mallory")
    sts = quick.client("sts", key)
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    token = as_key(sts.get_session_token()["Credentials"])
    federated = as_key(sts.get_federation_token(Name="mal", Policy=policy)["Credentials"])
    for credential in (key, token, federated):
        code_of(quick.client("s3", credential).list_buckets)
    reader = quick.assume(quick.breakglass, quick.role("irkit-read"))
    found = {
        event["AccessKeyId"]: event["body"]["userIdentity"]
        for event in look_up(quick, reader, "EventName", "ListBuckets")
    }
    assert found[key.id]["type"] == found[token.id]["type"] == "IAMUser"
    assert "sessionContext" not in found[key.id]
    assert found[token.id]["sessionContext"]["attributes"]["mfaAuthenticated"] == "false"
    assert found[federated.id]["type"] == "FederatedUser"
    assert found[federated.id]["principalId"] == f"{PROD}:mal"
    assert found[federated.id]["sessionContext"]["sessionIssuer"]["userName"] == "mallory"


def test_secrets_are_in_no_event(quick: Aws) -> None:
    """Issued secrets, tokens and secret values never enter the history."""
    admin = quick.admin()
    made = quick.client("iam", admin).create_access_key(UserName="ci-deploy")["AccessKey"]
    manager = quick.client("secretsmanager", admin)
    manager.put_secret_value(SecretId="ci/deploy-key", SecretString="very-secret-text")
    text = json.dumps([dict(event.body) for event in quick.simulator.cloud.events.all()])
    for secret in (made["SecretAccessKey"], admin.secret, admin.token or "", "very-secret-text"):
        assert secret not in text
    assert "HIDDEN_DUE_TO_SECURITY_REASONS" in text


def test_refusals_are_recorded_with_their_code(quick: Aws) -> None:
    """A denied call is in the history, with the code of its service."""
    reader = quick.assume(quick.breakglass, quick.role("irkit-read"))
    code_of(lambda: quick.client("iam", reader).create_user(UserName="x"))
    code_of(lambda: quick.client("ec2", reader).stop_instances(InstanceIds=["i-1"]))
    codes = {
        event["EventName"]: event["body"].get("errorCode")
        for event in look_up(quick, reader, "AccessKeyId", reader.id)
    }
    assert codes["CreateUser"] == "AccessDenied"
    assert codes["StopInstances"] == "Client.UnauthorizedOperation"


@pytest.mark.parametrize(
    ("attribute", "value", "names"),
    [
        ("EventName", "CreateUser", ["CreateUser"]),
        ("EventSource", "ec2.amazonaws.com", ["DescribeInstances"]),
        ("ResourceName", "svc-found", ["PutUserPolicy", "CreateUser"]),
        ("ResourceType", "AWS::IAM::Policy", ["PutUserPolicy"]),
        ("ReadOnly", "false", ["PutUserPolicy", "CreateUser"]),
        ("Username", "mallory", ["DescribeInstances", "PutUserPolicy", "CreateUser"]),
        ("Username", "nobody", []),
    ],
)
def test_lookup_by_each_attribute(quick: Aws, attribute: str, value: str, names: list[str]) -> None:
    """One attribute at a time finds the right events, newest first."""
    key = quick.make_user("mallory")
    iam = quick.client("iam", key)
    iam.create_user(UserName="svc-found")
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "NotAction": "s3:*"}]}
    policy["Statement"][0]["Resource"] = "*"  # type: ignore[index]
    iam.put_user_policy(UserName="svc-found", PolicyName="p", PolicyDocument=json.dumps(policy))
    quick.client("ec2", key).describe_instances()
    assert [e["EventName"] for e in look_up(quick, key, attribute, value)] == names


def test_lookup_by_event_id(quick: Aws) -> None:
    """Every event can be found again by its id."""
    key = quick.make_user("mallory")
    quick.client("iam", key).list_users()
    (event,) = look_up(quick, key, "EventName", "ListUsers")
    assert [e["EventName"] for e in look_up(quick, key, "EventId", event["EventId"])] == [
        "ListUsers"
    ]


def test_only_one_attribute_is_accepted(quick: Aws) -> None:
    """AWS refuses a query by two attributes."""
    client = quick.client("cloudtrail", quick.make_user("mallory"))
    attribute = {"AttributeKey": "EventName", "AttributeValue": "x"}
    asked = {"LookupAttributes": [attribute, attribute]}
    assert code_of(lambda: client.lookup_events(**asked)) == "InvalidLookupAttributesException"


def test_pages_are_complete_and_stable_while_events_arrive(quick: Aws) -> None:
    """Paging neither repeats nor misses an event, though each page is an event itself."""
    key = quick.make_user("mallory")
    iam = quick.client("iam", key)
    for number in range(12):
        quick.clock.advance(1)
        iam.create_user(UserName=f"svc-{number}")
    found = look_up(quick, key, "Username", "mallory", PaginationConfig={"PageSize": 5})
    made = [e["body"]["requestParameters"]["userName"] for e in found]
    assert made == [f"svc-{number}" for number in reversed(range(12))]


def test_bad_token_is_refused(quick: Aws) -> None:
    """A made-up paging token is an error, not a first page."""
    client = quick.client("cloudtrail", quick.make_user("mallory"))
    asked = {"NextToken": "made-up"}
    assert code_of(lambda: client.lookup_events(**asked)) == "InvalidNextTokenException"


def test_time_range_is_respected(quick: Aws) -> None:
    """Events outside the asked window are left out."""
    key = quick.make_user("mallory")
    iam = quick.client("iam", key)
    iam.create_user(UserName="svc-old")
    quick.clock.advance(3600)
    iam.create_user(UserName="svc-new")
    since = look_up(quick, key, "EventName", "CreateUser", StartTime=START + timedelta(minutes=30))
    until = look_up(quick, key, "EventName", "CreateUser", EndTime=START + timedelta(minutes=30))
    assert [e["body"]["requestParameters"]["userName"] for e in since] == ["svc-new"]
    assert [e["body"]["requestParameters"]["userName"] for e in until] == ["svc-old"]


def test_history_is_per_account_and_region(quick: Aws) -> None:
    """Regional calls are in their region, global ones in us-east-1, each account has its own."""
    key = quick.make_user("mallory")
    quick.client("ec2", key, "eu-west-1").describe_instances()
    quick.client("iam", key, "eu-west-1").list_users()
    client = quick.client("cloudtrail", key, "eu-west-1")
    names = {event["EventName"] for event in client.lookup_events()["Events"]}
    assert names == {"DescribeInstances"}
    assert [e["EventName"] for e in look_up(quick, key, "EventName", "ListUsers")] == ["ListUsers"]
    other = quick.make_user("other", account=DATA)
    assert look_up(quick, other, "EventName", "ListUsers") == []


def test_cross_account_role_is_in_both_histories(quick: Aws) -> None:
    """The entered account sees who came in, without the foreign account's details."""
    entered = quick.assume(quick.breakglass, quick.role("irkit-read", DATA))
    (event,) = look_up(quick, entered, "EventName", "AssumeRole")
    identity = event["body"]["userIdentity"]
    assert identity["type"] == "AWSAccount"
    assert identity["accountId"] == PROD
    (resource,) = event["body"]["resources"]
    assert resource["accountId"] == DATA
    (sent,) = (e for e in quick.simulator.cloud.events.all(PROD) if e.name == "AssumeRole")
    assert sent.body["sharedEventID"] == event["body"]["sharedEventID"]
    assert sent.id != event["EventId"]
    assert event["body"]["responseElements"]["credentials"]["accessKeyId"] == entered.id
    assert event["body"]["recipientAccountId"] == DATA


def test_data_events_are_not_in_the_history_but_in_the_files(quick: Aws) -> None:
    """Object reads are missing from LookupEvents; the log files have everything."""
    key = quick.make_user("mallory")
    s3 = quick.client("s3", key)
    s3.create_bucket(Bucket="loot")
    s3.put_object(Bucket="loot", Key="a", Body=b"x")
    s3.get_object(Bucket="loot", Key="a")["Body"].read()
    names = [event["EventName"] for event in look_up(quick, key, "Username", "mallory")]
    assert "CreateBucket" in names
    assert "GetObject" not in names
    files = quick.simulator.log_files(PROD)
    records = [r for f in files.values() for r in json.loads(gzip.decompress(f))["Records"]]
    assert [r["eventName"] for r in records[:3]] == ["CreateBucket", "PutObject", "GetObject"]
    assert all(name.startswith(f"AWSLogs/{PROD}/CloudTrail/us-east-1/") for name in files)


def test_lookups_are_throttled_per_account_and_region(shared: Aws) -> None:
    """Two lookups a second, then ThrottlingException, then again after a second."""
    client = shared.client("cloudtrail", shared.make_user("busy"))
    codes = [code_of(client.lookup_events) for _ in range(3)]
    assert codes == ["ok", "ok", "ThrottlingException"]
    elsewhere = shared.client("cloudtrail", shared.make_user("busy-too"), "eu-west-1")
    assert code_of(elsewhere.lookup_events) == "ok"
    shared.clock.advance(1)
    assert code_of(client.lookup_events) == "ok"


def test_events_show_after_the_lag() -> None:
    """What happened within the lag is not yet visible, which is not the same as absent."""
    aws = Aws(Knobs(event_lag=timedelta(minutes=15)))
    try:
        key = aws.make_user("mallory")
        aws.client("iam", key).list_users()
        assert look_up(aws, key, "EventName", "ListUsers") == []
        aws.clock.advance(15 * 60)
        assert len(look_up(aws, key, "EventName", "ListUsers")) == 1
    finally:
        aws.stop()
