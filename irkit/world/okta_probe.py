"""Trying an Okta credential: what its holder would do with it first."""

import json
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.okta.inbound_saml import OutsideProvider
from irkit.world.probing import Reply, SeatState, exchange

_JSON = {"Content-Type": "application/json", "Accept": "application/json"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_OK = 200
_BAD_REQUEST = 400
_NOT_LET_IN = b"GENERAL_NONSUCCESS"
_REFUSALS = frozenset({400, 401, 403, 404})
_NOBODY = "nobody@irkit-seat-probe.invalid"


def ask_okta(url: str, kind: CredentialKind, credentials: Mapping[str, Secret]) -> SeatState:
    """Use an Okta credential of `kind` once."""
    held = {name: secret.reveal() for name, secret in credentials.items()}
    match kind:
        case CredentialKind.OKTA_SESSION:
            return _me(url, {"Cookie": f"sid={held['sid']}"})
        case CredentialKind.OKTA_API_TOKEN:
            return _me(url, {"Authorization": f"SSWS {held['token']}"})
        case CredentialKind.OKTA_ACCESS_TOKEN:
            headers = {"Authorization": f"Bearer {held['token']}"}
            return _verdict(exchange(url, "GET", "/oauth2/v1/userinfo", headers), "sub")
        case CredentialKind.OKTA_OAUTH_TOKEN:
            form = urlencode({"grant_type": "refresh_token", "refresh_token": held["token"]})
            reply = exchange(url, "POST", "/oauth2/v1/token", _FORM, form.encode())
            return _verdict(reply, "access_token")
        case CredentialKind.OKTA_IDP:
            return _vouch(url, held)
        case _:
            return _sign_in(url, held)


def _me(url: str, headers: Mapping[str, str]) -> SeatState:
    return _verdict(exchange(url, "GET", "/api/v1/users/me", headers), "id")


def _sign_in(url: str, held: Mapping[str, str]) -> SeatState:
    """Sign in with a password and a factor: both must still be the intruder's.

    Where no factor is left to ask for, the password alone lets its holder in, to enrol another.
    """
    first = _post(url, "/api/v1/authn", {"username": held["login"], "password": held["password"]})
    if _verdict(first, "sessionToken") is SeatState.ALIVE:
        return SeatState.ALIVE
    begun = _verdict(first, "stateToken")
    if begun is not SeatState.ALIVE:
        return begun
    answer = {"stateToken": str(_content(first)["stateToken"]), "passCode": held["pass_code"]}
    second = _post(url, f"/api/v1/authn/factors/{held['factor_id']}/verify", answer)
    return _verdict(second, "sessionToken")


def _vouch(url: str, held: Mapping[str, str]) -> SeatState:
    """Vouch for somebody who does not exist: whom Okta does not know it says of who is believed.

    To come in as somebody would change the org: a session, a link, a user let in again.
    """
    provider = OutsideProvider.read(held["issuer"], held["key"])
    reply = come_through(url, provider, held["idp_id"], _NOBODY, {})
    if reply is not None and reply.status == _BAD_REQUEST and _NOT_LET_IN in reply.body:
        return SeatState.ALIVE
    return _verdict(reply, "")


def come_through(
    url: str, provider: OutsideProvider, idp: str, name: str, headers: Mapping[str, str]
) -> Reply | None:
    """Send the org an assertion of `provider`, dated by the org's own clock."""
    clock = exchange(url, "GET", "/api/v1/sessions/me", headers)
    if clock is None or not clock.date:
        return None
    document = provider.vouch(name, idp_id=idp, at=parsedate_to_datetime(clock.date))
    form = urlencode({"SAMLResponse": document})
    return exchange(url, "POST", f"/sso/saml2/{idp}", {**headers, **_FORM}, form.encode())


def _post(url: str, path: str, content: Mapping[str, str]) -> Reply | None:
    return exchange(url, "POST", path, _JSON, json.dumps(content).encode())


def _verdict(reply: Reply | None, member: str) -> SeatState:
    """Alive if the answer has the member it must have; dead if Okta says no in its own words."""
    content = _content(reply)
    if reply is None:
        return SeatState.UNKNOWN
    if reply.status == _OK:
        return SeatState.ALIVE if member in content else SeatState.UNKNOWN
    said_no = "errorCode" in content or "error" in content or bool(reply.challenge)
    return SeatState.DEAD if reply.status in _REFUSALS and said_no else SeatState.UNKNOWN


def _content(reply: Reply | None) -> Mapping[str, object]:
    try:
        content = json.loads(reply.body) if reply else None
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
