"""Deny one principal a secret, before it is rotated."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import principal
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import no_such
from irkit.actions.resource_policy import (
    policy_text,
    statement_of,
    with_statement,
    without_statement,
)
from irkit.actions.secrets import describe_secret, secret_place, secret_target
from irkit.actions.shape import at, maybe_text, text
from irkit.actions.where import HOME, Where
from irkit.canonical import Json, thaw
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb
from irkit.providers.json_text import decode

_SID: Final = "IRKitDeny"


@dataclass(frozen=True, slots=True, kw_only=True)
class DenyAccess(Action):
    """Adds a deny for one role or user to one secret's policy."""

    spec: ClassVar[Spec] = Spec(
        id="aws.secret.deny_access",
        version=1,
        verb=Verb.DO,
        summary="Deny a role or user a secret",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.secret",
        permissions=Permissions(
            iam_read=(
                "iam:GetRole",
                "iam:GetUser",
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetResourcePolicy",
            ),
            iam_write=(
                "secretsmanager:DeleteResourcePolicy",
                "secretsmanager:PutResourcePolicy",
            ),
        ),
        does_not_cut=(Kind.LONG_TERM_KEY, Kind.ROLE_SESSION, Kind.FEDERATED_ROLE_SESSION),
        visible_within=timedelta(seconds=30),
        closes_door=True,
        attack=("T1555.006",),
        d3fend=("D3-AL",),
        gotchas=(
            "What was read before is known: rotate it next.",
            "A role is denied for everybody who uses it, the workload included.",
            "The intruder can reach it through another principal: deny that one too.",
            "A user's federated sessions go by a name of their own: quarantine the user as well.",
            "What else the policy allows, the public even, is left as it is.",
        ),
    )

    secret: str = parameter("text", "The secret: ARN, or name with `account`")
    principal: str = parameter("text", "Who is denied: ARN of a role or user")
    account: str = parameter("aws.account", "The account, where `secret` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `secret` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read the secret's policy, and how requests of the principal name it."""
        found = await describe_secret(readers, self._where, self.secret)
        return {
            "tenant": self._where.tenant,
            "arn": text(found, "ARN"),
            "policy": await self._policy(readers),
            "principal": await self._named(readers),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Add the deny, unless it is there.

        Raises:
            IrkitError: if the principal is not there, or goes by another ARN: nobody were denied.
        """
        if seen["principal"] != self.principal:
            raise no_such(
                "role or user",
                self.principal,
                "give the ARN it has, with its path",
                there_are=maybe_text(seen, "principal"),
            )
        target = secret_target(seen)
        before = self.state(seen, target)
        after: Json = {self._sid: self._statement()}
        if thaw(before) == after:
            return ()
        return (
            Change(
                id="deny",
                target=target,
                verb="deny access",
                before=before,
                after=after,
                saved={"policy": seen["policy"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return irkit's statement about the principal."""
        return {self._sid: statement_of(seen["policy"], self._sid)}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the secret."""
        return (secret_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Add the statement to the policy as it is now."""
        policy = await self._policy(readers)
        return await self._put(writers, change.target.id, with_statement(policy, self._statement()))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Take the statement out; the policy that was there is put back as it was written."""
        now, secret = await self._policy(readers), change.target.id
        saved = at(change.saved, "policy")
        if thaw(now) == thaw(with_statement(saved, self._statement())):
            return await self._put(writers, secret, saved)
        earlier = statement_of(saved, self._sid)
        if earlier is not None:
            return await self._put(writers, secret, with_statement(now, earlier))
        return await self._put(writers, secret, without_statement(now, self._sid))

    @property
    def _where(self) -> Where:
        return secret_place(self.secret, self.account, self.region)

    @property
    def _sid(self) -> str:
        """A name that follows from the principal, in the letters a Sid may have."""
        return _SID + hashlib.sha256(self.principal.encode()).hexdigest()[:12]

    def _statement(self) -> dict[str, Json]:
        return {
            "Sid": self._sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "secretsmanager:*",
            "Resource": "*",
            "Condition": {"ArnEquals": {"aws:PrincipalArn": self.principal}},
        }

    async def _named(self, readers: Readers) -> "str | None":
        """Return the principal's ARN, None without one; of accounts not pinned as it was given."""
        kind = "user" if ":user/" in self.principal else "role"
        found = principal(kind, self.principal)
        if found.account not in readers.aws.accounts():
            return self.principal
        call = readers.aws.call(
            "iam",
            f"get_{kind}",
            {f"{kind.capitalize()}Name": found.name},
            account=found.account,
        )
        reply = await or_none(call, IAM)
        return text(reply.body, kind.capitalize(), "Arn") if reply else None

    async def _policy(self, readers: Readers) -> Json:
        body = await self._where.read(
            readers, "secretsmanager", "get_resource_policy", {"SecretId": self.secret}
        )
        found = maybe_text(body, "ResourcePolicy")
        return decode(found) if found else None

    async def _put(self, writers: Writers, arn: str, document: Json) -> Applied:
        """Write by ARN: a role that is limited to this secret is limited by its ARN."""
        if document is None:
            return await self._where.send(
                writers, "secretsmanager", "delete_resource_policy", {"SecretId": arn}
            )
        return await self._where.send(
            writers,
            "secretsmanager",
            "put_resource_policy",
            {"SecretId": arn, "ResourcePolicy": policy_text(document)},
        )
