"""The reads of AWS's log, identities and setup: answers, and what they say they could not see."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

import pytest
from by_hand import by_hand
from stage import DATA, PROD, REGIONS, VICTIM, Hands, Stage, staged

from irkit.actions.base import Answer
from irkit.actions.load import catalogue
from irkit.canonical import canonical
from irkit.diagnostics import IrkitError
from irkit.model.access import CredentialKind
from irkit.providers.retry import Patience
from irkit.world.faults import Fault, FaultKind

QUICK = Patience(attempts=1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world with the intruder in it, for tests that only look."""
    with staged(intruder=True) as stage:
        stage.world.plant(CredentialKind.EXTERNAL_TRUST)
        yield stage


@pytest.fixture(autouse=True)
def no_faults_left(stage: Stage) -> Iterator[None]:
    """Each test starts with a world that works."""
    yield
    stage.world.faults.clear()


def rows(answer: Answer) -> list[dict[str, Any]]:
    """Return an answer's value as rows."""
    return cast("list[dict[str, Any]]", answer.value)


def with_fault(stage: Stage, fault: Fault, action: str, **arguments: Any) -> Answer:
    """Read while something is broken, without retries."""
    stage.world.faults.add(fault)

    async def work(hands: Hands) -> Answer:
        return await hands.read(action, **arguments)

    return stage.do(work, patience=QUICK)


def seat_of(stage: Stage, kind: str) -> str:
    """Return the key id of one of the intruder's seats."""
    return next(seat.access_key_id for seat in stage.world.seats if seat.kind == kind)


def test_a_person_s_events_are_found_in_order(stage: Stage) -> None:
    """By session name, oldest first, and the full events are the evidence."""
    answer = stage.read("aws.cloudtrail.lookup", user_name=VICTIM)
    found = rows(answer)
    assert answer.complete
    assert answer.observed_through
    assert {"AssumeRoleWithSAML", "CreateUser", "RunInstances"} <= {row["name"] for row in found}
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert len(cast("list[Any]", answer.raw)) == len(found)
    assert canonical(answer.raw)


def test_several_conditions_all_hold(stage: Stage) -> None:
    """AWS takes one, and the others are sieved here."""
    key = seat_of(stage, "federated_role_session")
    found = rows(
        stage.read(
            "aws.cloudtrail.lookup", user_name=VICTIM, event_name="CreateUser", writes_only=True
        )
    )
    assert [(row["name"], row["read_only"]) for row in found] == [("CreateUser", False)]
    made = rows(stage.read("aws.cloudtrail.lookup", access_key=key, event_name="GetNothing"))
    assert made == []


def test_without_a_condition_everything_is_found(stage: Stage) -> None:
    """What only reads is left out if that is asked, and only then."""
    every = rows(stage.read("aws.cloudtrail.lookup", account=PROD))
    writes = rows(stage.read("aws.cloudtrail.lookup", account=PROD, writes_only=True))
    assert {row["read_only"] for row in every} == {True, False}
    assert {row["read_only"] for row in writes} == {False}


def test_a_lookup_goes_on_to_the_last_page(stage: Stage) -> None:
    """More events than a page has are all found."""

    async def look_around(hands: Hands) -> None:
        for _ in range(60):
            await hands.readers.aws.call("iam", "list_account_aliases", account=DATA)

    stage.do(look_around)
    answer = stage.read("aws.cloudtrail.lookup", event_name="ListAccountAliases", account=DATA)
    assert len(rows(answer)) == 60
    assert answer.complete
    cut = stage.read(
        "aws.cloudtrail.lookup", event_name="ListAccountAliases", account=DATA, limit=20
    )
    assert not cut.complete
    assert "older ones may be missing" in cut.gaps[0]


def test_a_region_whose_log_does_not_answer_is_a_gap(stage: Stage) -> None:
    """It is never an empty log."""
    fault = Fault(
        kind=FaultKind.SERVER_ERROR_EMPTY, provider="aws", operation="cloudtrail:LookupEvents"
    )
    answer = with_fault(stage, fault, "aws.cloudtrail.lookup", user_name=VICTIM, account=PROD)
    assert not answer.complete
    assert any(f"{PROD}/{region}" in answer.gaps[0] for region in REGIONS)


