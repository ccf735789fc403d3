"""Let nobody but irkit change one quarantined user or role of a member account.

A quarantine needs some seconds to work, in which an intruder with IAM rights can take it off. With
this in place beforehand only irkit's own roles can.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Seen, parameter
from irkit.actions.organization import POLICY_RIGHTS, beside
from irkit.actions.organization_statement import StatementAction
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import listed, text, texts
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Reversal, Spec, Verb

_CHANGES: Final = (
    "iam:Add*",
    "iam:Attach*",
    "iam:Create*",
    "iam:Deactivate*",
    "iam:Delete*",
    "iam:Detach*",
    "iam:Enable*",
    "iam:Put*",
    "iam:Remove*",
    "iam:Tag*",
    "iam:Untag*",
    "iam:Update*",
    "iam:Upload*",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectQuarantine(StatementAction):
    """Denies every change of one principal to all but irkit's own roles."""

    spec: ClassVar[Spec] = Spec(
        id="aws.org.protect_quarantine",
        version=1,
        verb=Verb.DO,
        summary="Let nobody but irkit change a quarantined user or role",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.ORG,
        target="aws.scp",
        permissions=POLICY_RIGHTS,
        does_not_cut=(
            Kind.LONG_TERM_KEY,
            Kind.GET_SESSION_TOKEN,
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.CONSOLE_SESSION,
        ),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        attack=("T1098", "T1531"),
        d3fend=("D3-AL",),
        gotchas=(
            "It cuts nothing by itself: quarantine the principal afterwards.",
            "The management account is not bound, so nothing there can be protected like this.",
            "Pipelines that manage this user or role fail until it is undone.",
            "Groups and managed policies the principal has can still be changed, to no use.",
        ),
    )

    principal: str = parameter("text", "The ARN of the user or role")

    @property
    def policy(self) -> str:
        """The name of irkit's protection."""
        return "IRKitProtect"

    @property
    def sid(self) -> str:
        """A name that belongs to this principal."""
        return f"IRKit{hashlib.sha256(self.principal.encode()).hexdigest()[:16]}"

    @property
    def about(self) -> str:
        """Who is protected."""
        return self.principal

    def statement(self, seen: Seen) -> JsonObject:
        """Return the deny.

        Raises:
            IrkitError: if the principal is none, or one of the management account.
        """
        parts = self.principal.split(":")
        named = len(parts) == 6 and parts[5].startswith(("user/", "role/"))  # noqa: PLR2004 - an ARN
        if not named or set("*?$") & set(self.principal):
            raise cannot_reach(
                f"`{self.principal}` is no ARN of one user or role", "give its exact ARN"
            )
        if parts[4] == text(seen, "management"):
            raise cannot_reach(
                f"{self.principal} is in the management account, which nothing here binds",
                "quarantine it and watch the policy",
            )
        return {
            "Sid": self.sid,
            "Effect": "Deny",
            "Action": listed(_CHANGES),
            "Resource": self.principal,
            "Condition": beside(texts(seen, "own_principals")),
        }
