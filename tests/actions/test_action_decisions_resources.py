"""What actions on machines, networks and data decide in particular situations."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from action_cases.aws_bucket import BUCKET, lock_down
from action_cases.aws_capacity import scaled
from action_cases.aws_evidence import VAULT, seal, vault
from action_cases.aws_log_plane import restore_trail
from action_cases.aws_secret import SECRET, deny, rotate
from by_hand import by_hand
from stage import DATA, PROD, REGIONS, SANDBOX, Hands, Stage, changing, staged

from irkit.actions.base import Action
from irkit.canonical import thaw
from irkit.diagnostics import IrkitError
from irkit.model.change import Change


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


async def plan(hands: Hands, action: Action) -> tuple[Change, ...]:
    """Probe and plan."""
    return action.plan(await action.probe(hands.readers))


async def everything(hands: Hands, action: Action) -> tuple[Change, ...]:
    """Plan and make all changes; return them."""
    changes = await plan(hands, action)
    for change in changes:
        await action.apply(change, hands.readers, hands.writers)
    return changes


async def back(hands: Hands, action: Action, changes: tuple[Change, ...]) -> None:
    """Take changes back, the last one first."""
    for change in reversed(changes):
        await action.undo(change, cast("Any", None), hands.readers, hands.writers)


def refused(stage: Stage, action: Action) -> str:
    """Return the diagnostic with which planning is refused."""

    async def work(hands: Hands) -> str:
        with pytest.raises(IrkitError) as caught:
            await plan(hands, action)
        return str(caught.value)

    return stage.do(work)


def here(service: str, rest: str, account: str = PROD) -> str:
    """Return an ARN of the world's home region."""
    return f"arn:aws:{service}:us-east-1:{account}:{rest}"


NOBODY: dict[str, dict[str, Any]] = {
    "aws.ec2_instance.stop": {"instance": here("ec2", "instance/i-0123456789abcdef0")},
    "aws.security_group.close_ingress": {"group": here("ec2", "security-group/sg-0123")},
    "aws.subnet.nacl_deny": {"subnet": here("ec2", "subnet/subnet-0123")},
    "aws.ec2.stop_capacity": {"account": PROD, "groups": ["nobody"]},
    "aws.lambda_function.freeze": {"function": here("lambda", "function:nobody")},
    "aws.ecs_service.scale_zero": {"service": here("ecs", "service/jobs/nobody")},
    "aws.eventbridge.disable_rule": {"rule": here("events", "rule/nobody")},
    "aws.s3_bucket.block_public": {"bucket": "acme-nobody", "account": PROD},
    "aws.snapshot.unshare": {"snapshot": here("ec2", "snapshot/snap-0123")},
    "aws.rds_instance.close": {"database": here("rds", "db:nobody")},
    "aws.secret.deny_access": {
        "secret": "nobody",
        "account": PROD,
        "principal": f"arn:aws:iam::{PROD}:role/Developer",
    },
    "aws.kms_key.protect": {"key": here("kms", "key/00000000-0000-4000-8000-000000000000")},
    "aws.cloudtrail.restore": {"trail": here("cloudtrail", "trail/nobody")},
    "aws.eks.remove_access": {
        "cluster": "nobody",
        "account": PROD,
        "principal": f"arn:aws:iam::{PROD}:role/Deploy",
    },
}


@pytest.mark.parametrize("name", NOBODY)
def test_a_resource_that_is_not_there_is_never_already(stage: Stage, name: str) -> None:
    """A wrong name is an error that says where was looked, and nothing is written."""
    writes = stage.writes()
    assert "IRK661" in refused(stage, changing(name, **NOBODY[name]))
    assert stage.writes() == writes


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("aws.secret.deny_access", {"secret": "orders/database", "principal": "x"}),
        ("aws.lambda_function.freeze", {"function": here("s3", "function:orders-api")}),
        (
            "aws.kms_key.protect",
            {"key": here("kms", "key/00000000-0000-4000-8000-000000000000"), "account": DATA},
        ),
    ],
    ids=["name without account", "ARN of another service", "account that contradicts"],
)
def test_a_name_must_say_where(stage: Stage, name: str, arguments: dict[str, Any]) -> None:
    """A name alone, another service's ARN, and an account beside an ARN of another are refused."""
    assert "IRK193" in refused(stage, changing(name, **arguments))


def test_termination_protection_is_taken_off_only_where_it_is(stage: Stage) -> None:
    """A machine nobody protected is terminated by one call."""
    action = changing("aws.ec2_instance.terminate", instance=stage.machine("web-1"))
    changes = stage.do(lambda hands: everything(hands, action))
    assert [change.id for change in changes] == ["terminate"]
    assert stage.do(lambda hands: plan(hands, action)) == ()


