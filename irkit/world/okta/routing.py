"""How an endpoint is written: a function with `@route`, in a file under `api/`, and nothing else.

    @route("GET", "/api/v1/org", area="orgs")
    def show_org(ask: Ask) -> Reply: ...

The file is found by `load()`. An endpoint gets an `Ask` (who, what, on which state) and returns a
`Reply`; it raises `OktaError` to refuse. It runs under the state lock, so it sees one moment.
"""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final, TypeAlias

from irkit.canonical import Json, JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import Caller, Credential, has_role, has_scope, user_party
from irkit.world.okta.records import User
from irkit.world.okta.state import OktaState
from irkit.world.okta.system_log import Happening, Origin, Party, render
from irkit.world.okta.tables import Tables


class Access(StrEnum):
    """Who may call an endpoint."""

    ADMIN = "admin"
    """Callers with a role for the route's area; bearer tokens also need the scope."""
    SELF = "self"
    """Any live credential; the endpoint decides."""
    OPEN = "open"
    """Anybody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an endpoint answers: JSON in `body` (None is an empty one), or a `page` of `media`."""

    status: int = 200
    body: Json = None
    page: str = ""
    media: str = "text/html;charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()


NO_CONTENT: Final = Reply(status=204)
EMPTY_OBJECT: Final = Reply(body={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One endpoint: method, path template, who may call it, and its function.

    `area` is what admin roles are about; `family` names the OAuth scopes where it differs.
    """

    method: str
    path: str
    area: str
    family: str
    access: Access
    write: bool
    handler: "Handler"

    @property
    def operation(self) -> str:
        """The name under which faults, limits and the call log know it."""
        return f"{self.method} {self.path}"

    @property
    def scope(self) -> str:
        """The OAuth scope a bearer token needs."""
        return scope_of(self.family, write=self.write)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request, as an endpoint sees it."""

    state: OktaState
    caller: Caller
    base: str
    path: str
    origin: Origin
    params: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Json = None

    @property
    def tables(self) -> Tables:
        """The tables of the org."""
        return self.state.tables

    def object(self) -> JsonObject:
        """Return the body as an object; an absent one is empty.

        Raises:
            OktaError: E0000003 where it is something else.
        """
        if self.body is None:
            return {}
        if not isinstance(self.body, Mapping):
            raise errors.malformed()
        return self.body

    def user(self, name: str = "id") -> User:
        """Return the user that a path parameter names; `me` is the caller."""
        reference = self.params[name]
        if reference == "me":
            if self.caller.user is None:
                raise errors.not_found("me", "User")
            return self.caller.user
        return self.tables.user(reference)

    def must_be_admin(self, area: str, *, write: bool, family: str = "") -> None:
        """Refuse unless the caller's scopes and roles allow this."""
        scope = scope_of(family or area, write=write)
        if not has_scope(self.caller, scope):
            raise errors.insufficient_scope(scope)
        if not has_role(self.state, self.caller, area, write=write):
            raise errors.forbidden()

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a boolean query parameter."""
        text = self.query.get(name)
        return default if text is None else text.lower() == "true"

    def happened(
        self,
        event_type: str,
        message: str,
        *targets: Party,
        result: str = "SUCCESS",
        reason: str | None = None,
        actor: Party | None = None,
        session: str = "",
        debug: "JsonObject | None" = None,
    ) -> None:
        """Write an event into the System Log."""
        now = self.state.now()
        happening = Happening(
            event_type=event_type,
            message=message,
            targets=targets,
            result=result,
            reason=reason,
            debug=debug or {},
        )
        origin = replace(self.origin, session=session) if session else self.origin
        event = render(
            happening,
            uuid=self.state.ids.uuid(),
            at=now,
            actor=actor or self.caller.party,
            origin=origin,
        )
        self.state.log.add(now, event)

    def happened_to(self, event_type: str, message: str, user: User, *more: Party) -> None:
        """Write an event whose first target is a user."""
        self.happened(event_type, message, user_party(user), *more)

    def signed_in(self) -> User:
        """Return the user of the caller's session, or raise E0000005."""
        if self.caller.credential is not Credential.SESSION or self.caller.user is None:
            raise errors.no_session()
        return self.caller.user


def scope_of(family: str, *, write: bool) -> str:
    """Return the OAuth scope for reading or changing a family of resources."""
    return f"okta.{family}.{'manage' if write else 'read'}"


Handler: TypeAlias = Callable[[Ask], Reply]

_ROUTES: Final[dict[tuple[str, str], Route]] = {}


def route(
    method: str,
    path: str,
    *,
    area: str = "",
    family: str = "",
    access: Access = Access.ADMIN,
    write: bool | None = None,
) -> Callable[[Handler], Handler]:
    """Register the decorated function as the endpoint of `method` and `path`."""

    def register(handler: Handler) -> Handler:
        _ROUTES[method, path] = Route(
            method=method,
            path=path,
            area=area,
            family=family or area,
            access=access,
            write=method != "GET" if write is None else write,
            handler=handler,
        )
        return handler

    return register


def load() -> tuple[Route, ...]:
    """Import every file under `api/` and return all routes, the more specific paths first."""
    package = importlib.import_module("irkit.world.okta.api")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return tuple(sorted(_ROUTES.values(), key=_specific_first))


def _specific_first(item: Route) -> tuple[tuple[bool, str], ...]:
    return tuple((part.startswith("{"), part) for part in item.path.split("/"))
