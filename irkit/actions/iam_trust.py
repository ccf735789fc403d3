"""Replacing the trust policy of a role, and giving back what was there."""

import json
from dataclasses import dataclass
from typing import Final

from irkit.actions.arn import Principal, principal
from irkit.actions.aws_calls import sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_principal import fetch_role, role_target, see_role
from irkit.actions.shape import entry
from irkit.canonical import Json, JsonObject, thaw
from irkit.model.change import Change, Target

WAYS_IN: Final = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
"""The calls with which a role is entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustAction(Action):
    """An action whose one change is a role's trust policy."""

    role: str = parameter("aws.role", "The role: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `role` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The role."""
        return principal("role", self.role, self.account)

    async def probe(self, readers: Readers) -> Seen:
        """Read the role and its trust policy."""
        record = await fetch_role(readers, self.principal)
        return {
            **await see_role(readers, self.principal),
            "trust": entry(record, "AssumeRolePolicyDocument"),
        }

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the trust policy."""
        return {"trust": seen["trust"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the role."""
        return (role_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Put the new trust policy."""
        return await self._put(writers, entry(change.after, "trust"))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Put the former trust policy back."""
        return await self._put(writers, entry(change.before, "trust"))

    def changed(self, seen: Seen, verb: str, trust: JsonObject) -> tuple[Change, ...]:
        """Return the change to `trust`, unless the role has it already."""
        target = role_target(seen)
        before = self.state(seen, target)
        if before == {"trust": trust}:
            return ()
        return (
            Change(id="trust", target=target, verb=verb, before=before, after={"trust": trust}),
        )

    async def _put(self, writers: Writers, trust: JsonObject) -> Applied:
        return await sent(
            writers,
            "iam",
            "update_assume_role_policy",
            {"RoleName": self.principal.name, "PolicyDocument": json.dumps(thaw(trust))},
            account=self.principal.account,
        )
