"""Users linked to an identity provider: through it they sign in without an Okta password."""

from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.callers import user_party
from irkit.world.okta.paging import page
from irkit.world.okta.records import User
from irkit.world.okta.routing import NO_CONTENT, Ask, Reply, route
from irkit.world.okta.system_log import Party
from irkit.world.okta.tables import Documents
from irkit.world.okta.views import hinted, moment

_PATH: Final = "/api/v1/idps/{idpId}/users"
_ONE: Final = f"{_PATH}/{{userId}}"


@route("GET", _PATH, area="idps")
def list_linked_users(ask: Ask) -> Reply:
    """List the users linked to an identity provider."""
    return page(
        ask, list(_links(ask)), key=str, show=lambda user_id: _json(ask, user_id), default=20
    )


@route("GET", _ONE, area="idps")
def get_linked_user(ask: Ask) -> Reply:
    """Show one link."""
    return Reply(body=_json(ask, _linked(ask)))


@route("POST", _ONE, area="idps", family="users")
def link_user(ask: Ask) -> Reply:
    """Link a user to an identity provider."""
    user = ask.user("userId")
    _links(ask)
    name = str(ask.object().get("externalId", user.login))
    link(ask, ask.params["idpId"], user, name)
    return Reply(body=_json(ask, user.id))


@route("DELETE", _ONE, area="idps")
def unlink_user(ask: Ask) -> Reply:
    """Take the link away."""
    user_id = _linked(ask)
    _tell(ask, "user.account.idp_link.remove", user_id)
    del _links(ask)[user_id]
    return NO_CONTENT


def link(ask: Ask, idp_id: str, user: User, name: str) -> None:
    """Link a user, whom the provider knows by `name`."""
    links = ask.tables.documents.setdefault(_table(idp_id), {})
    links[user.id] = {"externalId": name, "created": moment(ask.state.now())}
    _tell(ask, "user.account.idp_link.add", user.id)


def linked_as(ask: Ask, idp_id: str, name: str) -> User | None:
    """Return the user whom a provider knows by `name`, if one is linked."""
    for user_id, linked in ask.tables.documents.get(_table(idp_id), {}).items():
        if linked["externalId"] == name:
            return ask.tables.users.get(user_id)
    return None


def _table(idp_id: str) -> str:
    return f"idp_users/{idp_id}"


def _links(ask: Ask) -> Documents:
    idp_id = ask.params["idpId"]
    if idp_id not in ask.tables.documents.get("idps", {}):
        raise errors.not_found(idp_id, "IdpTrust")
    return ask.tables.documents.setdefault(_table(idp_id), {})


def _linked(ask: Ask) -> str:
    user_id = ask.params["userId"]
    if user_id not in _links(ask):
        raise errors.not_found(user_id, "IdpAppUser")
    return user_id


def _tell(ask: Ask, event_type: str, user_id: str) -> None:
    idp_id = ask.params["idpId"]
    idp = Party(id=idp_id, kind="IdpTrust", alternate_id="unknown", name=idp_id)
    ask.happened(event_type, "Link of a user", user_party(ask.tables.user(user_id)), idp)


def _json(ask: Ask, user_id: str) -> JsonObject:
    link = _links(ask)[user_id]
    idp = f"{ask.base}/api/v1/idps/{ask.params['idpId']}"
    return {
        "id": user_id,
        "externalId": link["externalId"],
        "created": link["created"],
        "lastUpdated": link["created"],
        "profile": {},
        "_links": {
            "self": hinted(f"{idp}/users/{user_id}", "GET", "DELETE"),
            "idp": {"href": idp},
            "user": {"href": f"{ask.base}/api/v1/users/{user_id}"},
        },
    }
