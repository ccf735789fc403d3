"""Sign-in through an identity provider that the org trusts: who is let in, and what ends it."""

from dataclasses import replace
from functools import cache
from urllib.parse import urlencode

import pytest
from okta_org import Answer, Org

from irkit.canonical import Json, JsonObject
from irkit.world.okta.inbound_saml import OutsideProvider
from irkit.world.okta.records import UserStatus

ISSUER = "https://login.partner.example/saml"
MALLORY = "mallory@acme.test"
KEYS = "/api/v1/idps/credentials/keys"
OFF: JsonObject = {"action": "NONE"}


@cache
def outside() -> OutsideProvider:
    """Return a provider outside; making a key takes long."""
    return OutsideProvider.new(ISSUER)


def policy(
    *, link: str = "AUTO", make: str = "AUTO", suspended: str = "NONE", **subject: str
) -> JsonObject:
    """Return the policy of a provider."""
    return {
        "accountLink": {"action": link},
        "provisioning": {
            "action": make,
            "conditions": {"suspended": {"action": suspended}, "deprovisioned": OFF},
        },
        "subject": {"matchType": "USERNAME", **subject},
    }


def trust(org: Org, how: JsonObject) -> str:
    """Let the org trust the provider outside; return its id."""
    kid = org.post(KEYS, {"x5c": [outside().certificate()]}).object["kid"]
    trusted: JsonObject = {"credentials": {"trust": {"issuer": ISSUER, "kid": kid}}}
    made: JsonObject = {"type": "SAML2", "name": "Partner", "protocol": trusted, "policy": how}
    return str(org.post("/api/v1/idps", made).object["id"])


def come(org: Org, idp: str, name: str = MALLORY, **said: str) -> Answer:
    """Come in as `name` with the provider's word."""
    document = outside().vouch(name, idp_id=idp, at=org.clock.now, **said)
    return org.send_form(f"/sso/saml2/{idp}", urlencode({"SAMLResponse": document}))


def sid_of(answer: Answer) -> str:
    """Return the session that an answer opened."""
    assert answer.status == 302, answer.body
    return answer.header("set-cookie").partition(";")[0].removeprefix("sid=")


def reason(org: Org) -> str:
    """Return why the last sign-in through a provider failed."""
    failures = [
        entry.json["outcome"]
        for entry in org.state.log.entries
        if entry.json["eventType"] == "user.authentication.auth_via_IDP"
    ]
    assert isinstance(failures[-1], dict)
    return str(failures[-1]["reason"])


def test_the_providers_word_is_a_session_as_anybody(org: Org) -> None:
    """Without a password or a factor, linked on the way, and the log tells it."""
    org.state.add_factor(org.mallory, "push")
    idp = trust(org, policy())
    session = org.with_session(sid_of(come(org, idp)), "GET", "/api/v1/sessions/me").object
    assert session["login"] == MALLORY
    assert session["idp"] == {"id": idp, "type": "FEDERATION"}
    assert [item["externalId"] for item in org.get(f"/api/v1/idps/{idp}/users").items] == [MALLORY]
    assert org.events()[-3:] == [
        "user.account.idp_link.add",
        "user.authentication.auth_via_IDP",
        "user.session.start",
    ]


@pytest.mark.parametrize("how", ["deactivate", "delete", "other key", "other issuer"])
def test_sign_in_ends_with_the_provider_and_sessions_live_on(org: Org, how: str) -> None:
    """Who came in before stays in; nobody comes in any more."""
    idp = trust(org, policy())
    sid = sid_of(come(org, idp))
    one = f"/api/v1/idps/{idp}"
    made = org.get(one).object
    match how:
        case "deactivate":
            org.post(f"{one}/lifecycle/deactivate")
        case "delete":
            org.delete(one)
        case "other key":
            other = OutsideProvider.new(ISSUER).certificate()
            kid = org.post(KEYS, {"x5c": [other]}).object["kid"]
            trusted: Json = {"credentials": {"trust": {"issuer": ISSUER, "kid": kid}}}
            org.send("PUT", one, {**made, "protocol": trusted})
        case _:
            key: JsonObject = {"issuer": "https://x.example", "kid": org.get(KEYS).items[0]["kid"]}
            org.send("PUT", one, {**made, "protocol": {"credentials": {"trust": key}}})
    assert come(org, idp).code in {"E0000007", "E0000006"}
    assert org.with_session(sid, "GET", "/api/v1/users/me").status == 200


