"""What an AWS action must give back to the letter, and what it must not leave open or set off."""

import json
from collections.abc import Iterator
from typing import Any, cast

import pytest
from action_cases.aws_bucket import lock_down
from action_cases.aws_network import close_ingress
from action_cases.aws_secret import SECRET
from action_cases.aws_shared import close_database
from by_hand import by_hand
from hands_on import made, planned, refused, undone
from stage import DATA, PROD, Stage, changing, staged

from irkit.actions.aws.security_group.close_ingress import CloseIngress
from irkit.actions.base import Action
from irkit.actions.shape import at, entries, entry, text
from irkit.canonical import Json
from irkit.model.access import parse_policy
from irkit.model.access.operators import is_met
from irkit.model.change import Change


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A world without an intruder."""
    with staged() as stage:
        yield stage


def rules(stage: Stage) -> list[Any]:
    """Return what the group `web` lets in, without the ids, which are others each time."""
    with by_hand(stage, "ec2") as ec2:
        group = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["web"]}])
        name = group["SecurityGroups"][0]["GroupId"]
        found = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [name]}])
    kept = [
        {key: value for key, value in rule.items() if not key.startswith("SecurityGroupRule")}
        for rule in found["SecurityGroupRules"]
        if not rule["IsEgress"]
    ]
    return sorted(kept, key=str)


def ingress(stage: Stage) -> CloseIngress:
    """Return the action, where there is something to close."""
    action = close_ingress(stage)
    assert isinstance(action, CloseIngress)
    return action


def tagged(stage: Stage, group: str, port: int, tag: str) -> None:
    """Let everybody in on a port, by a rule with a tag."""
    with by_hand(stage, "ec2") as ec2:
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": port,
                    "ToPort": port,
                    "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
                }
            ],
            TagSpecifications=[
                {"ResourceType": "security-group-rule", "Tags": [{"Key": "for", "Value": tag}]}
            ],
        )


def test_a_rule_comes_back_with_its_tags(stage: Stage) -> None:
    """Who finds rules by their tags finds them again after the undo."""
    action = ingress(stage)
    for port, tag in ((8080, "shop"), (8081, "shop"), (8082, "vendor")):
        tagged(stage, action.group, port, tag)
    before = rules(stage)
    done = made(stage, action)
    assert len(rules(stage)) < len(before)
    undone(stage, action, done)
    assert rules(stage) == before


def test_an_undo_that_was_interrupted_puts_back_what_is_missing(stage: Stage) -> None:
    """A rule that is there again is not asked for twice, which AWS refuses."""
    action = ingress(stage)
    tagged(stage, action.group, 8080, "shop")
    before = rules(stage)
    done = made(stage, action)
    tagged(stage, action.group, 8080, "shop")
    undone(stage, action, done)
    assert rules(stage) == before


def lets_in(stage: Stage, *networks: str) -> str:
    """Make a group that lets networks in on a port, and return its id."""
    with by_hand(stage, "ec2") as ec2:
        group = str(ec2.create_security_group(GroupName="door", Description="x")["GroupId"])
        for network in networks:
            six = ":" in network
            ranges = {"Ipv6Ranges": [{"CidrIpv6": network}]} if six else {}
            ranges = ranges or {"IpRanges": [{"CidrIp": network}]}
            rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, **ranges}
            ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    return group


def left_in(change: Change) -> list[Json]:
    """Return the networks that a group still lets in after a change."""
    return [at(rule, "source") for rule in entries(change.after, "ingress")]


def test_two_halves_of_all_addresses_are_anywhere(stage: Stage) -> None:
    """An intruder's two rules for half the internet each are as open as one for all of it."""
    halves = ("0.0.0.0/1", "128.0.0.0/1", "2000::/3")
    group = lets_in(stage, *halves, "10.0.0.0/8", "2001:db8::/32")
    (change,) = planned(stage, closing(group, "anywhere"))
    assert {*left_in(change)} == {"10.0.0.0/8", "2001:db8::/32"}


def test_a_network_is_closed_with_all_of_its_parts_however_it_is_spelled(stage: Stage) -> None:
    """A rule for one address of the network lets the network's intruder in."""
    group = lets_in(stage, "203.0.113.0/24", "203.0.113.7/32", "203.0.114.0/24", "2001:db8::/32")
    (change,) = planned(stage, closing(group, "203.0.113.9/24"))
    assert {*left_in(change)} == {"203.0.114.0/24", "2001:db8::/32"}
    (change,) = planned(stage, closing(group, "2001:0DB8::/32"))
    assert "2001:db8::/32" not in left_in(change)