def test_what_a_person_made_is_listed_with_whether_it_is_there(stage: Stage) -> None:
    """The planted user, its key and policy, and the machine, all of them still there."""
    answer = stage.read("aws.inventory.created_by", user=VICTIM)
    found = {row["kind"]: row for row in rows(answer)}
    assert answer.complete
    assert {"user", "access_key", "user_policy", "instance"} <= set(found)
    assert found["user"]["name"] == f"arn:aws:iam::{PROD}:user/svc-backup"
    assert found["access_key"]["owner"] == "svc-backup"
    assert {found[kind]["exists"] for kind in ("user", "access_key", "instance")} == {True}
    assert all(row["by"] for row in rows(answer))


def test_what_a_key_led_to_is_listed(stage: Stage) -> None:
    """A credential alone is enough; one that made nothing made nothing."""
    key = next(s.access_key_id for s in stage.world.seats if f"Developer in {PROD}" in s.label)
    kinds = {row["kind"] for row in rows(stage.read("aws.inventory.created_by", access_key=key))}
    assert "user" in kinds
    quiet = stage.world.user_keys["ci-deploy"].id
    assert rows(stage.read("aws.inventory.created_by", access_key=quiet, since="1 hour ago")) == []
    with pytest.raises(IrkitError, match="IRK660"):
        stage.read("aws.inventory.created_by")


def test_what_cannot_be_looked_at_is_not_gone(stage: Stage) -> None:
    """Whether a thing is there is then unknown, and a gap."""
    fault = Fault(kind=FaultKind.SERVER_ERROR_EMPTY, provider="aws", operation="iam:GetUser")
    answer = with_fault(stage, fault, "aws.inventory.created_by", user=VICTIM)
    user = next(row for row in rows(answer) if row["kind"] == "user")
    assert user["exists"] is None
    assert "svc-backup" in answer.gaps[0]


def test_things_that_are_gone_and_attempts_are_said_to_be() -> None:
    """A machine that was terminated does not exist; a refused call made nothing."""
    with staged(intruder=True) as stage:
        found = rows(stage.read("aws.inventory.created_by", user=VICTIM))
        machine = next(row["name"] for row in found if row["kind"] == "instance")
        with by_hand(stage, "ec2") as ec2:
            ec2.terminate_instances(InstanceIds=[machine.rpartition("/")[2]])
        found = rows(stage.read("aws.inventory.created_by", user=VICTIM))
        assert next(row["exists"] for row in found if row["kind"] == "instance") is False
        with by_hand(stage, "s3") as s3:
            s3.create_bucket(Bucket="exfil")
            with pytest.raises(s3.exceptions.ClientError):
                s3.create_bucket(
                    Bucket="NO", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
                )
        made = rows(stage.read("aws.inventory.created_by", user="administrator"))
        buckets = [(row["name"], row["succeeded"], row["exists"]) for row in made]
        assert ("exfil", True, True) in buckets
        assert ("NO", False, False) in buckets


def test_what_was_let_in_or_switched_is_listed_as_well() -> None:
    """A key that was uploaded and a snapshot that was shared are made by no call of that name."""
    with staged() as stage:
        with by_hand(stage, "iam") as iam:
            iam.upload_ssh_public_key(UserName="ci-deploy", SSHPublicKeyBody="ssh-rsa AAAA")
        with by_hand(stage, "ec2") as ec2:
            volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
            snapshot = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
            ec2.modify_snapshot_attribute(
                SnapshotId=snapshot, OperationType="add", UserIds=["999900001111"]
            )
        made = rows(stage.read("aws.inventory.created_by", user="administrator", account=PROD))
    assert {"UploadSSHPublicKey", "ModifySnapshotAttribute"} <= {row["event"] for row in made}


