"""A canary at Okta: one user whose profile says so, with a password that only irkit knows.

Who holds the user's credentials is played by irkit over HTTP, with nothing of its own. Sessions at
Okta cannot be listed, so all are ended at each sweep; the password is replaced by one that nobody
knows. Factors and refresh tokens are looked for.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from irkit.actions.base import SeatState
from irkit.actions.resolve import resolve
from irkit.actions.shape import maybe_text, text
from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.providers.call import ANYTHING, Outcome
from irkit.providers.json_text import decode
from irkit.providers.okta.exchange import Answer, TransportError
from irkit.providers.okta.gateway import OktaWriter
from irkit.providers.okta.live import Holder
from irkit.providers.okta.settings import OktaSettings, Ssws
from irkit.proving.canary.grounds import Found, Ground, Site, no_canary
from irkit.proving.canary.orders import Orders
from irkit.proving.canary.planted import Planted
from irkit.proving.canary.writing import Writing
from irkit.secret import Secret
from irkit.workspace.config import OktaConnection

PASSWORD: Final = "okta:POST /api/v1/users/{userId} credentials.password"  # noqa: S105  # a call
_FACTOR: Final = "okta:DELETE /api/v1/users/{userId}/factors/{factorId}"
_SESSIONS: Final = "okta:DELETE /api/v1/users/{userId}/sessions?oauthTokens=true"
SWEEPS: Final = (_FACTOR, _SESSIONS, PASSWORD)
_OK: Final = 200
_REFUSALS: Final = frozenset({400, 401, 403, 404})
_NO: Final = frozenset({"errorCode", "error"})
"""What Okta's own refusals say; a proxy's do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaGround(Ground):
    """The canary's user and what can be done to it."""

    every: ClassVar[float] = 1.0  # signing in is limited to a few times a second for each user
    settings: OktaSettings
    writer: OktaWriter
    login: str
    client: str
    passwords: list[Secret] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Return the user's path."""
        return f"/api/v1/users/{self.target.id}"

    async def write(
        self,
        call: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
        what: Mapping[str, Json] | None = None,
    ) -> Json:
        """Send `call` to `path`, recorded before; `what` is what may be recorded of it."""
        method = call.removeprefix("okta:").partition(" ")[0]
        with self.writing.of(call, what or {}):
            return (await self.writer.send(method, path, query=query, body=body)).body

    async def act(
        self,
        call: str,
        *,
        body: Json = None,
        form: Mapping[str, str] | None = None,
        what: Mapping[str, Json] | None = None,
    ) -> JsonObject:
        """Send `call` as whoever holds the user's credentials; return Okta's answer, any answer."""
        method, _, path = call.removeprefix("okta:").partition(" ")
        async with self.holder() as holder:
            with self.writing.of(call, what or {}) as came:
                answer = await holder.send(method, path, body=body, form=form)
                if answer.status != _OK:
                    came.outcome = str(Outcome.REJECTED)
        return content(answer)

    async def password(self) -> Secret:
        """Give the user a new password and return it; once in the life of a canary."""
        if not self.passwords:
            self.passwords.append(await self._new_password())
        return self.passwords[-1]

    def holder(self) -> Holder:
        """Return who holds the user's credentials; use it as a context."""
        return Holder(self.settings)

    async def state(self, planted: Planted) -> SeatState:
        """Use a planted credential as its holder would."""
        try:
            async with self.holder() as holder:
                return await _TRIED[planted.kind](self, holder, planted)
        except TransportError:
            return SeatState.UNKNOWN

    async def sweep(self) -> tuple[str, ...]:
        """Remove all factors, end all sessions and tokens, and let nobody know the password."""
        found = []
        for factor in await self._factors():
            path = f"{self.path}/factors/{text(factor, 'id')}"
            await self.write(_FACTOR, path, what={"factor": text(factor, "id")})
            found.append(f"factor {text(factor, 'id')} ({text(factor, 'factorType')})")
        await self.write(_SESSIONS, f"{self.path}/sessions", query={"oauthTokens": "true"})
        await self._new_password()
        self.passwords.clear()
        return tuple(found)

    async def left(self) -> tuple[str, ...]:
        """Return its factors and refresh tokens, and its status where it is another than before."""
        factors = [f"factor {text(factor, 'id')}" for factor in await self._factors()]
        tokens: list[JsonObject] = []
        if self.client:
            tokens = await self.readers.okta.list(f"{self.path}/clients/{self.client}/tokens")
        status = await self._status()
        return (
            *factors,
            *(f"refresh token {text(token, 'id')}" for token in tokens),
            *([] if status == "ACTIVE" else [f"the status {status}"]),
        )

    async def unrestored(self, planted: Sequence[Planted]) -> tuple[str, ...]:  # noqa: ARG002
        """Return the status where the user cannot be used again; ended sessions stay ended."""
        status = await self._status()
        return () if status == "ACTIVE" else (f"the undo left the user {status}",)

    async def _new_password(self) -> Secret:
        made = Secret(f"Aa1-{secrets.token_urlsafe(24)}")
        body: JsonObject = {"credentials": {"password": {"value": made.reveal()}}}
        await self.write(PASSWORD, self.path, body=body, what={"password": "a new one"})
        return made

    async def _factors(self) -> list[JsonObject]:
        return await self.readers.okta.list(f"{self.path}/factors")

    async def _status(self) -> str:
        return text((await self.readers.okta.get(self.path)).body, "status")


