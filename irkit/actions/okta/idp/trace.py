"""Whoever came in through one identity provider, or could: each may be the intruder."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_log import any_of, people_who, read_what_there_is
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.okta_user import fetch_user
from irkit.actions.shape import at, entries, listed, text
from irkit.canonical import JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb

_IDPS = "/api/v1/idps"
_CAME_IN = (
    "user.authentication.auth_via_IDP",
    "user.authentication.auth_via_inbound_SAML",
    "user.authentication.auth_via_social",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace(Read):
    """Returns who signed in through a provider, and who is linked to it, by login."""

    spec: ClassVar[Spec] = Spec(
        id="okta.idp.trace",
        version=1,
        verb=Verb.READ,
        summary="Find out who came in through an identity provider",
        needs=("okta",),
        target="okta.idp",
        permissions=Permissions(okta_read=("okta.idps.read", "okta.logs.read", "okta.users.read")),
        reveals=(Kind.OKTA_SESSION,),
        unaffected_by=(
            "okta.idp.deactivate",
            "okta.user.remove_admin_roles",
            "okta.user.revoke_sessions",
            "okta.user.suspend",
        ),
        attack=("T1484.002", "T1078.004"),
        d3fend=("D3-UBA",),
        gotchas=(
            "Whoever is linked is in the answer, signed in or not: a link is a way in.",
            "An honest provider has honest users: look who they are before you suspend them.",
            "Events may be logged some minutes late: what is missing now may appear later.",
            "Okta keeps its log for 90 days.",
        ),
        identified_by=("id",),
        result={
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"id": {"type": "string"}, "login": {"type": "string"}},
            },
        },
    )

    idp: str = parameter("text", "The identity provider's id (0oa…)")
    since: str = parameter("time", "From when to read the log", default="7 days ago")

    async def read(self, readers: Readers) -> Answer:
        """Read the log, and the provider's links."""
        idp = text(await fetch(readers, "identity provider", _IDPS, self.idp), "id")
        found = await read_what_there_is(readers, any_of(_CAME_IN), since=self.since)
        events = [event for event in found.events if _came_through(event, idp)]
        people = {text(person, "id"): person for person in people_who(events)}
        linked = await readers.okta.list(path_of(_IDPS, idp, "users"), {"limit": "200"})
        for link in linked:
            user = text(link, "id")
            if user not in people:
                login = text(await fetch_user(readers, user), "profile", "login")
                people[user] = {"id": user, "login": login}
        return Answer(
            value=listed(sorted(people.values(), key=lambda person: text(person, "login"))),
            raw={"log": listed(events), "links": listed(linked)},
            complete=found.complete,
            gaps=found.gaps,
            request_ids=found.request_ids,
            observed_through=found.through,
        )


def _came_through(event: JsonObject, idp: str) -> bool:
    """Say whether a sign-in was by this provider: it is a target, or the one that vouches."""
    named = {target.get("id") for target in entries(event, "target")}
    return idp in named | {at(event, "authenticationContext", "issuer", "id")}