def test_a_machine_in_no_group_needs_no_standby(stage: Stage) -> None:
    """Nobody replaces it, so there is nothing to do."""
    action = changing("aws.asg.standby", instance=stage.machine("web-1"))
    assert stage.do(lambda hands: plan(hands, action)) == ()


def test_a_group_that_may_be_smaller_keeps_its_minimum(stage: Stage) -> None:
    """Its minimum is lowered only where it is in the way."""
    machine = scaled(stage)
    with by_hand(stage, "autoscaling", SANDBOX) as autoscaling:
        autoscaling.update_auto_scaling_group(AutoScalingGroupName="miners", MinSize=0)
    action = changing("aws.asg.standby", instance=machine, account=SANDBOX)
    changes = stage.do(lambda hands: plan(hands, action))
    assert [change.id for change in changes] == ["standby"]


def test_stopping_capacity_needs_a_name(stage: Stage) -> None:
    """Nothing named is a mistake, never nothing to do."""
    assert "IRK660" in refused(stage, changing("aws.ec2.stop_capacity", account=PROD))


def test_only_the_port_and_source_that_are_asked_for_are_closed(stage: Stage) -> None:
    """Other rules of the group stay."""
    with by_hand(stage, "ec2") as ec2:
        group = ec2.describe_security_groups(
            Filters=[{"Name": "group-name", "Values": ["database"]}]
        )["SecurityGroups"][0]["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=group, IpProtocol="tcp", FromPort=1, ToPort=65535, CidrIp="192.0.2.0/24"
        )
    given = {"group": group, "account": PROD, "port": 5432}
    anywhere = changing("aws.security_group.close_ingress", **given)
    assert stage.do(lambda hands: plan(hands, anywhere)) == ()
    action = changing("aws.security_group.close_ingress", source="10.0.0.0/8", **given)
    stage.do(lambda hands: everything(hands, action))
    with by_hand(stage, "ec2") as ec2:
        (left,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0][
            "IpPermissions"
        ]
    assert left["IpRanges"] == [{"CidrIp": "192.0.2.0/24"}]


def test_an_acl_that_somebody_opened_is_not_used(stage: Stage) -> None:
    """With a rule in it, irkit's own ACL would cut nothing off."""
    with by_hand(stage, "ec2") as ec2:
        subnet = min(ec2.describe_subnets()["Subnets"], key=lambda item: str(item["SubnetId"]))
        name = f"irkit-quarantine-{subnet['VpcId']}"
        acl = ec2.create_network_acl(
            VpcId=subnet["VpcId"],
            TagSpecifications=[
                {"ResourceType": "network-acl", "Tags": [{"Key": "Name", "Value": name}]}
            ],
        )["NetworkAcl"]["NetworkAclId"]
        ec2.create_network_acl_entry(
            NetworkAclId=acl,
            RuleNumber=1,
            Protocol="-1",
            RuleAction="allow",
            Egress=True,
            CidrBlock="0.0.0.0/0",
        )
    action = changing("aws.subnet.nacl_deny", subnet=subnet["SubnetId"], account=PROD)
    assert "IRK660" in refused(stage, action)


def test_the_acl_of_a_network_stays_while_another_subnet_uses_it(stage: Stage) -> None:
    """Taking one subnet back does not open another one."""
    with by_hand(stage, "ec2") as ec2:
        names = sorted(item["SubnetId"] for item in ec2.describe_subnets()["Subnets"])[:2]
    one, other = (changing("aws.subnet.nacl_deny", subnet=name, account=PROD) for name in names)

    async def work(hands: Hands) -> None:
        first = await everything(hands, one)
        await everything(hands, other)
        with pytest.raises(IrkitError, match="IRK663"):
            await back(hands, one, first)
        assert await plan(hands, other) == ()

    stage.do(work)


def test_the_bucket_of_a_trail_is_not_locked(stage: Stage) -> None:
    """A lockdown would stop the log from being delivered."""
    restore_trail(stage)
    action = changing("aws.s3_bucket.lockdown", bucket="acme-trail", account=PROD)
    message = refused(stage, action)
    assert "IRK660" in message
    assert "trail/acme" in message