async def find(site: Site, orders: Orders) -> Found:
    """Find the canary's user, and make sure that it is one.

    Raises:
        IrkitError: IRK870 if its profile does not say so, IRK270 if there is no such user, IRK208
            if there is no connection to Okta, or more than one.
    """
    connections = site.session.workspace.of("okta")
    readers = site.connections.readers(None, ("okta",))
    resolved = await resolve("okta.user", orders.user, readers)
    user = (await readers.okta.get(f"/api/v1/users/{resolved.target.id}")).body
    name, value = orders.tag
    if maybe_text(user, "profile", name) != value:
        raise no_canary(orders.user, orders.mark)
    return Found(target=resolved.target, connection=connections[0].name, readers=readers)


def stand(site: Site, found: Found, writing: Writing, orders: Orders) -> OktaGround:
    """Return the ground of a user that was found."""
    connection = site.session.workspace.connections[found.connection]
    assert isinstance(connection, OktaConnection), "it was found through one"
    return OktaGround(
        writing=writing,
        readers=found.readers,
        settings=OktaSettings(
            org_url=connection.org_url,
            org_id=connection.org_id,
            auth=Ssws(token=Secret("")),  # the holder of a credential sends their own
            user_agent="irkit-canary",
        ),
        writer=site.connections.writers(found.connection, ("okta",), ANYTHING).okta,
        login=found.target.label,
        client=orders.oauth_client,
    )


def content(answer: Answer) -> JsonObject:
    """Return the JSON object that came back; nothing where it was none."""
    try:
        value = decode(answer.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def cannot(what: str, said: JsonObject) -> IrkitError:
    """Return the error of a credential that could not be planted."""
    why = next((str(said[key]) for key in ("status", "errorSummary", "error") if key in said), "")
    return IrkitError(
        Diagnostic(
            code="IRK893",
            summary=f"{what} could not be planted: Okta said {why or 'nothing that is known'}",
            help="let the canary's user sign in with its password alone from this machine",
        )
    )


async def _session(ground: OktaGround, holder: Holder, planted: Planted) -> SeatState:
    del ground
    cookie = {"Cookie": f"sid={planted.held['sid'].reveal()}"}
    return verdict(await holder.send("GET", "/api/v1/sessions/me", headers=cookie), "id")


async def _token(ground: OktaGround, holder: Holder, planted: Planted) -> SeatState:
    """Mint an access token. Where refresh tokens rotate, the next one is kept."""
    form = {
        "grant_type": "refresh_token",
        "client_id": ground.client,
        "refresh_token": planted.held["token"].reveal(),
    }
    answer = await holder.send("POST", "/oauth2/v1/token", form=form)
    rotated = maybe_text(content(answer), "refresh_token")
    if rotated:
        planted.held["token"] = Secret(rotated)
    return verdict(answer, "access_token")


async def _factor(ground: OktaGround, holder: Holder, planted: Planted) -> SeatState:
    """Sign in with the password and the factor: both must still be the holder's."""
    login: JsonObject = {"username": ground.login, "password": planted.held["password"].reveal()}
    first = await holder.send("POST", "/api/v1/authn", body=login)
    begun = verdict(first, "stateToken")
    if begun is not SeatState.ALIVE:
        return begun
    said: JsonObject = {
        "stateToken": str(content(first)["stateToken"]),
        "answer": planted.held["answer"].reveal(),
    }
    path = f"/api/v1/authn/factors/{planted.id}/verify"
    return verdict(await holder.send("POST", path, body=said), "sessionToken")


_TRIED: Final = {
    "okta_session": _session,
    "okta_oauth_token": _token,
    "okta_factor": _factor,
}


def verdict(answer: Answer, member: str) -> SeatState:
    """Say alive if the answer has what it must have, dead if Okta refuses in its own words."""
    said = content(answer)
    if answer.status == _OK:
        return SeatState.ALIVE if member in said else SeatState.UNKNOWN
    refused = answer.status in _REFUSALS and bool(_NO & said.keys())
    return SeatState.DEAD if refused else SeatState.UNKNOWN
