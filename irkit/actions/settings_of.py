"""Actions that set settings of one thing, each by one call, and give back what they found.

What was seen holds the settings under `settings`, name by name; None stands for a setting that is
not made. A setting is a target of its own, which belongs to the thing.
"""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers
from irkit.actions.shape import at
from irkit.actions.touches import own_id, owned
from irkit.canonical import Json, thaw
from irkit.model.change import Change, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsOf(Action):
    """An action whose changes are settings of one thing."""

    first: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Settings that can only be made when another one is: name to that other one's."""

    @abstractmethod
    def thing(self, seen: Seen) -> Target:
        """Return what is set."""

    @abstractmethod
    def goals(self, seen: Seen) -> Mapping[str, Json]:
        """Return the value that each setting shall have."""

    @abstractmethod
    async def put(self, name: str, value: Json, readers: Readers, writers: Writers) -> Applied:
        """Give one setting a value, by one call."""

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Set what is set otherwise."""
        changes: list[Change] = []
        for name, goal in self.goals(seen).items():
            target = self._target(seen, name)
            before = self.state(seen, target)
            after: Json = {name: goal}
            if thaw(before) == thaw(after):
                continue
            needs = tuple(c.id for c in changes if c.id == self.first.get(name))
            changes.append(
                Change(
                    id=name,
                    target=target,
                    verb="set",
                    before=before,
                    after=after,
                    needs=needs,
                )
            )
        return tuple(changes)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the setting's value."""
        name = own_id(target)
        return {name: at(seen, "settings", name)}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the settings."""
        return tuple(self._target(seen, name) for name in self.goals(seen))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Set one."""
        name = own_id(change.target)
        return await self.put(name, at(change.after, name), readers, writers)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Give the setting the value it had."""
        name = own_id(change.target)
        return await self.put(name, at(change.before, name), readers, writers)

    def _target(self, seen: Seen, name: str) -> Target:
        thing = self.thing(seen)
        return owned(f"{thing.kind}_setting", thing, name, f"{name} of {thing.label}")