def test_a_lockdown_lets_irkit_and_services_in(stage: Stage) -> None:
    """Both of irkit's roles are named, with those that shall keep access."""
    action = lock_down(stage)
    (change,) = stage.do(lambda hands: plan(hands, action))
    policy = cast("Any", thaw(change.after))["policy"]
    partner, deny_ = policy["Statement"]
    assert partner["Sid"] == "Partner"
    kept = deny_["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert {f"arn:aws:iam::{DATA}:role/irkit-{name}" for name in ("read", "write")} <= {*kept}
    assert deny_["Condition"]["BoolIfExists"] == {"aws:PrincipalIsAWSService": "false"}


def test_a_bucket_of_another_account_is_not_touched(stage: Stage) -> None:
    """The account is said with each call, and must be the bucket's."""
    with by_hand(stage, "s3", PROD) as s3:
        s3.create_bucket(Bucket=BUCKET)
    action = changing("aws.s3_bucket.block_public", bucket=BUCKET, account=DATA)
    assert "AccessDenied" in refused(stage, action)


def test_a_denial_of_one_principal_stays_when_another_is_taken_back(stage: Stage) -> None:
    """Each principal has a statement of its own in the secret's policy."""
    one = deny(stage)
    other = changing(
        "aws.secret.deny_access",
        secret=SECRET,
        account=PROD,
        principal=f"arn:aws:iam::{PROD}:role/Support",
    )

    async def work(hands: Hands) -> None:
        first = await everything(hands, one)
        await everything(hands, other)
        await back(hands, one, first)
        assert await plan(hands, one)
        assert await plan(hands, other) == ()

    stage.do(work)
    with by_hand(stage, "secretsmanager") as manager:
        policy = json.loads(manager.get_resource_policy(SecretId=SECRET)["ResourcePolicy"])
    assert len(policy["Statement"]) == 2


def test_a_secret_that_nothing_rotates_is_refused(stage: Stage) -> None:
    """A new value in the secret alone would lock its consumers out."""
    action = changing("aws.secret.rotate", secret=SECRET, account=PROD)
    assert "IRK660" in refused(stage, action)


def test_a_repeated_rotation_is_one_rotation(stage: Stage) -> None:
    """The version's id follows from the version before, so a late arrival changes nothing."""
    action = rotate(stage)

    async def work(hands: Hands) -> None:
        (change,) = await plan(hands, action)
        for _ in range(2):
            await action.apply(change, hands.readers, hands.writers)
        assert action.state(await action.probe(hands.readers), change.target) == change.after

    stage.do(work)


def test_an_account_without_detectors_is_not_guarded(stage: Stage) -> None:
    """No detector at all is not the same as every detector on."""
    assert "IRK660" in refused(stage, changing("aws.guardduty.restore", account=PROD))


def test_an_account_is_set_in_every_region(stage: Stage) -> None:
    """Each region has three switches and a detector of its own."""
    for region in REGIONS:
        with by_hand(stage, "guardduty", DATA, region) as guardduty:
            guardduty.create_detector(Enable=False)
    switches = changing("aws.ec2_account.block_public_snapshots", account=DATA)
    detectors = changing("aws.guardduty.restore", account=DATA)

    async def work(hands: Hands) -> set[str]:
        made = (*await everything(hands, switches), *await everything(hands, detectors))
        assert await plan(hands, switches) == await plan(hands, detectors) == ()
        return {change.id.partition("/")[0] for change in made}

    assert stage.do(work) == {*REGIONS}


def test_data_events_of_a_trail_are_kept(stage: Stage) -> None:
    """Management events come back, and what was recorded besides stays recorded."""
    action = restore_trail(stage)
    stage.do(lambda hands: everything(hands, action))
    with by_hand(stage, "cloudtrail") as cloudtrail:
        (selector,) = cloudtrail.get_event_selectors(TrailName="acme")["EventSelectors"]
    assert selector["ReadWriteType"] == "All"
    assert selector["DataResources"][0]["Values"] == ["arn:aws:s3:::acme-invoices/"]


def test_advanced_selectors_are_completed_and_kept(stage: Stage) -> None:
    """A trail that filters management events records all of them again."""
    action = restore_trail(stage)
    narrow = {
        "Name": "some",
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Management"]},
            {"Field": "readOnly", "Equals": ["true"]},
        ],
    }
    objects = {
        "Name": "objects",
        "FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        ],
    }
    with by_hand(stage, "cloudtrail") as cloudtrail:
        cloudtrail.put_event_selectors(TrailName="acme", AdvancedEventSelectors=[narrow, objects])
    stage.do(lambda hands: everything(hands, action))
    assert stage.do(lambda hands: plan(hands, action)) == ()
    with by_hand(stage, "cloudtrail") as cloudtrail:
        found = cloudtrail.get_event_selectors(TrailName="acme")["AdvancedEventSelectors"]
    assert [item["Name"] for item in found] == ["management events", "objects"]
    assert len(found[0]["FieldSelectors"]) == 1


