"""The restorable dump: stable, different after each change, and the same after its undo."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from aws_harness import PROD, Aws, document

from irkit.canonical import canonical

DENY_ALL = document({"Effect": "Deny"})
ROLE = {"RoleName": "Support", "PolicyName": "cut"}
USER = {"UserName": "ci-deploy", "PolicyName": "cut"}


def dump(aws: Aws) -> bytes:
    """Return the dump as bytes."""
    return canonical(aws.simulator.restorable())


def test_reading_and_signing_in_change_nothing(aws: Aws) -> None:
    """Reads, sessions and logs are not part of what undo restores."""
    before = dump(aws)
    session = aws.assume(aws.breakglass, aws.role("irkit-read"))
    aws.client("iam", session).list_users()
    aws.client("ec2", session).describe_instances()
    aws.client("ec2", session, "eu-west-1").describe_instances()
    aws.client("cloudtrail", session).lookup_events()
    assert dump(aws) == before


def test_same_policy_in_another_spelling_is_the_same_state(aws: Aws) -> None:
    """Policies are compared by meaning."""
    iam = aws.client("iam", aws.admin())
    iam.put_role_policy(**ROLE, PolicyDocument=DENY_ALL)
    before = dump(aws)
    iam.put_role_policy(**ROLE, PolicyDocument=json.dumps(json.loads(DENY_ALL), indent=4))
    assert dump(aws) == before


def first_interface(ec2: Any) -> dict[str, Any]:
    """Return one network interface."""
    return dict(ec2.describe_network_interfaces()["NetworkInterfaces"][0])


CHANGES: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "role policy": (
        lambda c: c("iam").put_role_policy(**ROLE, PolicyDocument=DENY_ALL),
        lambda c: c("iam").delete_role_policy(**ROLE),
    ),
    "user policy": (
        lambda c: c("iam").put_user_policy(**USER, PolicyDocument=DENY_ALL),
        lambda c: c("iam").delete_user_policy(**USER),
    ),
    "scp": (
        lambda c: c("organizations").create_policy(
            Name="q", Description="q", Type="SERVICE_CONTROL_POLICY", Content=DENY_ALL
        ),
        lambda c: c("organizations").delete_policy(
            PolicyId=next(
                item["Id"]
                for item in c("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")[
                    "Policies"
                ]
                if item["Name"] == "q"
            )
        ),
    ),
    "function": (
        lambda c: c("lambda").put_function_concurrency(
            FunctionName="orders-api", ReservedConcurrentExecutions=0
        ),
        lambda c: c("lambda").delete_function_concurrency(FunctionName="orders-api"),
    ),
    "instance": (
        lambda c: c("ec2").stop_instances(InstanceIds=[machine(c)]),
        lambda c: c("ec2").start_instances(InstanceIds=[machine(c)]),
    ),
}


def machine(client: Any) -> str:
    """Return the id of an instance."""
    return str(client("ec2").describe_instances()["Reservations"][0]["Instances"][0]["InstanceId"])


@pytest.mark.parametrize("change", CHANGES)
def test_dump_shows_a_change_and_its_undo(aws: Aws, change: str) -> None:
    """A change shows in the dump, and its undo brings back the very same bytes."""
    key = aws.make_user("boss")
    do, undo = CHANGES[change]
    before = dump(aws)
    do(lambda service: aws.client(service, key))
    assert dump(aws) != before
    undo(lambda service: aws.client(service, key))
    assert dump(aws) == before


def test_key_status_is_part_of_the_state(aws: Aws) -> None:
    """Deactivating a key and activating it again is a change and its undo."""
    iam = aws.client("iam", aws.admin())
    before = dump(aws)
    iam.update_access_key(UserName="ci-deploy", AccessKeyId=aws.ci.id, Status="Inactive")
    assert dump(aws) != before
    iam.update_access_key(UserName="ci-deploy", AccessKeyId=aws.ci.id, Status="Active")
    assert dump(aws) == before


def test_interface_groups_are_part_of_the_state(aws: Aws) -> None:
    """Moving an interface to another group and back is a change and its undo."""
    ec2 = aws.client("ec2", aws.admin())
    interface = first_interface(ec2)
    identifier = interface["NetworkInterfaceId"]
    saved = [group["GroupId"] for group in interface["Groups"]]
    before = dump(aws)
    group = ec2.create_security_group(GroupName="q", Description="q", VpcId=interface["VpcId"])
    ec2.modify_network_interface_attribute(NetworkInterfaceId=identifier, Groups=[group["GroupId"]])
    assert dump(aws) != before
    ec2.modify_network_interface_attribute(NetworkInterfaceId=identifier, Groups=saved)
    ec2.delete_security_group(GroupId=group["GroupId"])
    assert dump(aws) == before


def test_secret_values_are_not_in_the_dump(aws: Aws) -> None:
    """Which version is current shows; what it holds does not."""
    manager = aws.client("secretsmanager", aws.admin())
    before = dump(aws)
    manager.put_secret_value(SecretId="orders/database", SecretString="not-in-the-dump")
    after = dump(aws)
    assert after != before
    assert b"not-in-the-dump" not in after
    assert b"correct-horse" not in after
    assert aws.ci.secret.encode() not in after


def test_dump_names_every_account(aws: Aws) -> None:
    """All accounts are in it, with users and keys."""
    content: Any = aws.simulator.restorable()
    assert set(content["accounts"]) == {PROD, "444455556666", "777788889999"}
    assert content["accounts"][PROD]["iam"]["users"]["ci-deploy"]["keys"] == {aws.ci.id: "Active"}
