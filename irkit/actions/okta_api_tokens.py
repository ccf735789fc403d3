"""One API token as actions see it: found by id, spoken of with its owner."""

from typing import Final

from irkit.actions.base import Readers
from irkit.actions.okta_things import look
from irkit.actions.okta_user import fetch_user, user_of
from irkit.actions.refusal import no_such
from irkit.actions.shape import maybe_text, text
from irkit.actions.touches import owned
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target

TOKENS: Final = "/api/v1/api-tokens"


async def see_token(readers: Readers, token: str) -> tuple[JsonObject, Json]:
    """Return what a probe of a token always holds, and Okta's own record of it.

    Raises:
        IrkitError: if there is none of that id.
    """
    record = await look(readers, TOKENS, token)
    if record is None:
        raise no_such("Okta API token", token, "it was revoked already, or the id is wrong: look")
    owner = await fetch_user(readers, text(record, "userId"))
    seen: JsonObject = {
        "tenant": readers.okta.tenant,
        "token": text(record, "id"),
        "name": maybe_text(record, "name"),
        "owner": {"id": text(record, "userId"), "login": text(owner, "profile", "login")},
    }
    return seen, record


def token_target(seen: JsonObject) -> Target:
    """Return the token that `see_token` saw, as a target of its owner."""
    owner = seen["owner"]
    assert isinstance(owner, dict), "a token is seen with its owner"
    user = user_of(text(seen, "tenant"), owner)
    label = f"token {text(seen, 'name')} of {user.label}"
    return owned("okta.api_token", user, text(seen, "token"), label)