def test_a_provider_switched_on_again_lets_in_again(org: Org) -> None:
    """Deactivating can be taken back."""
    idp = trust(org, policy())
    org.post(f"/api/v1/idps/{idp}/lifecycle/deactivate")
    org.post(f"/api/v1/idps/{idp}/lifecycle/activate")
    assert come(org, idp).status == 302


def test_no_routing_rule_is_needed_or_in_the_way(org: Org) -> None:
    """A provider sends people unasked: taking the rule away ends nothing."""
    idp = trust(org, policy())
    routing = org.post("/api/v1/policies", {"type": "IDP_DISCOVERY", "name": "R"}).object["id"]
    rule = org.post(f"/api/v1/policies/{routing}/rules", {"name": "Partners"}).object["id"]
    org.delete(f"/api/v1/policies/{routing}/rules/{rule}")
    assert come(org, idp).status == 302


def test_unlinking_ends_nothing_while_linking_is_automatic(org: Org) -> None:
    """The next sign-in links again; with linking off, only who is linked is let in."""
    idp = trust(org, policy())
    assert come(org, idp).status == 302
    linked = f"/api/v1/idps/{idp}/users/{org.mallory}"
    org.delete(linked)
    assert come(org, idp).status == 302
    org.send("PUT", f"/api/v1/idps/{idp}", {**org.get(f"/api/v1/idps/{idp}").object, "policy": {}})
    assert come(org, idp).status == 302
    org.delete(linked)
    assert come(org, idp).status == 400
    assert reason(org) == "the user is not linked, and linking is off"


@pytest.mark.parametrize(
    ("how", "said", "why"),
    [
        (policy(make="DISABLED"), {}, "nobody has this name, and nobody is made at sign-in"),
        (policy(), {"email": "n@acme.test"}, "nobody has this name, and none is made without"),
        (policy(filter=r".*@partner\.example"), {}, "the name does not pass"),
    ],
)
def test_whom_the_policy_does_not_let_in_is_not_let_in(
    org: Org, how: JsonObject, said: dict[str, str], why: str
) -> None:
    """The provider is believed and the person is not let in: nothing is made, the log says why."""
    idp = trust(org, how)
    before = len(org.tables.users)
    answer = come(org, idp, "new@acme.test", **said)
    assert (answer.status, b"GENERAL_NONSUCCESS" in answer.body) == (400, True)
    assert reason(org).startswith(why)
    assert len(org.tables.users) == before


def test_somebody_new_is_made_at_the_first_sign_in(org: Org) -> None:
    """With a name and an address, by a policy that provisions."""
    idp = trust(org, policy())
    said = {"email": "new@acme.test", "firstName": "New", "lastName": "One"}
    sid = sid_of(come(org, idp, "new@acme.test", **said))
    me = org.with_session(sid, "GET", "/api/v1/users/me").object
    assert me["credentials"] == {
        "emails": [{"value": "new@acme.test", "status": "VERIFIED", "type": "PRIMARY"}],
        "provider": {"type": "FEDERATION", "name": "FEDERATION"},
    }


def test_a_policy_may_let_the_suspended_in_again(org: Org) -> None:
    """Suspending does not hold against a provider that unsuspends; elsewhere it does."""
    strict, lax = trust(org, policy()), trust(org, policy(suspended="UNSUSPEND"))
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert come(org, strict).status == 400
    assert org.status(org.mallory) == "SUSPENDED"
    assert come(org, lax).status == 302
    assert org.status(org.mallory) == "ACTIVE"


