"""What is new or changed in the org that an intruder could come back by, and who made it."""

from dataclasses import dataclass
from typing import ClassVar, Final

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import Excerpt, read_log
from irkit.actions.okta_notes import Notes
from irkit.actions.okta_persistence import Thing, counted, things
from irkit.actions.okta_sessions import brief
from irkit.actions.shape import listed
from irkit.actions.times import moment
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_ASKED: Final = 50
"""So many things are looked up in the log; the log is the most limited of Okta's endpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersistenceHunt(Read):
    """Returns what was made or changed since a time, each with what the log says of it."""

    spec: ClassVar[Spec] = Spec(
        id="okta.org.persistence_hunt",
        version=1,
        verb=Verb.READ,
        summary="What an intruder could come back by",
        needs=("okta",),
        permissions=Permissions(
            okta_read=(
                "okta.idps.read",
                "okta.apiTokens.read",
                "okta.apps.read",
                "okta.inlineHooks.read",
                "okta.eventHooks.read",
                "okta.logStreams.read",
                "okta.networkZones.read",
                "okta.trustedOrigins.read",
                "okta.groups.read",
                "okta.agentPools.read",
                "okta.oauthIntegrations.read",
                "okta.policies.read",
                "okta.logs.read",
            )
        ),
        reveals=(Kind.OKTA_API_TOKEN,),
        attack=("T1484.002", "T1098.001", "T1098.003", "T1556"),
        d3fend=("D3-AI",),
        gotchas=(
            "No list says who made a thing: the log is asked for each, and keeps 90 days.",
            "What was deleted is in no list: read `okta.log.query` for deletions.",
            "Okta does not say when some things were changed: those are found by being new only.",
            "One request a policy: large orgs take a while.",
            "The full lists are kept as evidence, secrets left out: a baseline for the next time.",
        ),
        result={
            "type": "object",
            "properties": {
                "since": {"type": "string"},
                "found": {"type": "array", "items": {"type": "object"}},
                "counts": {"type": "object"},
            },
        },
    )

    since: str = parameter("time", "What was made or changed after this", default="7 days ago")

    async def read(self, readers: Readers) -> Answer:
        """List everything, keep what is new or changed, and ask the log who did it."""
        notes = Notes()
        everything = await things(readers, notes)
        since = rfc3339(moment(self.since, readers.okta.now()))
        recent = [
            thing
            for thing in everything
            if _after(thing.created, since) or _after(thing.changed, since)
        ]
        if len(recent) > _ASKED:
            notes.gaps.append(f"{len(recent) - _ASKED} things were not looked up in the log")
        found: list[Json] = []
        for place, thing in enumerate(recent):
            told = await self._told(readers, notes, thing, since) if place < _ASKED else None
            found.append(_line(thing, since, told))
        return Answer(
            value={"since": since, "found": found, "counts": counted(everything)},
            raw=listed({"kind": thing.kind, "record": thing.record} for thing in everything),
            complete=not notes.gaps,
            gaps=tuple(notes.gaps),
            request_ids=tuple(notes.request_ids),
            observed_through=rfc3339(readers.okta.now()),
        )

    async def _told(
        self, readers: Readers, notes: Notes, thing: Thing, since: str
    ) -> "Excerpt | None":
        try:
            told = await read_log(readers, f'target.id eq "{thing.id}"', since=since, limit=1000)
        except CallError as error:
            notes.gaps.append(f"log of {thing.name}: {error.diagnostics[0].summary}")
            return None
        notes.request_ids += told.request_ids
        notes.gaps += [f"log of {thing.name}: {gap}" for gap in told.gaps]
        return told


def _line(thing: Thing, since: str, told: "Excerpt | None") -> JsonObject:
    """Return one thing with the first and the last event that the log has of it."""
    events = told.events if told else ()
    return {
        "kind": thing.kind,
        "id": thing.id,
        "name": thing.name,
        "status": thing.record.get("status"),
        "created": thing.created,
        "changed": thing.changed,
        "new": _after(thing.created, since),
        "first": brief(events[0]) if events else None,
        "last": brief(events[-1]) if events else None,
    }


def _after(stamp: str, since: str) -> bool:
    return bool(stamp) and parse_rfc3339(stamp) >= parse_rfc3339(since)
