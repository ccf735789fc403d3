"""Take users off an identity provider: what it says of itself no longer means them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.okta_things import fetch, path_of
from irkit.actions.okta_user import fetch_user, user_of
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.actions.touches import own_id, owned, owner_id
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_IDPS: Final = "/api/v1/idps"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnlinkUsers(Action):
    """Ends each link between a user and one identity provider, one change each."""

    spec: ClassVar[Spec] = Spec(
        id="okta.idp.unlink_users",
        version=1,
        verb=Verb.DO,
        summary="Unlink users from an identity provider",
        needs=("okta",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="okta.idp_link",
        permissions=Permissions(
            okta_read=("okta.idps.read", "okta.users.read"),
            okta_write=("okta.idps.manage", "okta.users.manage"),
        ),
        does_not_cut=(
            Kind.OKTA_IDP,
            Kind.OKTA_SESSION,
            Kind.OKTA_OAUTH_TOKEN,
            Kind.OKTA_API_TOKEN,
            Kind.FEDERATED_ROLE_SESSION,
        ),
        visible_within=timedelta(seconds=15),
        in_doubt_wait=timedelta(seconds=5),
        attack=("T1484.002",),
        d3fend=("D3-CR",),
        gotchas=(
            "Switch the provider off first: one that links by itself links again at sign-in.",
            "Sessions that were begun through it live on.",
            "People are shown by the name under which the provider knows them.",
        ),
    )

    idp: str = parameter("text", "The identity provider's id (0oa…)")
    user: str = parameter("okta.user", "Only this user; empty for all who are linked", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Read the provider and who is linked to it, with the name it knows each by."""
        provider = await fetch(readers, "identity provider", _IDPS, self.idp)
        only = text(await fetch_user(readers, self.user), "id") if self.user else ""
        links = [
            {
                "id": text(link, "id"),
                "login": text(link, "externalId"),
                "created": maybe_text(link, "created"),
            }
            for link in await readers.okta.list(path_of(_IDPS, self.idp, "users"), {"limit": "200"})
            if only in {"", link["id"]}
        ]
        return {
            "tenant": readers.okta.tenant,
            "idp": text(provider, "id"),
            "name": maybe_text(provider, "name"),
            "links": listed(links),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End each link."""
        return tuple(
            Change(
                id=f"unlink-{text(link, 'id')}",
                target=_target(seen, link),
                verb="unlink",
                before={"external_id": text(link, "login")},
                after={"external_id": None},
                saved={"created": link["created"]},
            )
            for link in entries(seen, "links")
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the name by which the provider knows the user; None where there is no link."""
        for link in entries(seen, "links"):
            if link["id"] == owner_id(target):
                return {"external_id": link["login"]}
        return {"external_id": None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the provider and the links."""
        provider = Target(
            kind="okta.idp",
            tenant=text(seen, "tenant"),
            id=text(seen, "idp"),
            label=text(seen, "name"),
        )
        return (provider, *(_target(seen, link) for link in entries(seen, "links")))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Unlink one user."""
        target = change.target
        path = path_of(_IDPS, own_id(target), "users", owner_id(target))
        reply = await writers.okta.send("DELETE", path)
        return Applied(request_ids=(reply.request_id,), status=reply.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Link the user again by the same name."""
        target = change.target
        path = path_of(_IDPS, own_id(target), "users", owner_id(target))
        body: Json = {"externalId": text(change.before, "external_id")}
        reply = await writers.okta.send("POST", path, body=body)
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def _target(seen: Seen, link: JsonObject) -> Target:
    user = user_of(text(seen, "tenant"), link)
    label = f"link of {user.label} at {text(seen, 'name')}"
    return owned("okta.idp_link", user, text(seen, "idp"), label)
