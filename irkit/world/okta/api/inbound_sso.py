"""Sign-in through an identity provider that the org trusts: its assertion opens a session.

A provider may send people unasked, so no routing rule is needed: rules lead the company's own
people to a provider, and no rule keeps anybody out. Sign-in ends with the provider (inactive,
deleted, or checked with another key); sessions that were begun through it live on.
"""

from typing import Final

from irkit.canonical import JsonObject
from irkit.world.okta import errors
from irkit.world.okta.api.idp_keys import TABLE as KEYS
from irkit.world.okta.arrivals import NotLetInError, arrive
from irkit.world.okta.callers import user_party
from irkit.world.okta.inbound_saml import Vouched, audience_of, read
from irkit.world.okta.records import User
from irkit.world.okta.routing import Access, Ask, Reply, route
from irkit.world.okta.saml import SamlError
from irkit.world.okta.sign_on import asks_for_factor
from irkit.world.okta.system_log import Party
from irkit.world.okta.tables import at

PATH: Final = "/sso/saml2/{idpId}"
NOT_LET_IN: Final = "GENERAL_NONSUCCESS"
"""What the page says where the provider is believed and the person is not let in."""


@route("POST", PATH, access=Access.OPEN)
def consume_assertion(ask: Ask) -> Reply:
    """Let in whom a trusted provider vouches for: a session, or first a factor.

    A provider that is not trusted is refused in another way than a person who is not let in.
    """
    idp_id = ask.params["idpId"]
    idp = ask.tables.documents.get("idps", {}).get(idp_id)
    if idp is None or idp.get("status") != "ACTIVE":
        raise errors.not_found(idp_id, "IdpTrust")
    party = Party(
        id=idp_id, kind="IdpTrust", alternate_id="unknown", name=str(idp.get("name", idp_id))
    )
    try:
        vouched = _believed(ask, idp_id, idp)
    except SamlError as error:
        _failed(ask, party, str(error))
        raise errors.forbidden() from error
    try:
        user = arrive(ask, idp_id, idp, vouched)
    except NotLetInError as error:
        _failed(ask, party, str(error))
        page = f"<!DOCTYPE html><html><body><h1>400</h1><p>{NOT_LET_IN}</p></body></html>"
        return Reply(status=400, page=page)
    return _let_in(ask, party, user)


def _believed(ask: Ask, idp_id: str, idp: JsonObject) -> Vouched:
    """Return what the assertion says, if this provider's own key has signed it for this org."""
    kid = str(at(idp, "protocol", "credentials", "trust", "kid"))
    chain = at(ask.tables.documents.get(KEYS, {}).get(kid), "x5c")
    certificate = str(chain[0]) if isinstance(chain, list) and chain else ""
    document = str(ask.object().get("SAMLResponse", ""))
    vouched = read(document, certificate, ask.state.now())
    if vouched.issuer != at(idp, "protocol", "credentials", "trust", "issuer"):
        raise SamlError(f"the issuer {vouched.issuer} is not the provider's")
    if vouched.audience != audience_of(idp_id):
        raise SamlError(f"the audience {vouched.audience} is not this org")
    return vouched


def _let_in(ask: Ask, party: Party, user: User) -> Reply:
    if asks_for_factor(ask.tables, user.id):
        token = ask.state.ids.secret("00", 42)
        ask.tables.sign_ins[token] = user.id
        location = f"{ask.base}/login/step-up/redirect?stateToken={token}"
        return Reply(status=302, headers=(("location", location),))
    sid = ask.state.start_session(
        user.id, ask.origin.ip, user_agent=ask.origin.user_agent, amr=("pwd",), idp_id=party.id
    )
    session = ask.tables.sessions[sid].external_id
    who = user_party(user)
    for event, text in (
        ("user.authentication.auth_via_IDP", "Authenticate user with IDP"),
        ("user.session.start", "User login to Okta"),
    ):
        ask.happened(event, text, who, party, actor=who, session=session)
    cookie = f"sid={sid}; Path=/; HttpOnly"
    home = ("location", f"{ask.base}/app/UserHome")
    return Reply(status=302, headers=(home, ("set-cookie", cookie)))


def _failed(ask: Ask, party: Party, reason: str) -> None:
    ask.happened(
        "user.authentication.auth_via_IDP",
        "Authenticate user with IDP",
        party,
        result="FAILURE",
        reason=reason,
    )
