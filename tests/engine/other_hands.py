"""What another hand makes of a target between approval and write, by action.

Where a target has more than two states, the other hand leaves it in one that is neither as it was
planned from nor as it was planned to be: `THIRD` says which, given what was planned. Everywhere
else it does what irkit was about to do.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from irkit.canonical import JsonObject

Third: TypeAlias = Callable[[JsonObject], JsonObject]

_OTHER_DENY: Final[JsonObject] = {
    "Effect": "Deny",
    "Action": ["s3:DeleteBucket"],
    "Resource": ["*"],
}


def _document(after: JsonObject) -> JsonObject:
    """Another policy under the same name."""
    return {name: {"Version": "2012-10-17", "Statement": [_OTHER_DENY]} for name in after}


def _statement(after: JsonObject) -> JsonObject:
    """The same statement for one action only."""
    ((name, planned),) = after.items()
    assert isinstance(planned, Mapping)
    return {name: {**planned, "Action": "s3:DeleteBucket"}}


def _some(*keys: str) -> Third:
    """What was planned, all but one setting of it."""

    def third(after: JsonObject) -> JsonObject:
        ((name, planned),) = after.items()
        assert isinstance(planned, Mapping)
        return {name: {**planned, **dict.fromkeys(keys, False)}}

    return third


def _plainly(**state: object) -> Third:
    """That state, whatever was planned."""
    return lambda _: state  # type: ignore[return-value]


THIRD: Final[Mapping[str, Third]] = {
    "aws.asg.standby": _plainly(min=5),
    "aws.ec2_account.block_public_snapshots": lambda after: dict.fromkeys(after, "unblocked"),
    "aws.ec2_instance.imdsv2": _plainly(metadata={"tokens": "optional", "hops": 2}),
    "aws.ecs_service.scale_zero": _plainly(desired=1),
    "aws.iam_role.deny_session": _document,
    "aws.iam_role.quarantine": _document,
    "aws.iam_role.revoke_sessions": _document,
    "aws.iam_user.quarantine": _document,
    "aws.iam_user.revoke_sessions": _document,
    "aws.lambda_function.freeze": _plainly(concurrency=1),
    "aws.org.protect_quarantine": _statement,
    "aws.org.quarantine_account": _statement,
    "aws.org.scp_deny_principal": _statement,
    "aws.s3_account.block_public": _some("BlockPublicAcls"),
    "aws.s3_bucket.block_public": _some("BlockPublicAcls"),
    "aws.s3_bucket.lockdown": _document,
    "aws.security_group.close_ingress": _plainly(ingress=()),
    "okta.policy_rule.restore": lambda after: {"content": {**_inner(after), "priority": 2}},
    "okta.threatinsight.enforce": _plainly(threatinsight={"action": "audit", "exempt_zones": []}),
}


def _inner(after: JsonObject) -> JsonObject:
    (inner,) = after.values()
    assert isinstance(inner, Mapping)
    return inner


def said(action: str) -> str:
    """Return how irkit answers to what the other hand did: the word of the table."""
    return "refused" if action in THIRD else "found done"
