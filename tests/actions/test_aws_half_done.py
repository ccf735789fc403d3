"""What AWS shows as done while it is not: the looks tell it from what is done."""

from collections.abc import Iterator

import pytest
from action_cases.aws_capacity import stop_requests
from action_cases.aws_log_plane import protect_key, restore_trail
from action_cases.aws_workload import scale_zero
from by_hand import by_hand
from hands_on import made, planned, refused
from moto.ec2.models.instances import Instance
from moto.ecs.models import ecs_backends
from moto.kms.models import kms_backends
from stage import DATA, PROD, SANDBOX, Hands, Stage, changing, staged

from irkit.actions.base import Action
from irkit.canonical import Json, thaw
from irkit.model.change import Change
from irkit.world.aws.moto_ec2 import ec2_backends


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


def now(stage: Stage, action: Action, change: Change) -> Json:
    """Return what a look finds where a change was made."""

    async def work(hands: Hands) -> Json:
        return thaw(action.state(await action.probe(hands.readers), change.target))

    return stage.do(work)


def goes_on(stage: Stage, action: Action, change: Change) -> bool:
    """Say whether a change that was interrupted goes on from where things are."""

    async def work(hands: Hands) -> bool:
        return action.resumable(change, await action.probe(hands.readers))

    return stage.do(work)


def machine(stage: Stage, name: str) -> Instance:
    """Return the simulated machine of that name, to put it into a state that passes."""
    wanted = stage.machine(name).rpartition("/")[2]
    with stage.world.aws.cloud.moto:
        found = ec2_backends[PROD]["us-east-1"].all_instances()
        return next(item for item in found if item.id == wanted)


def test_an_isolation_is_lost_when_its_group_is_opened(stage: Stage) -> None:
    """The interfaces are still in irkit's group, and reached all the same."""
    action = changing("aws.ec2_instance.isolate", instance=stage.machine("web-1"))
    move = made(stage, action)[-1][0]
    assert now(stage, action, move) == thaw(move.after)
    with by_hand(stage, "ec2") as ec2:
        groups = ec2.describe_security_groups()["SecurityGroups"]
        ours = next(g for g in groups if g["GroupName"].startswith("irkit-quarantine-"))
        everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        ec2.authorize_security_group_egress(GroupId=ours["GroupId"], IpPermissions=[everything])
    assert now(stage, action, move) == {"groups": [ours["GroupId"]]}


def test_a_subnet_is_not_cut_off_when_its_acl_is_opened(stage: Stage) -> None:
    """The subnet is still behind irkit's ACL, which lets everything through."""
    with by_hand(stage, "ec2") as ec2:
        subnet = min(item["SubnetId"] for item in ec2.describe_subnets()["Subnets"])
    action = changing("aws.subnet.nacl_deny", subnet=subnet, account=PROD)
    cut = made(stage, action)[-1][0]
    assert now(stage, action, cut) == thaw(cut.after)
    with by_hand(stage, "ec2") as ec2:
        asked = [{"Name": "association.subnet-id", "Values": [subnet]}]
        (acl,) = ec2.describe_network_acls(Filters=asked)["NetworkAcls"]
        ec2.create_network_acl_entry(
            NetworkAclId=acl["NetworkAclId"],
            RuleNumber=1,
            Protocol="-1",
            RuleAction="allow",
            Egress=True,
            CidrBlock="0.0.0.0/0",
        )
    assert now(stage, action, cut) == {"acl": acl["NetworkAclId"]}


def test_a_service_whose_tasks_go_on_is_not_at_zero(stage: Stage) -> None:
    """A task that somebody protected outlives the number: the miner still mines."""
    action = scale_zero(stage)
    ((scale, _),) = made(stage, action)
    assert now(stage, action, scale) == {"desired": 0}
    with stage.world.aws.cloud.moto:
        (service,) = ecs_backends[SANDBOX]["us-east-1"].services.values()
        service.running_count = 1
    assert now(stage, action, scale) == {"desired": 0, "runs": True}
    (again,) = planned(stage, action)
    assert thaw(again.after) == {"desired": 0}
    assert goes_on(stage, action, scale)


