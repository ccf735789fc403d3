"""Putting one inline policy on a role or user, and taking it back: what five actions share.

The policy's name is irkit's own and the same every time, so that a second run changes nothing and a
late arrival of the first overwrites itself. What was there under that name is saved and restored.
"""

import json
from abc import abstractmethod
from dataclasses import dataclass
from typing import Final

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal, principal
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.iam_principal import role_target, see_role, see_user, user_target
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, entry, texts
from irkit.canonical import Json, JsonObject, thaw
from irkit.model.change import Change, Target
from irkit.providers.call import Reply

_ROOM: Final = {"role": 10_240, "user": 2_048}
"""Characters that all inline policies of one principal may have together, spaces not counted."""

_OTHERWISE: Final = {
    "role": "let nobody in (aws.iam_role.lock_trust) and deny who is (aws.org.scp_deny_principal)",
    "user": "deny it everything by aws.iam_user.set_boundary, which needs no room",
}
"""What helps where an intruder has filled the room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InlinePolicy(Action):
    """An action whose one change is an inline policy."""

    @property
    @abstractmethod
    def principal(self) -> Principal:
        """The role or user the policy is put on."""

    @property
    @abstractmethod
    def kind(self) -> str:
        """`role` or `user`."""

    @property
    @abstractmethod
    def policy(self) -> str:
        """The policy's name."""

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the document under the policy's name; each policy is an aspect of its own."""
        return {self.policy: at(seen, "policies", self.policy)}

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Put the policy."""
        reply = await self._put(writers, entry(change.after, self.policy))
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Put back what was there, or delete the policy."""
        document = at(change.before, self.policy)
        if document is not None:
            reply = await self._put(writers, entry(document))
        else:
            reply, _ = await writers.aws.send(
                "iam",
                f"delete_{self.kind}_policy",
                {**self._named(), "PolicyName": self.policy},
                account=self.principal.account,
            )
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def policies(self, readers: Readers) -> JsonObject:
        """Return every inline policy: name to document."""
        names: list[str] = []
        account = self.principal.account
        async for page in readers.aws.pages(
            "iam", f"list_{self.kind}_policies", self._named(), account=account
        ):
            names += texts(page.body, "PolicyNames")
        found: dict[str, Json] = {}
        for name in names:
            call = readers.aws.call(
                "iam",
                f"get_{self.kind}_policy",
                {**self._named(), "PolicyName": name},
                account=account,
            )
            reply = await or_none(call, IAM)  # it may go between the two calls
            if reply is not None:
                found[name] = at(reply.body, "PolicyDocument")
        return found

    def put_once(self, seen: Seen, target: Target, document: JsonObject) -> tuple[Change, ...]:
        """Return the change that puts `document`; none where it is there already."""
        if self.state(seen, target) == {self.policy: document}:
            return ()
        return (self.put(seen, target, document),)

    def put(self, seen: Seen, target: Target, document: JsonObject) -> Change:
        """Return the change that puts `document`, if there is room for it.

        Raises:
            IrkitError: if the principal's inline policies would become too long.
        """
        others = {k: v for k, v in entry(seen, "policies").items() if k != self.policy}
        size = _size(document) + sum(map(_size, others.values()))
        if size > _ROOM[self.kind]:
            raise cannot_reach(
                f"{target.label} has no room for another inline policy "
                f"({size} of {_ROOM[self.kind]} characters)",
                f"delete what is not needed inline, or {_OTHERWISE[self.kind]}",
            )
        return Change(
            id=f"put-{self.policy}",
            target=target,
            verb=f"put inline policy {self.policy}",
            before=self.state(seen, target),
            after={self.policy: document},
        )

    async def _put(self, writers: Writers, document: JsonObject) -> Reply:
        reply, _ = await writers.aws.send(
            "iam",
            f"put_{self.kind}_policy",
            {
                **self._named(),
                "PolicyName": self.policy,
                "PolicyDocument": _text(document),
            },
            account=self.principal.account,
        )
        return reply

    def _named(self) -> dict[str, str]:
        return {"RoleName" if self.kind == "role" else "UserName": self.principal.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePolicy(InlinePolicy):
    """An action whose one change is an inline policy of a role."""

    role: str = parameter("aws.role", "The role: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `role` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The role."""
        return principal("role", self.role, self.account)

    @property
    def kind(self) -> str:
        """A role."""
        return "role"

    async def probe(self, readers: Readers) -> Seen:
        """Read the role and its inline policies."""
        role = await see_role(readers, self.principal)
        return {**role, "policies": await self.policies(readers)}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the role."""
        return (role_target(seen),)


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPolicy(InlinePolicy):
    """An action whose one change is an inline policy of a user."""

    user: str = parameter("aws.user", "The user: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `user` is no ARN", default="")

    @property
    def principal(self) -> Principal:
        """The user."""
        return principal("user", self.user, self.account)

    @property
    def kind(self) -> str:
        """A user."""
        return "user"

    async def probe(self, readers: Readers) -> Seen:
        """Read the user and its inline policies."""
        user = await see_user(readers, self.principal)
        return {**user, "policies": await self.policies(readers)}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the user."""
        return (user_target(seen),)


def deny(condition: "JsonObject | None" = None) -> JsonObject:
    """Return the document that denies everything, where `condition` is met."""
    statement: dict[str, Json] = {"Effect": "Deny", "Action": ["*"], "Resource": ["*"]}
    if condition is not None:
        statement["Condition"] = condition
    return {"Version": "2012-10-17", "Statement": [statement]}


def _text(document: Json) -> str:
    return json.dumps(thaw(document), separators=(",", ":"))


def _size(document: Json) -> int:
    return len(_text(document).replace(" ", ""))