def test_a_rule_that_a_service_owns_is_left(stage: Stage) -> None:
    """What AWS made for itself is not disabled behind its back."""
    with by_hand(stage, "events") as events:
        events.put_rule(Name="own", ScheduleExpression="rate(1 day)", State="ENABLED")
    cloud = stage.world.aws.cloud
    with cloud.moto:
        from moto.events.models import events_backends  # noqa: PLC0415 - loaded with its service

        rule = events_backends[PROD]["us-east-1"].event_buses["default"].rules["own"]
        rule.managed_by = "config.amazonaws.com"
    action = changing("aws.eventbridge.disable_rule", rule="own", account=PROD)
    assert "IRK660" in refused(stage, action)


def test_a_recent_snapshot_is_enough_and_an_old_one_is_not(stage: Stage) -> None:
    """Evidence of an earlier incident is no evidence of this one."""
    given = {"instance": stage.machine("web-1")}
    action = changing("aws.evidence.snapshot", **given)
    stage.do(lambda hands: everything(hands, action))
    assert stage.do(lambda hands: plan(hands, action)) == ()
    later = changing("aws.evidence.snapshot", since="2099-01-01T00:00:00Z", **given)
    (change,) = stage.do(lambda hands: plan(hands, later))
    assert thaw(change.before) == {"kept": []}


def test_somebody_else_s_snapshot_is_no_evidence(stage: Stage) -> None:
    """Only what irkit took and marked counts: others may be of any moment, or deleted soon."""
    with by_hand(stage, "ec2") as ec2:
        for volume in ec2.describe_volumes()["Volumes"]:
            ec2.create_snapshot(VolumeId=volume["VolumeId"])
    action = changing("aws.evidence.snapshot", instance=stage.machine("web-1"))
    assert stage.do(lambda hands: plan(hands, action))


@pytest.mark.parametrize(
    "given", [{"bucket": BUCKET}, {"bucket": VAULT, "mode": "FOREVER"}], ids=["no lock", "mode"]
)
def test_a_seal_that_could_be_broken_is_none(stage: Stage, given: dict[str, str]) -> None:
    """A bucket without object lock, and a mode there is not, are refused."""
    vault(stage)
    with by_hand(stage, "s3", DATA) as s3:
        s3.create_bucket(Bucket=BUCKET)
    action = changing("aws.evidence.seal", account=DATA, content="x", **given)
    assert "IRK660" in refused(stage, action)


def test_something_else_under_its_key_is_no_seal(stage: Stage) -> None:
    """A locked object is there, and holds other words than those that are sealed."""
    action = seal(stage)
    (change,) = stage.do(lambda hands: plan(hands, action))
    with by_hand(stage, "s3", DATA) as s3:
        s3.put_object(
            Bucket=VAULT,
            Key=change.target.id.partition("/")[2],
            Body=b"nobody came",
            ChecksumAlgorithm="SHA256",
            ObjectLockMode="GOVERNANCE",
            ObjectLockRetainUntilDate="2099-01-01T00:00:00Z",
        )
    assert stage.do(lambda hands: plan(hands, action))
    stage.do(lambda hands: everything(hands, action))
    assert stage.do(lambda hands: plan(hands, action)) == ()


def test_what_is_sealed_cannot_be_deleted(stage: Stage) -> None:
    """The object holds the text, and AWS refuses to delete its version."""
    action = seal(stage)
    (change,) = stage.do(lambda hands: everything(hands, action))
    key = change.target.id.partition("/")[2]
    with by_hand(stage, "s3", DATA) as s3:
        found = s3.get_object(Bucket=VAULT, Key=key)
        assert found["Body"].read() == b"who came when"
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=VAULT, Key=key, VersionId=found["VersionId"])


def test_the_block_of_an_account_is_logged_as_s3_s(stage: Stage) -> None:
    """It is called elsewhere than a bucket's, allowed by another right, logged by another name."""
    action = changing("aws.s3_account.block_public", account=DATA)
    stage.do(lambda hands: everything(hands, action))
    events = stage.world.aws.cloud.events.all(DATA, "us-east-1")
    made = [event for event in events if event.name == "PutAccountPublicAccessBlock"]
    assert [event.source for event in made] == ["s3.amazonaws.com"]


def test_an_arn_without_account_needs_one(stage: Stage) -> None:
    """Snapshots and images have such ARNs."""
    with by_hand(stage, "ec2") as ec2:
        volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
        name = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    arn = f"arn:aws:ec2:us-east-1::snapshot/{name}"
    assert "IRK193" in refused(stage, changing("aws.snapshot.unshare", snapshot=arn))
    action = changing("aws.snapshot.unshare", snapshot=arn, account=PROD)
    assert stage.do(lambda hands: plan(hands, action)) == ()
