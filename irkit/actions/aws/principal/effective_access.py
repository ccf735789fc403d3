"""What one principal may do, by AWS's own evaluation of all its policies."""

from dataclasses import dataclass
from typing import ClassVar, Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.refusal import no_such
from irkit.actions.shape import listed, maybe_text, text, texts
from irkit.actions.where import HOME, named
from irkit.canonical import Json, JsonObject
from irkit.model.spec import Permissions, Spec, Verb

_TELLING: Final = (
    "iam:CreateAccessKey",
    "iam:CreateUser",
    "iam:PassRole",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "ec2:RunInstances",
    "kms:ScheduleKeyDeletion",
    "lambda:CreateFunction",
    "s3:GetObject",
    "s3:PutBucketPolicy",
    "secretsmanager:GetSecretValue",
    "sts:AssumeRole",
    "cloudtrail:StopLogging",
)
"""What an intruder would want, where nothing else is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectiveAccess(Read):
    """Returns a decision for each action."""

    spec: ClassVar[Spec] = Spec(
        id="aws.principal.effective_access",
        version=1,
        verb=Verb.READ,
        summary="Find out what a role or user may do",
        needs=("aws",),
        permissions=Permissions(iam_read=("iam:SimulatePrincipalPolicy",)),
        d3fend=("D3-AM",),
        gotchas=(
            "Policies of resources and of single sessions are not counted.",
            "Where a policy asks what is not known here, such as the address, it says so.",
            "It says what the policies say now; a session of before can be cut off by its age.",
        ),
        result={
            "type": "object",
            "properties": {
                "principal": {"type": "string"},
                "allowed": {"type": "array", "items": {"type": "string"}},
                "denied": {"type": "array", "items": {"type": "string"}},
                "decisions": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {
                            "action": {"type": "string"},
                            "resource": {"type": "string"},
                            "decision": {
                                "type": "string",
                                "enum": ["allowed", "explicitDeny", "implicitDeny"],
                            },
                            "missing": {"type": "array", "items": {"type": "string"}},
                        },
                    },
                },
            },
        },
    )

    principal: str = parameter("text", "ARN of the role, user or group")
    actions: tuple[str, ...] = parameter(
        "list of text", "The actions, such as s3:GetObject", default=_TELLING
    )
    resource: str = parameter("text", "The resource, by ARN; * for any", default="*")

    async def read(self, readers: Readers) -> Answer:
        """Ask for all actions at once."""
        where, _ = named("iam", "", self.principal, "", HOME)
        given: dict[str, Json] = {
            "PolicySourceArn": self.principal,
            "ActionNames": listed(self.actions),
            "ResourceArns": [self.resource],
        }
        asked = where.listed(
            readers, "iam", "simulate_principal_policy", "EvaluationResults", given
        )
        found = await or_none(asked, IAM)
        if found is None:
            raise no_such("principal", self.principal, "it was deleted, or the ARN is wrong")
        value: dict[str, Json] = {
            "principal": self.principal,
            "allowed": listed(sorted(_decided(found, allowed=True))),
            "denied": listed(sorted(_decided(found, allowed=False))),
            "decisions": listed(
                {
                    "action": text(item, "EvalActionName"),
                    "resource": maybe_text(item, "EvalResourceName"),
                    "decision": text(item, "EvalDecision"),
                    "missing": listed(texts(item, "MissingContextValues")),
                }
                for item in found
            ),
        }
        return Answer(value=value, raw=listed(found))


def _decided(found: tuple[JsonObject, ...], *, allowed: bool) -> set[str]:
    return {
        text(item, "EvalActionName")
        for item in found
        if (text(item, "EvalDecision") == "allowed") is allowed
    }
