"""Changing actions on the network in AWS, each where it has something to do."""

from by_hand import by_hand
from stage import PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def close_ingress(stage: Stage) -> Action:
    """A group that lets everybody in on two ports, and a network on one of them."""
    with by_hand(stage, "ec2") as ec2:
        group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])
        name = group["SecurityGroups"][0]["GroupId"]
        ec2.authorize_security_group_ingress(
            GroupId=name,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 22,
                    "ToPort": 22,
                    "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                    "Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "for a moment"}],
                    "UserIdGroupPairs": [{"GroupId": name}],
                }
            ],
        )
    return changing("aws.security_group.close_ingress", group=name, account=PROD)


def deny_subnet(stage: Stage) -> Action:
    """A subnet with machines in it."""
    with by_hand(stage, "ec2") as ec2:
        subnet = min(item["SubnetId"] for item in ec2.describe_subnets()["Subnets"])
    return changing("aws.subnet.nacl_deny", subnet=subnet, account=PROD)


CASES = (
    Case(
        "aws.security_group.close_ingress",
        close_ingress,
        first_write="ec2:RevokeSecurityGroupIngress",
    ),
    Case("aws.subnet.nacl_deny", deny_subnet, first_write="ec2:CreateNetworkAcl"),
)
