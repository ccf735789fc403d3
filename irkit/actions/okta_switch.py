"""Things of an org that one call switches and another switches back: providers, hooks, devices.

An action says in `ways` what it switches; where the thing may be of several kinds, each is looked
for in turn.
"""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers
from irkit.actions.okta_things import look, missing, names, path_of
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.change import Change, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one kind of thing is switched: where it is, from which status to which, by which calls.

    `enough` are further statuses in which the goal holds; `name` is where its name stands.
    """

    kind: str
    noun: str
    path: str
    start: str = "ACTIVE"
    end: str = "INACTIVE"
    there: str = "deactivate"
    back: str = "activate"
    enough: tuple[str, ...] = ()
    name: tuple[str, ...] = ("name",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Action):
    """Takes one thing from one status to another by a lifecycle call, and back."""

    ways: ClassVar[tuple[Way, ...]]

    @property
    @abstractmethod
    def item(self) -> str:
        """The id of the thing."""

    async def probe(self, readers: Readers) -> Seen:
        """Read the thing, and what the action wants to keep of it."""
        for way in self.ways:
            record = await look(readers, way.path, self.item)
            if record is not None:
                return {
                    "tenant": readers.okta.tenant,
                    "kind": way.kind,
                    "id": text(record, "id"),
                    "name": maybe_text(record, *way.name) or text(record, "id"),
                    "status": text(record, "status"),
                    "saved": await self.keep(readers, record),
                }
        there_are: list[str] = []
        for way in self.ways:
            there_are += await names(readers, way.path, way.name)
        raise missing(self.ways[0].noun, self.item, there_are)

    async def keep(self, readers: Readers, record: Json) -> JsonObject:  # noqa: ARG002
        """Return what is worth remembering of the thing; without secrets."""
        return {"created": maybe_text(record, "created")}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Switch it, unless it is switched already."""
        way, status = self._way(seen), text(seen, "status")
        if status == way.end or status in way.enough:
            return ()
        if status != way.start:
            raise cannot_reach(
                f"Okta has no `{way.there}` for {way.noun} {text(seen, 'name')}, which is {status}",
                f"only one that is {way.start} can be switched: look at it in the Admin Console",
            )
        return (
            Change(
                id=way.there,
                target=_target(seen),
                verb=way.there,
                before={"status": way.start},
                after={"status": way.end},
                saved=seen["saved"],
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the status."""
        return {"status": text(seen, "status")}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the thing."""
        return (_target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Switch it."""
        way = self._way({"kind": change.target.kind})
        return await _call(writers, path_of(way.path, change.target.id, "lifecycle", way.there))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Switch it back."""
        way = self._way({"kind": change.target.kind})
        return await _call(writers, path_of(way.path, change.target.id, "lifecycle", way.back))

    def _way(self, seen: JsonObject) -> Way:
        return next(way for way in self.ways if way.kind == text(seen, "kind"))


async def _call(writers: Writers, path: str) -> Applied:
    reply = await writers.okta.send("POST", path)
    return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen) -> Target:
    return Target(
        kind=text(seen, "kind"),
        tenant=text(seen, "tenant"),
        id=text(seen, "id"),
        label=text(seen, "name"),
    )
