"""What a password gives besides a session: tokens of a client, and a question as a factor."""

from urllib.parse import urlencode

import pytest
from okta_org import Org

from irkit.actions.shape import at
from irkit.canonical import Json, JsonObject

QUESTION: JsonObject = {"question": "disliked_food", "answer": "sprouts"}


def token(org: Org, client: str, **more: str) -> JsonObject:
    """Ask for tokens with mallory's password."""
    form = {
        "grant_type": "password",
        "client_id": client,
        "username": "mallory@acme.test",
        "password": "hunter2",
        "scope": "openid offline_access",
        **more,
    }
    return org.send_form("/oauth2/v1/token", urlencode(form)).object


def native(org: Org, *grant_types: str) -> str:
    """Register a native client that mallory has."""
    client = org.state.add_native_app("CLI", grant_types)
    org.state.assign_app(client, org.mallory)
    return client


def test_a_password_is_worth_a_refresh_token(org: Org) -> None:
    """A client that may gets tokens, and is shown as what it is."""
    client = native(org, "password", "refresh_token")
    refresh = str(token(org, client)["refresh_token"])
    form = urlencode({"grant_type": "refresh_token", "refresh_token": refresh})
    assert "access_token" in org.send_form("/oauth2/v1/token", form).object
    shown = org.get(f"/api/v1/apps/{client}").object
    assert at(shown, "settings", "oauthClient", "application_type") == "native"
    assert "refresh_token" not in token(org, client, scope="openid")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_id": "0oaNone"}, "invalid_client"),
        ({"password": "x"}, "invalid_grant"),
        ({"username": "nobody@acme.test"}, "invalid_grant"),
    ],
)
def test_what_is_wrong_is_refused(org: Org, change: dict[str, str], error: str) -> None:
    """An unknown client, a wrong password and an unknown login give no token."""
    assert token(org, native(org, "password"), **change)["error"] == error


def test_a_client_needs_the_grant_and_the_user_needs_the_client(org: Org) -> None:
    """Without either there is no token; nor for a user who is suspended."""
    assert token(org, native(org, "refresh_token"))["error"] == "unauthorized_client"
    stranger = org.state.add_native_app("Other", ("password",))
    assert token(org, stranger)["error"] == "access_denied"
    client = native(org, "password")
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert token(org, client)["error"] == "invalid_grant"


def test_a_question_is_active_at_once_and_passed_by_its_answer(org: Org) -> None:
    """The answer is never shown, and nothing else passes it."""
    body: dict[str, Json] = {"factorType": "question", "provider": "OKTA", "profile": QUESTION}
    made = org.post(org.user_path(org.mallory, "/factors"), body).object
    assert (made["status"], made["profile"]) == ("ACTIVE", {"question": "disliked_food"})
    sent = {"username": "mallory@acme.test", "password": "hunter2"}
    first = org.post("/api/v1/authn", sent).object
    assert first["status"] == "MFA_REQUIRED"
    path = f"/api/v1/authn/factors/{made['id']}/verify"
    state = {"stateToken": first["stateToken"]}
    assert org.post(path, {**state, "passCode": "sprouts"}).code == "E0000068"
    assert "sessionToken" in org.post(path, {**state, "answer": "sprouts"}).object
    nothing = {**body, "profile": {"question": "disliked_food"}}
    assert org.post(org.user_path(org.mallory, "/factors"), nothing).code == "E0000001"
