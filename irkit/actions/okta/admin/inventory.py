"""Who administers the org: users, groups, service applications, and the API tokens they have."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar, Final

import anyio

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.okta_notes import Notes
from irkit.actions.okta_roles import SUPER_ADMIN, role_holders
from irkit.actions.okta_user import user_path
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory(Read):
    """Returns everybody and everything with an admin role; what could not be read is a gap."""

    spec: ClassVar[Spec] = Spec(
        id="okta.admin.inventory",
        version=1,
        verb=Verb.READ,
        summary="Who administers the org",
        needs=("okta",),
        permissions=Permissions(
            okta_read=(
                "okta.roles.read",
                "okta.users.read",
                "okta.groups.read",
                "okta.apps.read",
                "okta.apiTokens.read",
            )
        ),
        reveals=(Kind.OKTA_API_TOKEN,),
        attack=("T1098.003",),
        d3fend=("D3-AI",),
        gotchas=(
            "Service applications hold roles too, and no list of users shows them.",
            "One request a group and a service application: large orgs take a while.",
            "A token does whatever its owner may do.",
        ),
        result={
            "type": "object",
            "properties": {
                "super_admins": {"type": "integer"},
                "users": {"type": "array", "items": {"type": "object"}},
                "groups": {"type": "array", "items": {"type": "object"}},
                "clients": {"type": "array", "items": {"type": "object"}},
                "api_tokens": {"type": "array", "items": {"type": "object"}},
            },
        },
    )

    groups: int = parameter("int", "Look at so many groups at most", default=1000)

    async def read(self, readers: Readers) -> Answer:
        """Read the holders of roles, then what each holds."""
        work = _Work(readers=readers, notes=Notes())
        users = await work.users()
        groups = await work.groups(self.groups)
        clients = await work.clients()
        tokens = [_token(token) for token in await work.notes.read(readers, "/api/v1/api-tokens")]
        supers = [user for user in users if user["super_admin"] and user["status"] == "ACTIVE"]
        value: JsonObject = {
            "super_admins": len(supers),
            "users": listed(users),
            "groups": listed(groups),
            "clients": listed(clients),
            "api_tokens": listed(sorted(tokens, key=_by_id)),
        }
        return Answer(
            value=value,
            raw=value,
            complete=not work.notes.gaps,
            gaps=tuple(work.notes.gaps),
            request_ids=tuple(work.notes.request_ids),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """One inventory under way."""

    readers: Readers
    notes: Notes

    async def users(self) -> list[JsonObject]:
        try:
            holders = await role_holders(self.readers)
        except CallError as error:
            self.notes.gaps.append(f"users with roles: {error.diagnostics[0].summary}")
            return []
        found: list[JsonObject] = []

        async def look(user: str) -> None:
            record = await self.notes.show(self.readers, user_path(user))
            roles = await self.notes.read(self.readers, user_path(user, "roles"))
            found.append(_user(user, record, roles))

        await self._each(look, holders)
        return sorted(found, key=_by_id)

    async def groups(self, most: int) -> list[JsonObject]:
        groups = await self.notes.read(self.readers, "/api/v1/groups")
        if len(groups) > most:
            self.notes.gaps.append(
                f"/api/v1/groups: {len(groups) - most} groups were not looked at"
            )
        names = {text(g, "id"): maybe_text(g, "profile", "name") for g in groups[:most]}
        found: list[JsonObject] = []

        async def look(group: str) -> None:
            roles = await self.notes.read(self.readers, f"/api/v1/groups/{group}/roles")
            if roles:
                found.append({"id": group, "name": names[group], "roles": _roles(roles)})

        await self._each(look, tuple(names))
        return sorted(found, key=_by_id)

    async def clients(self) -> list[JsonObject]:
        apps = await self.notes.read(self.readers, "/api/v1/apps", {"limit": "200"})
        clients = {
            text(app, "credentials", "oauthClient", "client_id"): app
            for app in apps
            if maybe_text(app, "settings", "oauthClient", "application_type") == "service"
        }
        found: list[JsonObject] = []

        async def look(client: str) -> None:
            roles = await self.notes.read(self.readers, f"/oauth2/v1/clients/{client}/roles")
            if roles:
                app = clients[client]
                label, status = maybe_text(app, "label"), maybe_text(app, "status")
                found.append(
                    {"id": client, "label": label, "status": status, "roles": _roles(roles)}
                )

        await self._each(look, tuple(clients))
        return sorted(found, key=_by_id)

    async def _each(self, look: Callable[[str], Awaitable[None]], items: tuple[str, ...]) -> None:
        """Look at every item, a few at a time."""
        limiter = anyio.CapacityLimiter(_AT_ONCE)

        async def one(item: str) -> None:
            async with limiter:
                await look(item)

        async with anyio.create_task_group() as group:
            for item in items:
                group.start_soon(one, item)


def _user(user: str, record: Json, roles: list[JsonObject]) -> JsonObject:
    return {
        "id": user,
        "login": maybe_text(record, "profile", "login"),
        "status": maybe_text(record, "status"),
        "super_admin": any(maybe_text(role, "type") == SUPER_ADMIN for role in roles),
        "roles": _roles(roles),
    }


def _roles(roles: list[JsonObject]) -> list[Json]:
    """Return each role once a way: directly, or through a group."""
    found = {
        (maybe_text(role, "type"), maybe_text(role, "role"), maybe_text(role, "assignmentType"))
        for role in roles
    }
    return [
        {"type": kind, "through": through, **({"role": custom} if custom else {})}
        for kind, custom, through in sorted(found)
    ]


def _token(token: JsonObject) -> JsonObject:
    return {
        "id": text(token, "id"),
        "name": maybe_text(token, "name"),
        "user": maybe_text(token, "userId"),
        "created": maybe_text(token, "created"),
        "last_updated": maybe_text(token, "lastUpdated"),
        "network": maybe_text(token, "network", "connection"),
    }


def _by_id(item: Json) -> str:
    return text(item, "id")
