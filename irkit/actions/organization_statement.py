"""One statement of one of irkit's service control policies at the organization's root.

The policy's name is irkit's own. Each incident adds a statement of its own to it, so that only the
first one takes one of the root's few places, and undo takes out its own statement and no other.
"""

from abc import abstractmethod
from dataclasses import dataclass

from irkit.actions.base import Action, Applied, Readers, Seen, Writers
from irkit.actions.dependencies import own_principals
from irkit.actions.organization import (
    attach,
    attached_to,
    both,
    delete,
    detach,
    room_for,
    see_organization,
    see_policy,
    seen_policy,
    statement_of,
    statements_with,
    store,
)
from irkit.actions.shape import at, entries, entry, listed, text, texts
from irkit.canonical import Json, JsonObject, thaw
from irkit.model.change import Change, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAction(Action):
    """An action whose one change is a statement of a service control policy."""

    @property
    @abstractmethod
    def policy(self) -> str:
        """The policy's name."""

    @property
    @abstractmethod
    def sid(self) -> str:
        """The statement's name, which follows from the parameters."""

    @property
    @abstractmethod
    def about(self) -> str:
        """Whom the statement speaks of, for people."""

    @abstractmethod
    def statement(self, seen: Seen) -> JsonObject:
        """Return the statement."""

    async def probe(self, readers: Readers) -> Seen:
        """Read the organization, the policy, and which principals irkit works with."""
        found = await see_organization(readers)
        management, root = text(found, "management"), text(found, "root")
        return {
            **found,
            "policy": await see_policy(readers, management, self.policy),
            "attached": await attached_to(readers, management, root),
            "own_principals": listed(await own_principals(readers)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Add the statement, unless it counts already."""
        target = self._target(seen)
        after = {self.sid: self.statement(seen)}
        before = self.state(seen, target)
        if before == after:
            return ()
        statements = statements_with(seen_policy(seen), self.sid, after[self.sid])
        room_for(seen, self.policy, statements)
        return (
            Change(
                id=f"deny-{self.sid}",
                target=target,
                verb=f"add to service control policy {self.policy}",
                before=before,
                after=after,
                saved={"policy": seen["policy"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the statement if it counts: it is in the policy, and the policy at the root."""
        stored = statement_of(seen_policy(seen), self.sid)
        return {self.sid: stored if _is_attached(seen) else None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the policy."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Store the policy with the statement, and attach it to the root if it is not."""
        seen = await self.probe(readers)
        policy, management = seen_policy(seen), text(seen, "management")
        statements = statements_with(policy, self.sid, at(change.after, self.sid))
        identifier, stored = await store(writers, management, self.policy, policy, statements)
        if _is_attached(seen):
            return stored
        return both(stored, await attach(writers, management, identifier, text(seen, "root")))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Take the statement out, and with the last one the policy."""
        seen = await self.probe(readers)
        policy, management = entry(seen, "policy"), text(seen, "management")
        statements = statements_with(policy, self.sid, at(change.before, self.sid))
        done = Applied()
        if not statements or _as_it_was(change.saved, seen, statements):
            done = await detach(writers, management, text(policy, "id"), text(seen, "root"))
        if not statements:
            return both(done, await delete(writers, management, text(policy, "id")))
        _, stored = await store(writers, management, self.policy, policy, statements)
        return both(done, stored)

    def _target(self, seen: Seen) -> Target:
        """Return the policy: its name is unique in the organization, and irkit's own."""
        return Target(
            kind="aws.scp",
            tenant=f"aws:{text(seen, 'management')}",
            id=f"{text(seen, 'organization')}:{self.policy}",
            label=f"{self.about} in service control policy {self.policy}",
        )


def _is_attached(seen: Seen) -> bool:
    policy = seen_policy(seen)
    return policy is not None and text(seen, "root") in texts(policy, "targets")


def _as_it_was(saved: Json, seen: Seen, statements: tuple[JsonObject, ...]) -> bool:
    """Say whether the policy was not attached before, and has no other statements than then."""
    was = at(saved, "policy")
    attached = text(seen, "root") in texts(was, "targets")
    same = thaw(listed(statements)) == thaw(listed(entries(was, "statements")))
    return same and not attached