def test_a_machine_that_does_not_go_by_its_new_options_yet_is_open(stage: Stage) -> None:
    """EC2 shows new metadata options at once, as pending: forged requests still get in."""
    action = changing("aws.ec2_instance.imdsv2", instance=stage.machine("web-2"))
    ((change, _),) = made(stage, action)
    assert now(stage, action, change) == thaw(change.after)
    machine(stage, "web-2").metadata_options.state = "pending"
    assert now(stage, action, change) != thaw(change.after)
    assert goes_on(stage, action, change)
    assert "being changed" in refused(stage, action)


def test_a_machine_that_is_stopping_still_runs(stage: Stage) -> None:
    """It is looked at until it has stopped, and an interruption meanwhile leaves no doubt."""
    action = changing("aws.ec2_instance.stop", instance=stage.machine("web-1"))
    (stop,) = planned(stage, action)
    machine(stage, "web-1")._state.name = "stopping"
    assert now(stage, action, stop) == {"power": "stopping"}
    assert goes_on(stage, action, stop)
    (again,) = planned(stage, action)
    assert thaw(again.after) == {"power": "stopped"}
    made(stage, action)
    assert now(stage, action, again) == thaw(again.after)


def test_a_key_that_waits_for_its_replicas_is_about_to_be_deleted(stage: Stage) -> None:
    """A primary key's deletion begins with the last replica's: it is not safe before that."""
    action = protect_key(stage)
    (cancel, *_) = planned(stage, action)
    with stage.world.aws.cloud.moto:
        (key,) = (k for k in kms_backends[DATA]["us-east-1"].keys.values() if not k.enabled)
        key.key_state = "PendingReplicaDeletion"
    assert now(stage, action, cancel) == {"deletion": True}
    made(stage, action)
    assert planned(stage, action) == ()


def test_a_spot_request_whose_machine_is_stopped_starts_it_again(stage: Stage) -> None:
    """EC2 calls such a request disabled, and it is not over."""
    action = stop_requests(stage)
    with stage.world.aws.cloud.moto:
        (request,) = ec2_backends[SANDBOX]["us-east-1"].spot_instance_requests.values()
        request.state = "disabled"
    changes = [change for change in planned(stage, action) if change.id == request.id]
    assert [thaw(change.before) for change in changes] == [{"open": True}]


def test_a_fleet_that_starts_nothing_more_is_not_deleted(stage: Stage) -> None:
    """AWS deletes an instant fleet with its machines and their evidence; the rest is stopped."""
    action = stop_requests(stage)
    with stage.world.aws.cloud.moto:
        (fleet,) = ec2_backends[SANDBOX]["us-east-1"].fleets.values()
        fleet.fleet_type = "instant"
    (request,) = planned(stage, action)
    assert request.target.kind == "aws.spot_request"


def test_a_trail_whose_log_does_not_arrive_is_not_restored(stage: Stage) -> None:
    """It says that it logs, and the intruder deleted the bucket: there is no log."""
    action = restore_trail(stage)
    made(stage, action)
    assert planned(stage, action) == ()
    with by_hand(stage, "s3") as s3:
        s3.delete_bucket(Bucket="acme-trail")
    assert "does not arrive: NoSuchBucket" in refused(stage, action)
    with by_hand(stage, "cloudtrail") as cloudtrail:
        cloudtrail.stop_logging(Name="acme")
    assert [change.id for change in planned(stage, action)] == ["logging"]


def test_a_shell_in_a_region_that_nobody_named_is_found(stage: Stage) -> None:
    """To look in one region and find nothing would seem done."""
    with by_hand(stage, "ssm", region="eu-west-1") as ssm:
        ssm.start_session(Target="i-0123456789abcdef0")
    action = changing("aws.ssm.cut_sessions", account=PROD)
    ((change, _),) = made(stage, action)
    assert now(stage, action, change) == {"open": False}
    assert planned(stage, action) == ()


@pytest.mark.parametrize(
    ("owner", "found"),
    [
        ("administrator", 1),
        ("user/administrator", 1),
        (f"arn:aws:iam::{PROD}:user/administrator", 1),
        ("strator", 0),
    ],
)
def test_a_shell_of_whose_name_only_ends_alike_is_left(
    stage: Stage, owner: str, found: int
) -> None:
    """A colleague whose name ends in the intruder's keeps the shell."""
    with by_hand(stage, "ssm") as ssm:
        ssm.start_session(Target="i-0123456789abcdef0")
    action = changing("aws.ssm.cut_sessions", account=PROD, region="us-east-1", owner=owner)
    assert len(planned(stage, action)) == found
