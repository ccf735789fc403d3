"""Faults: what the client sees, and whether the call took effect."""

from typing import Any

import pytest
from aws_harness import Aws, code_of, document
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ReadTimeoutError,
)
from botocore.parsers import ResponseParserError

from irkit.world.faults import Fault, FaultKind

POLICY = document({"Effect": "Deny"})


def put(iam: Any) -> None:
    """Make the write that faults are aimed at."""
    iam.put_role_policy(RoleName="Support", PolicyName="cut", PolicyDocument=POLICY)


def fault(kind: FaultKind, **more: Any) -> Fault:
    """Return a fault for the next write."""
    return Fault(kind=kind, provider="aws", operation="iam:PutRolePolicy", **more)


def outcome(aws: Aws, iam: Any) -> tuple[str, bool]:
    """Make the write; say what the client saw, and whether the policy is there."""
    try:
        put(iam)
        seen = "ok"
    except ClientError as error:
        seen = str(error.response["Error"]["Code"])
    except (BotoCoreError, ResponseParserError) as error:
        seen = type(error).__name__
    fresh = aws.client("iam", aws.admin())
    return seen, "cut" in fresh.list_role_policies(RoleName="Support")["PolicyNames"]


@pytest.mark.parametrize(
    ("wanted", "seen", "applied"),
    [
        (fault(FaultKind.THROTTLED), "Throttling", False),
        (fault(FaultKind.THROTTLED_BARE), "Throttling", False),
        (fault(FaultKind.SERVER_ERROR_JSON), "InternalFailure", False),
        (fault(FaultKind.SERVER_ERROR_JSON, applied=True), "InternalFailure", True),
        (fault(FaultKind.SERVER_ERROR_EMPTY), "503", False),
        (fault(FaultKind.SERVER_ERROR_EMPTY, applied=True), "503", True),
        (fault(FaultKind.SERVER_ERROR_HTML), "502", False),
        (fault(FaultKind.FORBIDDEN_EMPTY), "ResponseParserError", False),
        (fault(FaultKind.UNAUTHORIZED_EMPTY), "ResponseParserError", False),
        # boto3 takes a login page for success where an operation has no result of its own.
        (fault(FaultKind.OK_HTML), "ok", False),
        (fault(FaultKind.RESET_BEFORE), "ConnectionClosedError", False),
        (fault(FaultKind.RESET_AFTER), "ConnectionClosedError", True),
        (fault(FaultKind.HANG, seconds=0.1), "ConnectionClosedError", False),
        (fault(FaultKind.HANG, seconds=0.1, applied=True), "ConnectionClosedError", True),
        (fault(FaultKind.SLOW_DRIP, seconds=0.2), "ok", True),
    ],
    ids=lambda value: str(value.kind) if isinstance(value, Fault) else "",
)
def test_fault_shows_and_applies_as_declared(
    aws: Aws, wanted: Fault, seen: str, applied: bool
) -> None:
    """The client sees the fault; the state tells whether the call took effect."""
    iam = aws.client("iam", aws.admin())
    aws.simulator.faults.add(wanted)
    found, present = outcome(aws, iam)
    assert found == seen or (seen == "ConnectionClosedError" and "Connect" in found)
    assert present is applied
    logged = [c for c in aws.simulator.calls.all() if c.operation == "iam:PutRolePolicy"]
    assert [call.fault for call in logged] == [str(wanted.kind)]


def test_truncated_answer_is_no_success(aws: Aws) -> None:
    """A body that ends half-way is an error to the client, though the call took effect."""
    iam = aws.client("iam", aws.admin())
    aws.simulator.faults.add(
        Fault(kind=FaultKind.TRUNCATED, provider="aws", operation="iam:CreateAccessKey")
    )
    with pytest.raises((BotoCoreError, ResponseParserError)):
        iam.create_access_key(UserName="ci-deploy")
    assert len(iam.list_access_keys(UserName="ci-deploy")["AccessKeyMetadata"]) == 2


def test_nth_call_is_hit_and_no_other(aws: Aws) -> None:
    """A fault for the second call leaves the first and third alone."""
    iam = aws.client("iam", aws.admin())
    aws.simulator.faults.add(
        Fault(kind=FaultKind.THROTTLED, provider="aws", operation="iam:List*", nth=2)
    )
    codes = [code_of(iam.list_users), code_of(iam.list_roles), code_of(iam.list_users)]
    assert codes == ["ok", "Throttling", "ok"]


