"""Which roles an outside account or principal may enter, and whether others may as well."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.aws_calls import all_of
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.persistence import account_of, trusted_in
from irkit.actions.shape import at, listed, text
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Trusting(Read):
    """Returns one line for each name by which a role lets somebody in."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_role.trusting",
        version=1,
        verb=Verb.READ,
        summary="List the roles that let an outside account in",
        needs=("aws",),
        target="aws.account",
        permissions=Permissions(iam_read=("iam:ListRoles",)),
        reveals=(Kind.EXTERNAL_TRUST,),
        attack=("T1098.003", "T1199"),
        d3fend=("D3-AM",),
        gotchas=(
            "What everybody may enter (`*`) is in no answer, but in `aws.iam.persistence_hunt`'s.",
            "Buckets, keys and queues may trust the account by policies of their own.",
        ),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "role": {"type": "string"},
                    "trusted": {"type": "string"},
                    "others": {"type": "boolean"},
                },
            },
        },
    )

    account: str = parameter("aws.account", "The account to look in")
    trusted: str = parameter(
        "text", "The outside account's id, or one principal's ARN; empty for nobody", default=""
    )

    async def read(self, readers: Readers) -> Answer:
        """Read every role's trust policy."""
        found: list[JsonObject] = []
        for role in await all_of(readers, "iam", "list_roles", "Roles", account=self.account):
            names = tuple(trusted_in(at(role, "AssumeRolePolicyDocument")))
            theirs = [name for name in names if self.trusted in {name, account_of(name)} - {""}]
            found += (
                {
                    "role": text(role, "Arn"),
                    "trusted": name,
                    "others": len(theirs) < len(names),
                }
                for name in theirs
            )
        return Answer(value=listed(found), raw=listed(found))
