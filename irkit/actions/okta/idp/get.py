"""What an identity provider is, who made it, and which routing rules lead to it.

Log or rules that do not answer keep nobody from switching the provider off: they are gaps.
"""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import any_of, people_who, read_what_there_is
from irkit.actions.okta_persistence import without_secrets
from irkit.actions.okta_routing import routed_to
from irkit.actions.okta_things import fetch
from irkit.actions.shape import listed, maybe_text, text
from irkit.actions.times import moment
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_MADE = ("system.idp.lifecycle.create", "system.idp.lifecycle.update")


@dataclass(frozen=True, slots=True, kw_only=True)
class Get(Read):
    """Returns one provider; that its making is in no log any more is a gap."""

    spec: ClassVar[Spec] = Spec(
        id="okta.idp.get",
        version=1,
        verb=Verb.READ,
        summary="Look at an identity provider and who made it",
        needs=("okta",),
        target="okta.idp",
        permissions=Permissions(
            okta_read=("okta.idps.read", "okta.policies.read", "okta.logs.read")
        ),
        reveals=(Kind.OKTA_IDP,),
        attack=("T1484.002", "T1556.007"),
        d3fend=("D3-AI",),
        gotchas=(
            "`made_by` is whoever made or changed it: an intruder uses an administrator's session.",
            "Okta keeps its log for 90 days; no list says who made a provider before that.",
        ),
        result={
            "type": "object",
            "properties": {
                "id": {"type": "string"},
                "name": {"type": "string"},
                "type": {"type": "string"},
                "status": {"type": "string"},
                "created": {"type": "string"},
                "made_by": {"type": "array", "items": {"type": "object"}},
                "routing_rules": {"type": "array", "items": {"type": "string"}},
            },
        },
    )

    idp: str = parameter("text", "The identity provider's id (0oa…)")
    since: str = parameter("time", "From when to ask the log who made it", default="90 days ago")

    async def read(self, readers: Readers) -> Answer:
        """Read the provider, its rules, and what the log has of its making."""
        record = await fetch(readers, "identity provider", "/api/v1/idps", self.idp)
        idp = text(record, "id")
        since = rfc3339(moment(self.since, readers.okta.now()))
        made = f'target.id eq "{idp}" and ({any_of(_MADE)})'
        found = await read_what_there_is(readers, made, since=since)
        silent = () if found.events else (f"the log since {since} does not say who made it",)
        rules, unread = await _rules(readers, idp)
        return Answer(
            value={
                "id": idp,
                "name": maybe_text(record, "name"),
                "type": maybe_text(record, "type"),
                "status": maybe_text(record, "status"),
                "created": maybe_text(record, "created"),
                "made_by": listed(people_who(found.events)),
                "routing_rules": rules,
            },
            raw={"idp": without_secrets(record), "log": listed(found.events)},
            complete=found.complete and not silent and not unread,
            gaps=(*found.gaps, *silent, *unread),
            request_ids=found.request_ids,
        )


async def _rules(readers: Readers, idp: str) -> tuple[list[Json], tuple[str, ...]]:
    """Return the rules that lead to the provider, or none and a gap."""
    try:
        return await routed_to(readers, idp), ()
    except CallError as error:
        return [], (f"the routing rules were not read: {error.diagnostics[0].summary}",)