def test_a_network_that_a_wider_rule_lets_in_is_not_closed(stage: Stage) -> None:
    """Taking out its own rule, or finding none, would seem done and help nothing."""
    group = lets_in(stage, "0.0.0.0/0", "203.0.113.0/24")
    assert "by a rule for 0.0.0.0/0" in refused(stage, closing(group, "203.0.113.0/24"))
    assert "by a rule for 0.0.0.0/0" in refused(stage, closing(group, "198.51.100.0/24"))
    assert planned(stage, closing(group, "198.51.100.0/24", port=23)) == ()


def test_what_is_no_network_is_not_found_closed(stage: Stage) -> None:
    """A slip in the address is an error, never nothing to do."""
    group = lets_in(stage, "203.0.113.0/24")
    assert "no network" in refused(stage, closing(group, "203.0.113.0/33"))


def closing(group: str, source: str, port: int = 22) -> Action:
    """Return the action that closes one port to a source."""
    return changing(
        "aws.security_group.close_ingress", group=group, account=PROD, source=source, port=port
    )


def test_a_locked_bucket_is_denied_to_whoever_asks_without_credentials(stage: Stage) -> None:
    """A request that nobody signed has no key of a principal, and meets the deny all the same."""
    (change,) = planned(stage, lock_down(stage))
    policy = parse_policy(cast("dict[str, Json]", at(change.after, "policy")))
    (deny,) = [one for one in policy.statements if one.sid == "IRKitLockdown"]
    assert all(is_met(condition, {}) for condition in deny.conditions)
    service = {"aws:principalisawsservice": ("true",)}
    assert not all(is_met(condition, service) for condition in deny.conditions)


def asked_of(stage: Stage, operation: str) -> list[dict[str, Json]]:
    """Return what irkit gave with each call of an operation, as CloudTrail has it."""
    found = stage.read("aws.cloudtrail.lookup", event_name=operation, account=DATA).raw
    return [
        dict(entry(event, "requestParameters"))
        for event in entries({"events": found}, "events")
        if "irkit-write" in text(event, "userIdentity", "arn")
    ]


def test_closing_a_database_is_one_call_that_sets_off_nothing_else(stage: Stage) -> None:
    """AWS takes no second call during the first; `ApplyImmediately` would make what waits too."""
    action = close_database(stage)
    done = made(stage, action)
    undone(stage, action, done)
    names = {"dBInstanceIdentifier": "orders"}
    assert asked_of(stage, "ModifyDBInstance") == [
        {**names, "publiclyAccessible": False, "deletionProtection": True},
        {**names, "publiclyAccessible": True, "deletionProtection": False},
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"arn:aws:iam::{PROD}:role/team/Developer", f"there are: arn:aws:iam::{PROD}:role/Dev"),
        (f"arn:aws:iam::{PROD}:user/nobody", "there is no role or user"),
        (f"arn:aws:sts::{PROD}:assumed-role/Developer/kai", "IRK193"),
        (f"arn:aws:iam::{PROD}:root", "IRK193"),
    ],
)
def test_a_name_that_no_request_bears_is_not_denied(stage: Stage, name: str, said: str) -> None:
    """A deny for it would be there, and keep nobody out."""
    action = changing("aws.secret.deny_access", secret=SECRET, account=PROD, principal=name)
    assert said in refused(stage, action)


def test_a_denial_is_taken_back_when_the_role_is_gone(stage: Stage) -> None:
    """What an incident deletes does not stand in the way of what is taken back."""
    action = changing(
        "aws.secret.deny_access",
        secret=SECRET,
        account=PROD,
        principal=f"arn:aws:iam::{PROD}:role/short-lived",
    )
    trust = {"Effect": "Allow", "Principal": {"AWS": PROD}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    with by_hand(stage, "iam") as iam:
        iam.create_role(RoleName="short-lived", AssumeRolePolicyDocument=document)
    done = made(stage, action)
    with by_hand(stage, "iam") as iam:
        iam.delete_role(RoleName="short-lived")
    undone(stage, action, done)
    with by_hand(stage, "secretsmanager") as manager:
        assert "ResourcePolicy" not in manager.get_resource_policy(SecretId=SECRET)
