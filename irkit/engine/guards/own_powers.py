"""irkit keeps its powers: no policy it writes denies its own principals what the next steps need.

The planned documents are evaluated by the same access rules that AWS follows, for each principal
that irkit works with. A deny that leaves them out, as irkit's own actions write it, passes.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from irkit.canonical import Json, JsonObject, thaw
from irkit.engine.context import Refusal
from irkit.engine.guards import GuardFacts
from irkit.model.access import (
    Credential,
    CredentialKind,
    Policies,
    Policy,
    PolicyError,
    Request,
    decide,
    parse_policy,
)
from irkit.model.change import Change, Target
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

NAME = "own-powers"
OVERRIDABLE = False

_NOT_OURS: Final = frozenset({"aws.policy", "aws.role", "aws.role_session", "aws.user"})
"""Kinds whose policies bind the target itself: another guard sees that it is not irkit."""

_FOR_ALL: Final = frozenset({"aws.account", "aws.scp"})
"""Kinds whose policies bind whole accounts."""

_SAMPLES: Final = (
    "ec2:DescribeInstances",
    "iam:PutUserPolicy",
    "kms:PutKeyPolicy",
    "organizations:DetachPolicy",
    "s3:PutBucketPolicy",
    "secretsmanager:PutResourcePolicy",
    "sts:AssumeRole",
)
"""What is asked where a statement names no action: one call of each service it works with."""

_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_EVERYTHING: Final = parse_policy(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def judge(step: PlannedStep, run: Run, facts: GuardFacts) -> Refusal | None:  # noqa: ARG001
    """Refuse a policy that denies irkit, or that cannot be understood."""
    for change in step.changes if not step.undoes else ():
        if change.target.kind.startswith("okta.") or change.target.kind in _NOT_OURS:
            continue
        for statement in denies_in(change.after):
            for own in facts.own_principals:
                if _is_bound(change, own) and _denies(change, statement, own):
                    return _refusal(change, own)
    return None


def denies_in(value: Json) -> Iterator[JsonObject]:
    """Yield every statement in `value` that denies something."""
    if isinstance(value, Mapping):
        if value.get("Effect") == "Deny":
            yield value
        for item in value.values():
            yield from denies_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from denies_in(item)


def _is_bound(change: Change, own: Target) -> bool:
    """Say whether the policy can bind the principal: it binds whole accounts, or is in its own."""
    if change.target.kind == "aws.scp":
        return True
    return change.target.tenant == own.tenant


def _denies(change: Change, statement: JsonObject, own: Target) -> bool:
    """Say whether the statement denies the principal; one that cannot be read does."""
    try:
        policy = parse_policy({"Version": "2012-10-17", "Statement": [thaw(statement)]}, NAME)
    except PolicyError:
        return True
    policies = (
        Policies(identity=(_EVERYTHING,), scps=((_EVERYTHING, policy),))
        if change.target.kind in _FOR_ALL
        else Policies(identity=(_EVERYTHING,), resource=policy)
    )
    credential = _credential(own)
    return any(
        decide(credential, policies, request).denied_explicitly for request in _requests(policy)
    )


def _requests(policy: Policy) -> Iterator[Request]:
    """Yield requests of which the statement speaks at least of one, if it speaks of any."""
    statement = policy.statements[0]
    listed = statement.actions.values[:1]
    actions = _SAMPLES if statement.actions.negated or listed == ("*",) else listed
    resource = "arn:aws:any" if statement.resources.negated else statement.resources.values[0]
    for action in actions:
        yield Request(
            action=action.replace("*", "Anything"),
            time=_NOW,
            resource=resource.replace("*", "anything"),
        )


def _credential(own: Target) -> Credential:
    is_role = own.kind == "aws.role"
    return Credential(
        kind=CredentialKind.ROLE_SESSION if is_role else CredentialKind.LONG_TERM_KEY,
        account=own.tenant.partition(":")[2],
        principal_arn=own.label,
        user_id=f"{own.id}:irkit" if is_role else own.id,
        name=own.label.rpartition("/")[2],
        session_name="irkit" if is_role else "",
        issued_at=_NOW if is_role else None,
    )


def _refusal(change: Change, own: Target) -> Refusal:
    return Refusal(
        guard=NAME,
        code="IRK321",
        summary=f"the policy for {change.target.label} would deny {own.label}, which irkit "
        "works with",
        help=f"leave it out by a condition on aws:PrincipalArn. {_way_back(change)}",
    )


def _way_back(change: Change) -> str:
    """Return how to recover where such a policy is in force already."""
    if change.target.kind in _FOR_ALL:
        return "If it is in force already: detach it in the management account, which it binds not"
    if "bucket" in change.target.kind:
        return (
            "If it is in force already: the bucket's root user, or `aws sts assume-root` with the "
            "task S3UnlockBucketPolicy"
        )
    return "If it is in force already: the root user of the account can put the policy back"
