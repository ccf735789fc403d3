"""Rights of IAM as policies state them: an action, what it is limited to, and on which condition.

The conditions are those of the service authorization reference that keep a right to the one thing
that irkit uses it for, whatever the plan. They differ between the handles where the use does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from irkit.canonical import JsonObject

Condition: TypeAlias = tuple[str, str, tuple[str, ...]]
"""Operator, key and values."""

_TASKS: Final = "arn:aws:iam::aws:policy/root-task/"
ROOT_TASKS: Final[Mapping[bool, str]] = MappingProxyType(
    {False: "IAMAuditRootUserCredentials", True: "IAMDeleteRootUserCredentials"}
)
"""What a session as root can do, by whether it is for a write: look, or remove credentials."""

_SCP: Final = ("StringEquals", "organizations:PolicyType", ("SERVICE_CONTROL_POLICY",))
_CONDITIONS: Final[Mapping[str, Condition]] = MappingProxyType(
    {
        "iam:PassRole": (
            "StringEquals",
            "iam:PassedToService",
            ("ec2.amazonaws.com", "s3.amazonaws.com"),
        ),
        "organizations:AttachPolicy": _SCP,
        "organizations:CreatePolicy": _SCP,
        "organizations:DeletePolicy": _SCP,
        "organizations:DetachPolicy": _SCP,
        "organizations:UpdatePolicy": _SCP,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """One IAM action on these ARNs; without any, on everything."""

    action: str
    on: tuple[str, ...] = ()


def everywhere(actions: Iterable[str]) -> tuple[Right, ...]:
    """Return the rights to these actions on everything."""
    return tuple(Right(action=action) for action in actions)


def condition_of(action: str, *, write: bool) -> "Condition | None":
    """Return the condition on which an action is allowed to the handle; None without one."""
    if action == "sts:AssumeRoot":
        return ("StringEquals", "sts:TaskPolicyArn", (f"{_TASKS}{ROOT_TASKS[write]}",))
    return _CONDITIONS.get(action)


def condition_json(condition: Condition) -> JsonObject:
    """Return a condition as a statement has it."""
    operator, key, values = condition
    return {operator: {key: values[0] if len(values) == 1 else list(values)}}
