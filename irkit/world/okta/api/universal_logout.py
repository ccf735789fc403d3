"""Global token revocation: sessions, refresh tokens and API tokens of a user at once."""

from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route


@route("POST", "/oauth2/v1/global-token-revocation", area="sessions", family="universalLogout")
def revoke_globally(ask: Ask) -> Reply:
    """End everything of a user that Okta itself can end; applications are not reached."""
    subject = ask.object().get("sub_id")
    if not isinstance(subject, dict) or subject.get("format") != "opaque":
        raise errors.invalid("sub_id", "sub_id: must be of the format opaque")
    user = ask.tables.user(str(subject.get("id", "")))
    ask.tables.end_sessions(user.id)
    tokens = ask.tables.refresh_tokens
    for key in [key for key, item in tokens.items() if item.user_id == user.id]:
        del tokens[key]
    mine = [item for item in ask.tables.api_tokens.values() if item.user_id == user.id]
    for token in mine:
        del ask.tables.api_tokens[token.id]
        ask.tables.token_ids.pop(token.secret, None)
    ask.happened("user.authentication.universal_logout", "Universal logout", user_party(user))
    return NO_CONTENT