def test_new_identities_and_outside_trust_are_found(stage: Stage) -> None:
    """The planted user and its key, and the role that lets a stranger in."""
    answer = stage.read("aws.iam.persistence_hunt", since="3 hours ago", account=PROD)
    found = {(row["kind"], row["arn"].rpartition("/")[2]) for row in rows(answer)}
    assert answer.complete
    assert {("new_user", "svc-backup"), ("new_key", "svc-backup")} <= found
    assert ("outside_trust", "vendor-sync") in found
    assert canonical(answer.raw)


def test_nothing_is_new_tomorrow(stage: Stage) -> None:
    """What is old is left out; a trust of outsiders has no date and stays."""
    found = rows(stage.read("aws.iam.persistence_hunt", since="2099-01-01T00:00:00Z"))
    assert {row["kind"] for row in found} == {"outside_trust"}


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("iam:GetAccountAuthorizationDetails", "identities"),
        ("iam:ListSAMLProviders", "identity providers"),
        ("iam:ListAccessKeys", "ci-deploy"),
    ],
)
def test_a_part_of_the_hunt_that_fails_is_a_gap(stage: Stage, operation: str, words: str) -> None:
    """An account that was not looked at is not clean."""
    fault = Fault(kind=FaultKind.SERVER_ERROR_EMPTY, provider="aws", operation=operation, times=10)
    answer = with_fault(stage, fault, "aws.iam.persistence_hunt", account=PROD)
    assert not answer.complete
    assert any(words in gap for gap in answer.gaps)


def test_passwords_providers_versions_and_administrators_are_found() -> None:
    """Each way back has a row that says what it is."""
    everything = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    )
    with staged() as stage:
        stage.world.clock.advance(timedelta(hours=2))
        with by_hand(stage, "iam", DATA) as iam:
            iam.create_login_profile(UserName="administrator", Password="correct-horse-1A!")
            iam.upload_ssh_public_key(UserName="administrator", SSHPublicKeyBody="ssh-rsa AAAA")
            iam.create_service_specific_credential(
                UserName="administrator", ServiceName="bedrock.amazonaws.com"
            )
            device = iam.create_virtual_mfa_device(VirtualMFADeviceName="phone")
            iam.enable_mfa_device(
                UserName="administrator",
                SerialNumber=device["VirtualMFADevice"]["SerialNumber"],
                AuthenticationCode1="000000",
                AuthenticationCode2="111111",
            )
            iam.create_open_id_connect_provider(
                Url="https://token.example", ThumbprintList=["a" * 40]
            )
            policy = iam.create_policy(PolicyName="app", PolicyDocument=everything)["Policy"]
            iam.create_policy_version(
                PolicyArn=policy["Arn"], PolicyDocument=everything, SetAsDefault=True
            )
        found = rows(stage.read("aws.iam.persistence_hunt", since="1 hour ago", account=DATA))
    kinds = {row["kind"]: row for row in found}
    assert {"new_console_password", "new_identity_provider", "new_policy_version"} <= set(kinds)
    assert kinds["new_user"]["why"].endswith("and may do everything")
    ways = " ".join(row["why"] for row in found if row["kind"] == "new_credential")
    assert "ssh-key" in ways
    assert "service-credential bedrock.amazonaws.com" in ways
    assert "phone" in kinds["new_mfa_device"]["why"]


def test_what_a_role_may_do_is_what_aws_says(stage: Stage) -> None:
    """The developers' role may start machines and may not stop the log."""
    answer = stage.read(
        "aws.principal.effective_access", principal=f"arn:aws:iam::{PROD}:role/Developer"
    )
    found = cast("dict[str, Any]", answer.value)
    assert "ec2:RunInstances" in found["allowed"]
    assert "cloudtrail:StopLogging" in found["denied"]
    asked = stage.read(
        "aws.principal.effective_access",
        principal=f"arn:aws:iam::{PROD}:role/Developer",
        actions=["iam:CreateUser"],
        resource=f"arn:aws:iam::{PROD}:user/svc-x",
    )
    assert cast("dict[str, Any]", asked.value)["allowed"] == ["iam:CreateUser"]
    with pytest.raises(IrkitError, match="IRK661"):
        stage.read("aws.principal.effective_access", principal=f"arn:aws:iam::{PROD}:role/nobody")


