"""May irkit do at Okta what the playbook needs? Scopes and administrator roles are compared.

Okta has no dry run. A scope that is configured was granted, or no connection would be open; what a
standard role may do is Okta's, and kept in a table. A custom role cannot be judged from outside.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Final

from irkit.actions.shape import maybe_text, text
from irkit.engine.checking import Finding, State, good
from irkit.engine.least_privilege import least_privileges
from irkit.providers.call import CallError, Outcome
from irkit.proving.preflight.site import Site
from irkit.workspace.config import KeyAuth, OktaConnection

_ALL: Final = "SUPER_ADMIN"
_READERS: Final = frozenset({"ORG_ADMIN", "READ_ONLY_ADMIN"})
_SUPER_ONLY: Final = frozenset({"apiTokens", "roles"})
_WRITES: Final[Mapping[str, frozenset[str]]] = {
    "USER_ADMIN": frozenset({"users", "groups", "sessions", "factors"}),
    "HELP_DESK_ADMIN": frozenset({"sessions", "factors"}),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({"groups"}),
    "APP_ADMIN": frozenset({"apps", "appGrants", "clients"}),
    "API_ACCESS_MANAGEMENT_ADMIN": frozenset({"apps", "appGrants", "clients"}),
}
_READS: Final[Mapping[str, frozenset[str]]] = {
    "REPORT_ADMIN": frozenset({"logs", "users", "groups", "apps"}),
    "USER_ADMIN": frozenset({"users", "groups", "logs", "devices", "apps"}),
    "HELP_DESK_ADMIN": frozenset({"users", "groups", "devices", "apps"}),
    "GROUP_MEMBERSHIP_ADMIN": frozenset({"users", "groups"}),
    "APP_ADMIN": frozenset({"users", "groups", "apps", "appGrants", "clients"}),
}


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield the scopes and roles that are missing."""
    for finding in site.blind("scopes", "okta"):
        yield finding
    needed = least_privileges(
        site.book, site.session.catalogue, site.session.workspace.protect
    ).okta
    scopes = sorted({*needed.read, *needed.write})
    for connection in site.open("okta"):
        assert isinstance(connection, OktaConnection), "it is a connection to Okta"
        found = [*_scopes(connection, scopes), *await _roles(site, connection, scopes)]
        for finding in found:
            yield finding
        if not found:
            yield good("scopes", f"`{connection.name}` has what {len(scopes)} scopes allow")


def _scopes(connection: OktaConnection, needed: Iterable[str]) -> Iterator[Finding]:
    if not isinstance(connection.auth, KeyAuth):
        return
    granted = set(connection.auth.scopes)
    missing = [
        scope
        for scope in needed
        if scope not in granted and scope.replace(".read", ".manage") not in granted
    ]
    if missing:
        yield Finding(
            subject="scopes",
            state=State.BAD,
            what=f"`{connection.name}` lacks the scopes {', '.join(missing)}",
            remedy="grant them to the service app, and list them under `scopes:` in irkit.yaml",
        )


async def _roles(site: Site, connection: OktaConnection, needed: Iterable[str]) -> list[Finding]:
    reader = site.readers(connection).okta
    caller = await reader.caller()
    user, client = maybe_text(caller, "user_id"), maybe_text(caller, "client_id")
    who = maybe_text(caller, "login") or f"the service app {client}"
    path = f"/api/v1/users/{user}/roles" if user else f"/oauth2/v1/clients/{client}/roles"
    try:
        roles = [text(role, "type") for role in await reader.list(path)]
    except CallError as error:
        if error.outcome is not Outcome.REJECTED:
            raise
        return [
            Finding(
                subject="scopes",
                state=State.UNKNOWN,
                what=f"the administrator roles of {who} cannot be read",
                remedy="let it read roles (okta.roles.read), or look in Okta's console",
            )
        ]
    missing = [scope for scope in needed if not any(_allows(role, scope) for role in roles)]
    if not missing:
        return []
    custom = "CUSTOM" in roles
    told = f"{who} has the roles {', '.join(sorted(roles)) or 'none'}, which do not allow "
    return [
        Finding(
            subject="scopes",
            state=State.UNKNOWN if custom else State.BAD,
            what=told + ", ".join(missing),
            remedy="see what the custom role allows" if custom else "give it a role that does",
        )
    ]


def _allows(role: str, scope: str) -> bool:
    _, area, right = scope.split(".")
    if role == _ALL:
        return True
    if right == "read":
        return role in _READERS or area in _READS.get(role, frozenset())
    if role == "ORG_ADMIN":
        return area not in _SUPER_ONLY
    return area in _WRITES.get(role, frozenset())
