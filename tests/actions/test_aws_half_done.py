"""What AWS shows as done while it is not: the looks tell it from what is done."""

from collections.abc import Iterator

import pytest
from by_hand import by_hand
from hands_on import made
from stage import PROD, Hands, Stage, changing, staged

from irkit.actions.base import Action
from irkit.canonical import Json, thaw
from irkit.model.change import Change


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
