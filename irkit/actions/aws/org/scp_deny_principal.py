"""Deny one person's sessions in all member accounts at once, where nobody in them can undo it."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Seen, parameter
from irkit.actions.organization import POLICY_RIGHTS, beside
from irkit.actions.organization_statement import StatementAction
from irkit.actions.policy_reach import ROLE_KINDS, SESSION, USER_KINDS, reach
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import texts
from irkit.canonical import Json, JsonObject
from irkit.model.access import parse_policy
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Blast, Effect, Reversal, Spec, Verb

_CONDITIONS: Final = {
    "session": ("StringLike", "aws:userid", "*:{}"),
    "identity_center_user": ("StringEquals", "identitystore:UserId", "{}"),
    "provider": ("StringLike", "aws:FederatedProvider", "arn:aws*:iam::*:saml-provider/{}"),
}
"""How a statement recognises whom it denies, by what was given."""


def _statement(by: str, who: str, sid: str, own_principals: tuple[str, ...]) -> JsonObject:
    operator, key, pattern = _CONDITIONS[by]
    condition: dict[str, Json] = {operator: {key: pattern.format(who)}, **beside(own_principals)}
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": condition,
    }


_REACH: Final = reach(
    (*ROLE_KINDS, *USER_KINDS),
    scp=parse_policy(
        {
            "Version": "2012-10-17",
            "Statement": [_statement("session", SESSION, "IRKit", ("arn:aws:iam::*:role/irkit",))],
        },
        "service control policy",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScpDenyPrincipal(StatementAction):
    """Adds a deny to a policy of irkit's at the root, with irkit's own roles left out of it."""

    spec: ClassVar[Spec] = Spec(
        id="aws.org.scp_deny_principal",
        version=1,
        verb=Verb.DO,
        summary="Deny one person everything in all member accounts",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.ORG,
        target="aws.scp",
        permissions=POLICY_RIGHTS,
        cuts=_REACH.cuts,
        does_not_cut=(*_REACH.leaves, Kind.EXTERNAL_TRUST, Kind.OKTA_SESSION),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        ends_sessions=True,
        attack=("T1078.004", "T1098"),
        d3fend=("D3-AL",),
        gotchas=(
            "The management account is not bound: deny the session on its roles as well.",
            "Access keys and sessions under another name go on: this denies one name.",
            "A session name helps only where the identity provider sets it.",
            "`by: provider` denies everybody who came through it, colleagues included.",
            "irkit's own roles are left out by name, in whichever account they are.",
        ),
    )

    who: str = parameter(
        "text", "The session's name, the user id in Identity Center, or the SAML provider's name"
    )
    by: str = parameter(
        "text", "What `who` is: session, identity_center_user or provider", default="session"
    )

    @property
    def policy(self) -> str:
        """The name of irkit's denies."""
        return "IRKitDeny"

    @property
    def sid(self) -> str:
        """A name that belongs to this person."""
        return f"IRKit{hashlib.sha256(f'{self.by}:{self.who}'.encode()).hexdigest()[:16]}"

    @property
    def about(self) -> str:
        """Whom it denies, and by what they are known."""
        return f"{self.by} {self.who}"

    def statement(self, seen: Seen) -> JsonObject:
        """Return the deny.

        Raises:
            IrkitError: if `by` is none of the three, or `who` has wildcards.
        """
        if self.by not in _CONDITIONS:
            raise cannot_reach(f"`by` cannot be `{self.by}`", f"give {', '.join(_CONDITIONS)}")
        if set("*?$") & set(self.who):
            raise cannot_reach(f"`{self.who}` is a pattern, not one name", "give the exact name")
        return _statement(self.by, self.who, self.sid, texts(seen, "own_principals"))