@pytest.mark.parametrize(
    ("resource", "parts"),
    [
        (f"arn:aws:iam::{PROD}:role/Developer", {"get_role", "list_role_policies"}),
        (f"arn:aws:iam::{PROD}:user/ci-deploy", {"get_user", "list_access_keys"}),
        (f"arn:aws:lambda:us-east-1:{PROD}:function:orders-api", {"get_function", "get_policy"}),
    ],
)
def test_a_resource_s_setup_is_recorded(stage: Stage, resource: str, parts: set[str]) -> None:
    """Every part is there, and the same setup has the same digest."""
    answer = stage.read("aws.evidence.collect_config", resource=resource)
    found = cast("dict[str, Any]", answer.value)
    assert answer.complete
    assert parts <= set(found["parts"])
    again = stage.read("aws.evidence.collect_config", resource=resource)
    assert cast("dict[str, Any]", again.value)["digest"] == found["digest"]
    assert answer.request_ids


def test_a_machine_s_setup_is_recorded_without_its_secrets(stage: Stage) -> None:
    """Signed links and environments are masked; a part that is refused is a gap."""
    function = f"arn:aws:lambda:us-east-1:{PROD}:function:orders-api"
    answer = stage.read("aws.evidence.collect_config", resource=function)
    parts = cast("dict[str, Any]", answer.value)["parts"]
    assert "X-Amz-Signature" not in str(parts)
    fault = Fault(
        kind=FaultKind.SERVER_ERROR_EMPTY,
        provider="aws",
        operation="ec2:DescribeInstanceAttribute",
    )
    machine = stage.machine("web-1")
    broken = with_fault(stage, fault, "aws.evidence.collect_config", resource=machine)
    assert not broken.complete
    assert "describe_instance_attribute" in broken.gaps[0]


def test_a_resource_that_is_not_known_is_refused(stage: Stage) -> None:
    """One that is not there, one of another kind, and a bucket without its account."""
    for resource in (
        f"arn:aws:iam::{PROD}:role/nobody",
        f"arn:aws:dynamodb:us-east-1:{PROD}:table/orders",
        "arn:aws:s3:::acme-invoices",
    ):
        with pytest.raises(IrkitError, match="IRK661"):
            stage.read("aws.evidence.collect_config", resource=resource)


READS: dict[str, dict[str, Any]] = {
    "aws.cloudtrail.lookup": {"user_name": VICTIM},
    "aws.iam.persistence_hunt": {},
    "aws.inventory.created_by": {"user": VICTIM},
    "aws.inventory.sweep": {"created_by": VICTIM},
    "aws.principal.effective_access": {"principal": f"arn:aws:iam::{PROD}:role/Developer"},
}
SETUPS = (
    f"arn:aws:iam::{PROD}:role/Developer",
    f"arn:aws:iam::{PROD}:user/ci-deploy",
    f"arn:aws:lambda:us-east-1:{PROD}:function:orders-api",
    f"arn:aws:secretsmanager:us-east-1:{PROD}:secret:orders/database",
)


@pytest.mark.parametrize("name", READS)
def test_a_read_uses_no_right_that_it_does_not_name(stage: Stage, name: str) -> None:
    """What `irkit permissions` prints is enough for it."""
    calls = stage.calls()
    stage.read(name, **READS[name])
    assert stage.undeclared(catalogue()[name], calls) == set()


@pytest.mark.parametrize("resource", SETUPS)
def test_recording_a_setup_uses_no_right_that_it_does_not_name(stage: Stage, resource: str) -> None:
    """Whatever kind of resource it is."""
    calls = stage.calls()
    stage.read("aws.evidence.collect_config", resource=resource)
    assert stage.undeclared(catalogue()["aws.evidence.collect_config"], calls) == set()