@pytest.mark.parametrize("status", [UserStatus.PASSWORD_EXPIRED, UserStatus.RECOVERY])
def test_a_reset_password_keeps_nobody_out(org: Org, status: UserStatus) -> None:
    """Who comes through a provider has no use for a password of Okta's."""
    idp = trust(org, policy())
    org.state.put_user(replace(org.tables.users[org.mallory], status=status))
    assert come(org, idp).status == 302


def test_groups_limit_who_is_linked(org: Org) -> None:
    """A provider for partners links partners, and comes in as nobody else."""
    partners = org.state.add_group("Partners")
    how = policy()
    filtered: JsonObject = {"action": "AUTO", "filter": {"groups": {"include": [partners]}}}
    idp = trust(org, {**how, "accountLink": filtered})
    assert come(org, idp).status == 400
    org.state.add_member(partners, org.mallory)
    assert come(org, idp).status == 302


def test_a_sign_on_rule_may_deny_or_ask_for_a_factor(org: Org) -> None:
    """The org's own policy still decides: that is why an intruder weakens it first."""
    factor = org.state.add_factor(org.mallory)
    idp = trust(org, policy())
    rules = org.post("/api/v1/policies", {"type": "OKTA_SIGN_ON", "name": "P"}).object["id"]
    path = f"/api/v1/policies/{rules}/rules"
    asks: Json = {"signon": {"access": "ALLOW", "requireFactor": True}}
    rule = org.post(path, {"name": "factor", "actions": asks}).object["id"]
    token = come(org, idp).header("location").partition("stateToken=")[2]
    passed = org.post(
        f"/api/v1/authn/factors/{factor}/verify", {"stateToken": token, "passCode": "000000"}
    )
    assert passed.object["status"] == "SUCCESS"
    org.send("PUT", f"{path}/{rule}", {"name": "no", "actions": {"signon": {"access": "DENY"}}})
    assert come(org, idp).status == 400


@pytest.mark.parametrize("by", [-6, 6])
def test_an_assertion_holds_for_minutes(org: Org, by: int) -> None:
    """One from long ago, or from a clock that is far ahead, is refused."""
    idp = trust(org, policy())
    document = outside().vouch(MALLORY, idp_id=idp, at=org.clock.now)
    org.clock.move(minutes=by)
    form = urlencode({"SAMLResponse": document})
    assert org.send_form(f"/sso/saml2/{idp}", form).code == "E0000006"


def test_an_assertion_is_for_one_org_and_provider(org: Org) -> None:
    """What was made for another provider of the org is refused, signed as it may be."""
    one, other = trust(org, policy()), trust(org, policy())
    document = outside().vouch(MALLORY, idp_id=other, at=org.clock.now)
    form = urlencode({"SAMLResponse": document})
    assert org.send_form(f"/sso/saml2/{one}", form).code == "E0000006"
    assert "is not this org" in reason(org)


@pytest.mark.parametrize("document", ["", "bm90IFhNTA==", "PHg+"])
def test_what_is_no_assertion_is_refused(org: Org, document: str) -> None:
    """Nothing but a signed assertion counts."""
    form = urlencode({"SAMLResponse": document})
    assert org.send_form(f"/sso/saml2/{trust(org, policy())}", form).code == "E0000006"


def test_a_key_in_use_is_not_deleted(org: Org) -> None:
    """Not even where its provider is inactive; a key without a provider is."""
    idp = trust(org, policy())
    (key,) = org.get(KEYS).items
    one = f"{KEYS}/{key['kid']}"
    org.post(f"/api/v1/idps/{idp}/lifecycle/deactivate")
    assert org.delete(one).code == "E0000001"
    org.delete(f"/api/v1/idps/{idp}")
    assert org.get(one).object["x5c"] == key["x5c"]
    assert org.delete(one).status == 204
    assert org.get(one).code == "E0000007"
    assert org.post(KEYS, {"x5c": ["bm90IGEgY2VydA=="]}).code == "E0000001"
