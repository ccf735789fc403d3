"""SAML sign-on into AWS from the Okta dashboard."""

import html
from collections.abc import Iterator

from irkit.canonical import Json
from irkit.world.okta.callers import user_party
from irkit.world.okta.records import App, Session, User
from irkit.world.okta.routing import Access, Ask, Reply, route
from irkit.world.okta.saml import Statement, entity_id, issue, metadata
from irkit.world.okta.system_log import Party
from irkit.world.okta.views import app_party

_PATH = "/app/amazon_aws/{appId}/sso/saml"
_DENIED = "<!DOCTYPE html><html><body><h1>403</h1><p>Access forbidden</p></body></html>"


@route("GET", _PATH, access=Access.OPEN)
def sign_on(ask: Ask) -> Reply:
    """Answer with the form that a browser posts to AWS; a session and an assignment are needed."""
    return _signed_on(ask)


@route("POST", _PATH, access=Access.OPEN, write=False)
def sign_on_by_post(ask: Ask) -> Reply:
    """Do as `sign_on`."""
    return _signed_on(ask)


@route("GET", "/app/{appId}/sso/saml/metadata", access=Access.OPEN)
def show_metadata(ask: Ask) -> Reply:
    """Show the metadata that AWS is given for this application."""
    app = ask.tables.app(ask.params["appId"])
    document = metadata(entity_id(app.id), ask.state.keys.certificate(), ask.base)
    return Reply(page=document, media="application/xml")


def _signed_on(ask: Ask) -> Reply:
    session = ask.caller.session
    if session is None:
        location = f"{ask.base}/login/login.htm?fromURI={ask.path}"
        return Reply(status=302, headers=(("location", location),))
    user = ask.tables.users[session.user_id]
    app = ask.tables.apps.get(ask.params["appId"])
    if app is None:
        return Reply(status=404, page=_DENIED.replace("403", "404"))
    roles = tuple(dict.fromkeys(_roles(ask, app, user)))
    if app.status != "ACTIVE" or not roles:
        _tell(ask, app, user, session, "FAILURE")
        return Reply(status=403, page=_DENIED)
    document = issue(_statement(ask, app, user, roles), ask.state.keys)
    _tell(ask, app, user, session, "SUCCESS")
    return Reply(page=_form(document))


def _statement(ask: Ask, app: App, user: User, roles: tuple[str, ...]) -> Statement:
    duration = app.settings.get("sessionDuration")
    return Statement(
        id=ask.state.ids.secret("id", 22),
        issuer=entity_id(app.id),
        name_id=user.login,
        session_name=user.login,
        roles=roles,
        session_seconds=duration if isinstance(duration, int) else 3600,
        at=ask.state.now(),
    )


def _roles(ask: Ask, app: App, user: User) -> Iterator[str]:
    for assignment in ask.tables.app_assignment(app.id, user.id):
        listed: Json = assignment.profile.get("samlRoles")
        if isinstance(listed, list | tuple):
            yield from (str(role) for role in listed)


def _tell(ask: Ask, app: App, user: User, session: Session, result: str) -> None:
    who = user_party(user)
    app_user = Party(id=f"0ua{user.id[3:]}", kind="AppUser", alternate_id=user.login, name=who.name)
    ask.happened(
        "user.authentication.sso",
        "User single sign on to app",
        app_party(app),
        app_user,
        result=result,
        actor=who,
        session=session.external_id,
        debug={"initiationType": "IDP_INITIATED", "signOnMode": "SAML 2.0"},
    )


def _form(document: str) -> str:
    return (
        '<!DOCTYPE html><html><body onload="document.forms[0].submit()">'
        '<form id="appForm" method="post" action="https://signin.aws.amazon.com/saml">'
        f'<input type="hidden" name="SAMLResponse" value="{html.escape(document)}"/>'
        '<input type="hidden" name="RelayState" value=""/>'
        "</form></body></html>"
    )