def test_throttling_has_each_services_own_code(aws: Aws) -> None:
    """EC2 and JSON services name it differently."""
    admin = aws.admin()
    aws.simulator.faults.add(
        Fault(kind=FaultKind.THROTTLED, provider="aws", operation="ec2:*"),
        Fault(kind=FaultKind.THROTTLED, provider="aws", operation="secretsmanager:*"),
    )
    assert code_of(aws.client("ec2", admin).describe_instances) == "RequestLimitExceeded"
    assert code_of(aws.client("secretsmanager", admin).list_secrets) == "ThrottlingException"


def test_stale_read_shows_the_state_before_a_write(aws: Aws) -> None:
    """A read can lag behind a write that has succeeded."""
    iam = aws.client("iam", aws.admin())
    iam.list_role_policies(RoleName="Support")
    aws.clock.advance(1)
    put(iam)
    aws.simulator.faults.add(
        Fault(
            kind=FaultKind.STALE_READ, provider="aws", operation="iam:ListRolePolicies", seconds=1
        )
    )
    assert iam.list_role_policies(RoleName="Support")["PolicyNames"] == ["support"]
    assert "cut" in iam.list_role_policies(RoleName="Support")["PolicyNames"]


def test_unknown_values_reach_the_client(aws: Aws) -> None:
    """A status nobody has heard of arrives as such."""
    iam = aws.client("iam", aws.admin())
    aws.simulator.faults.add(
        Fault(kind=FaultKind.UNKNOWN_ENUM, provider="aws", operation="iam:ListAccessKeys")
    )
    keys = iam.list_access_keys(UserName="ci-deploy")["AccessKeyMetadata"]
    assert [key["Status"] for key in keys] == ["SomethingNew"]


def test_credentials_can_expire_in_mid_run(aws: Aws) -> None:
    """From the marked call on, the caller's credentials are dead; other callers' are not."""
    iam, other = aws.client("iam", aws.admin()), aws.client("iam", aws.admin())
    aws.simulator.faults.add(
        Fault(kind=FaultKind.CREDENTIALS_EXPIRE, provider="aws", operation="iam:ListUsers")
    )
    assert code_of(iam.list_roles) == "ok"
    assert code_of(iam.list_users) == "ExpiredToken"
    assert code_of(iam.list_roles) == "ExpiredToken"
    assert code_of(other.list_roles) == "ok"


def test_unreachable_provider(aws: Aws) -> None:
    """A dead wire refuses connections, and comes back."""
    iam = aws.client("iam", aws.admin())
    aws.simulator.proxy.set_dead(True)
    with pytest.raises(BotoCoreError):
        iam.list_users()
    aws.simulator.proxy.set_dead(False)
    assert code_of(iam.list_users) == "ok"


def test_silent_provider_times_out(aws: Aws) -> None:
    """A provider that never answers is left to the client's time-out."""
    iam = aws.client("iam", aws.admin())
    aws.simulator.faults.add(Fault(kind=FaultKind.HANG, provider="aws", operation="iam:ListUsers"))
    with pytest.raises((ReadTimeoutError, ConnectionClosedError)):
        iam.list_users()


def test_call_log_tells_writes_from_reads(aws: Aws) -> None:
    """Every call is logged with its principal and target, and writes are known as such."""
    admin = aws.admin()
    iam, ec2 = aws.client("iam", admin), aws.client("ec2", admin)
    start = len(aws.simulator.calls.all())
    iam.list_users()
    put(iam)
    code_of(lambda: iam.create_user(UserName="x"))
    code_of(lambda: ec2.stop_instances(InstanceIds=["i-1"], DryRun=True))
    calls = aws.simulator.calls.since(start)
    assert [(call.operation, call.write) for call in calls] == [
        ("iam:ListUsers", False),
        ("iam:PutRolePolicy", True),
        ("iam:CreateUser", True),
        ("ec2:StopInstances", False),
    ]
    assert [call.status for call in calls[:3]] == [200, 200, 403]
    assert {call.principal for call in calls} == {
        "arn:aws:sts::111122223333:assumed-role/irkit-write/irkit"
    }
    assert calls[1].target == "111122223333/us-east-1/arn:aws:iam::111122223333:role/Support"
    assert len({call.request_id for call in calls}) == 4
