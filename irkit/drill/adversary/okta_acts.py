"""What the intruder does in Okta."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import quote

from irkit.drill.adversary.hands import Hands, WaitingError
from irkit.drill.adversary.holdings import Got, Item
from irkit.drill.scenario.model import Held, Holding
from irkit.model.access import CredentialKind

_CODE = "000000"
"""What an authenticator of the fixture shows."""


def push_mfa(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Sign in with a stolen password, and push until the phone's owner gives in."""
    assert using is not None
    login = hands.entities[using.held.of].name
    begun = _authn(hands, login)
    push = _factor(begun, "push")
    path = f"/api/v1/authn/factors/{push}/verify"
    answer = hands.browser.post(path, {"stateToken": str(begun["stateToken"])})
    if "sessionToken" not in answer:
        raise WaitingError("the push was not approved")
    return _session(hands, login, answer)


def sign_in(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Sign in with the password and the intruder's own authenticator."""
    assert using is not None
    login = using.secret("login")
    begun = _authn(hands, login)
    if "sessionToken" in begun:  # somebody has reset the factors: the password alone will do
        return _session(hands, login, begun)
    path = f"/api/v1/authn/factors/{using.secret('factor_id')}/verify"
    answer = hands.browser.post(
        path, {"stateToken": str(begun["stateToken"]), "passCode": using.secret("pass_code")}
    )
    return _session(hands, login, answer)


def enroll_factor(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Enrol an authenticator, to come back with."""
    assert using is not None
    answer = hands.signed_in(using).post(
        "/api/v1/users/me/factors?activate=true",
        {"factorType": "token:software:totp", "provider": "GOOGLE"},
    )
    return _own_factor(hands, using.login, str(answer["id"]))


def create_token(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Make an API token in the admin console."""
    assert using is not None
    answer = hands.signed_in(using).post("/api/internal/tokens", {"name": "sync"})
    seat = hands.okta_seat(CredentialKind.OKTA_API_TOKEN, using.login, token=str(answer["token"]))
    return Got(seat=seat, login=using.login, made={"tokens": (str(answer["id"]),)})


def grant_admin(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Give somebody an administrator role."""
    assert using is not None
    login = hands.entities[given["user"]].name
    hands.okta(using, f"/api/v1/users/{quote(login)}/roles", {"type": given["role"]})
    return Got(login=login)


def reset_and_sign_in(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:
    """Free a suspended account by an administrator's right, give it a factor, and sign in."""
    assert using is not None
    login = hands.entities[given["user"]].name
    user = f"/api/v1/users/{quote(login)}"
    hands.okta(using, f"{user}/lifecycle/unsuspend", {})
    answer = hands.okta(
        using,
        f"{user}/factors?activate=true",
        {"factorType": "token:software:totp", "provider": "GOOGLE"},
    )
    begun = _authn(hands, login)
    passed = hands.browser.post(
        f"/api/v1/authn/factors/{answer['id']}/verify",
        {"stateToken": str(begun["stateToken"]), "passCode": _CODE},
    )
    return _session(hands, login, passed)


def call_help_desk(hands: Hands, using: Item | None, given: Mapping[str, str]) -> Got:  # noqa: ARG001
    """Come in by the password alone, once the help desk has reset the factors, and enrol one."""
    assert using is not None
    login = hands.entities[using.held.of].name
    begun = _authn(hands, login)
    if "sessionToken" not in begun:
        raise WaitingError("the account still asks for a factor")
    opened = _session(hands, login, begun)
    assert opened.seat is not None
    session = Item(held=Held(kind=Holding.OKTA_SESSION), seat=opened.seat, login=login)
    return enroll_factor(hands, session, {})


def _authn(hands: Hands, login: str) -> Mapping[str, object]:
    return hands.browser.post("/api/v1/authn", {"username": login, "password": hands.password})


def _factor(begun: Mapping[str, object], kind: str) -> str:
    embedded = cast("Mapping[str, Sequence[Mapping[str, str]]]", begun.get("_embedded", {}))
    found = [item["id"] for item in embedded.get("factors", ()) if item["factorType"] == kind]
    if not found:
        raise WaitingError(f"there is no {kind} to ask")
    return found[0]


def _session(hands: Hands, login: str, answer: Mapping[str, object]) -> Got:
    token = {"sessionToken": str(answer["sessionToken"])}
    session = hands.browser.post("/api/v1/sessions", token)
    seat = hands.okta_seat(CredentialKind.OKTA_SESSION, login, sid=str(session["id"]))
    return Got(seat=seat, login=login)


def _own_factor(hands: Hands, login: str, factor: str) -> Got:
    seat = hands.okta_seat(
        CredentialKind.OKTA_FACTOR,
        login,
        login=login,
        password=hands.password,
        factor_id=factor,
        pass_code=_CODE,
    )
    return Got(seat=seat, login=login, made={"factors": (factor,)})
