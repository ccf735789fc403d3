"""Taking admin roles from whoever is no single user: a group, or an OAuth client."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers
from irkit.actions.okta_roles import (
    Holder,
    admin_roles,
    assign,
    assignment_id,
    role_key,
    role_state,
)
from irkit.actions.shape import entries, listed, text, texts
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.change import Change, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleRemoval(Action):
    """Removes each role assignment of one holder, one change each, and assigns it again."""

    holder_kind: ClassVar[str]
    role_kind: ClassVar[str]

    @abstractmethod
    async def see_holder(self, readers: Readers) -> JsonObject:
        """Return the holder: `id`, `name`, and in `members` the users who hold what it holds."""

    @abstractmethod
    def holder(self, holder_id: str) -> Holder:
        """Return where the roles of the holder with that id are."""

    async def probe(self, readers: Readers) -> Seen:
        """Read the holder and its assignments with their targets."""
        seen = await self.see_holder(readers)
        roles = await admin_roles(readers, self.holder(text(seen, "id")))
        return {"tenant": readers.okta.tenant, **seen, "roles": listed(roles)}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Remove each assignment."""
        return tuple(
            Change(
                id=f"remove-{role_key(role)}",
                target=self._role_target(seen, role),
                verb="remove admin role",
                before=role_state(role),
                after=None,
                saved={"members": listed(texts(seen, "members"))},
            )
            for role in entries(seen, "roles")
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the assignment with its limits."""
        for role in entries(seen, "roles"):
            if role_key(role) == own_id(target):
                return role_state(role)
        return None

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the holder and the assignments."""
        roles = entries(seen, "roles")
        return (self._holder_target(seen), *(self._role_target(seen, role) for role in roles))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Remove one assignment."""
        holder = self.holder(owner_id(change.target))
        assignment = await assignment_id(readers, holder, own_id(change.target))
        reply = await writers.okta.send("DELETE", f"{holder.path}/roles/{assignment}")
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Assign the role again with its limits."""
        return await assign(writers, self.holder(owner_id(change.target)), change.before)

    def _holder_target(self, seen: Seen) -> Target:
        return Target(
            kind=self.holder_kind,
            tenant=text(seen, "tenant"),
            id=text(seen, "id"),
            label=text(seen, "name"),
        )

    def _role_target(self, seen: Seen, role: JsonObject) -> Target:
        holder = self._holder_target(seen)
        label = f"{text(role, 'type')} of {holder.label}"
        return owned(self.role_kind, holder, role_key(role), label)
