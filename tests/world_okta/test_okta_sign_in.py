"""Signing in, sessions and what ends them, factors, and SAML sign-on into AWS."""

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from okta_org import ROLE, Answer, Org

from irkit.canonical import Json
from irkit.world.okta.keys import OrgKeys
from irkit.world.okta.saml import SamlError, Statement, entity_id, issue, metadata, verify

MALLORY = {"username": "mallory@acme.test", "password": "hunter2"}
ME = "/api/v1/sessions/me"


def sign_in(org: Org) -> str:
    """Sign Mallory in over HTTP and return the cookie's value."""
    token = org.post("/api/v1/authn", MALLORY).object["sessionToken"]
    answer = org.post("/api/v1/sessions", {"sessionToken": token})
    return answer.header("set-cookie").partition(";")[0].removeprefix("sid=")


def sign_on(org: Org, sid: str) -> Answer:
    """Ask for the form that takes Mallory into AWS."""
    return org.with_session(sid, "GET", f"/app/amazon_aws/{org.aws}/sso/saml")


def response_of(answer: Answer) -> str:
    """Return the SAML response in the form."""
    found = re.search(r'name="SAMLResponse" value="([^"]+)"', answer.body.decode())
    assert found is not None
    return html.unescape(found[1])


def provider_metadata(org: Org) -> str:
    """Return the metadata of the AWS application."""
    return org.get(f"/app/{org.aws}/sso/saml/metadata", auth="").body.decode()


def test_a_password_gives_a_session_token_that_works_once(org: Org) -> None:
    """A session token is exchanged once for a cookie session."""
    token = org.post("/api/v1/authn", MALLORY).object["sessionToken"]
    session = org.post("/api/v1/sessions", {"sessionToken": token})
    assert session.object["login"] == "mallory@acme.test"
    assert org.post("/api/v1/sessions", {"sessionToken": token}).code == "E0000004"
    sid = str(session.object["id"])
    assert org.with_session(sid, "GET", "/api/v1/users/me").object["id"] == org.mallory


def test_a_wrong_password_is_refused_and_the_tenth_locks(org: Org) -> None:
    """Ten failures lock the user out, the right password then helps no more."""
    wrong = {**MALLORY, "password": "wrong"}
    for _ in range(10):
        assert org.post("/api/v1/authn", wrong).code == "E0000004"
    assert org.status(org.mallory) == "LOCKED_OUT"
    assert org.post("/api/v1/authn", MALLORY).object["status"] == "LOCKED_OUT"
    assert org.post(org.user_path(org.mallory, "/lifecycle/unlock")).status == 200
    assert "sessionToken" in org.post("/api/v1/authn", MALLORY).object


@pytest.mark.parametrize("verb", ["suspend", "deactivate"])
def test_sessions_die_with_the_users_status_and_sign_in_is_refused(org: Org, verb: str) -> None:
    """Suspending and deactivating end sessions at once and keep the user out."""
    sid = sign_in(org)
    assert org.with_session(sid, "GET", ME).status == 200
    org.post(org.user_path(org.mallory, f"/lifecycle/{verb}"))
    assert org.with_session(sid, "GET", ME).code == "E0000007"
    assert org.post("/api/v1/authn", MALLORY).code == "E0000004"


def test_revoked_sessions_are_dead_but_the_user_can_come_back(org: Org) -> None:
    """The race that makes order matter: without suspension the intruder signs in again."""
    sid = sign_in(org)
    assert org.delete(org.user_path(org.mallory, "/sessions")).status == 204
    assert org.with_session(sid, "GET", ME).code == "E0000007"
    assert org.with_session(sign_in(org), "GET", ME).status == 200
    assert org.delete(org.user_path(org.mallory, "/sessions")).status == 204


@pytest.mark.parametrize("verb", ["expire_password", "reset_password"])
def test_a_new_password_alone_ends_no_session(org: Org, verb: str) -> None:
    """The intruder's session lives on unless `revokeSessions=true` is given."""
    sid = sign_in(org)
    org.post(org.user_path(org.mallory, f"/lifecycle/{verb}"))
    assert org.with_session(sid, "GET", ME).status == 200
    assert org.post("/api/v1/authn", MALLORY).object.get("status") != "SUCCESS"


@pytest.mark.parametrize("ended", [False, True])
def test_a_session_sleeps_while_its_user_is_suspended(org: Org, ended: bool) -> None:
    """Unsuspending gives the intruder the session back, unless somebody ended it meanwhile."""
    sid = sign_in(org)
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert org.with_session(sid, "GET", ME).code == "E0000007"
    if ended:
        assert org.delete(org.user_path(org.mallory, "/sessions")).status == 204
    org.post(org.user_path(org.mallory, "/lifecycle/unsuspend"))
    assert (org.with_session(sid, "GET", ME).status == 200) is not ended


def test_sessions_end_with_time_and_can_be_refreshed(org: Org) -> None:
    """A session lives two hours from its last refresh."""
    sid = sign_in(org)
    org.clock.move(minutes=90)
    assert org.with_session(sid, "POST", f"{ME}/lifecycle/refresh").status == 200
    org.clock.move(minutes=90)
    assert org.with_session(sid, "GET", ME).status == 200
    org.clock.move(minutes=31)
    assert org.with_session(sid, "GET", ME).code == "E0000007"


def test_an_admin_ends_one_session_by_the_id_the_log_knows(org: Org) -> None:
    """A session is known by its cookie's value and by the id that logs and `me` show."""
    sid = sign_in(org)
    shown = str(org.with_session(sid, "GET", ME).object["id"])
    assert shown != sid
    assert org.get(f"/api/v1/sessions/{shown}").object["userId"] == org.mallory
    assert org.delete(f"/api/v1/sessions/{shown}").status == 204
    assert org.delete(f"/api/v1/sessions/{shown}").code == "E0000007"
    assert org.with_session(sid, "GET", ME).status == 404


def test_signing_out_ends_one_session_only(org: Org) -> None:
    """A user may end a session without ending the others."""
    one, two = sign_in(org), sign_in(org)
    assert org.with_session(one, "DELETE", ME).status == 204
    assert org.with_session(one, "GET", ME).code == "E0000007"
    assert org.with_session(two, "GET", ME).status == 200


def test_oauth_tokens_are_revoked_with_sessions_when_asked(org: Org) -> None:
    """Refresh tokens survive unless `oauthTokens=true` is given."""
    org.state.add_refresh_token(org.mallory, "0oaMail", ("offline_access",))
    tokens = org.user_path(org.mallory, "/clients/0oaMail/tokens")
    org.delete(org.user_path(org.mallory, "/sessions"))
    assert len(org.get(tokens).items) == 1
    org.delete(org.user_path(org.mallory, "/sessions?oauthTokens=true"))
    assert org.get(tokens).items == []
    assert org.get(org.user_path(org.mallory, "/clients")).items == []


def test_a_factor_stands_between_password_and_session(org: Org) -> None:
    """With an active factor the password alone gives no session token."""
    factor = org.state.add_factor(org.mallory, pass_code="123456")
    first = org.post("/api/v1/authn", MALLORY).object
    assert first["status"] == "MFA_REQUIRED"
    verify_path = f"/api/v1/authn/factors/{factor}/verify"
    sent = {"stateToken": first["stateToken"], "passCode": "000000"}
    assert org.post(verify_path, sent).code == "E0000068"
    passed = org.post(verify_path, {**sent, "passCode": "123456"}).object
    session = org.post("/api/v1/sessions", {"sessionToken": passed["sessionToken"]})
    assert session.object["amr"] == ["pwd", "mfa"]


def test_a_push_waits_until_it_is_approved(org: Org) -> None:
    """A push factor nobody approves never becomes a session."""
    factor = org.state.add_factor(org.mallory, "push")
    first = org.post("/api/v1/authn", MALLORY).object
    path = f"/api/v1/authn/factors/{factor}/verify"
    waiting = org.post(path, {"stateToken": first["stateToken"]}).object
    assert waiting["factorResult"] == "WAITING"
    assert "sessionToken" not in waiting


def test_a_user_enrols_a_factor_alone_and_an_admin_removes_it(org: Org) -> None:
    """The intruder's move with a session, and the responder's answer; push takes its code along."""
    sid = sign_in(org)
    body = {"factorType": "push", "provider": "OKTA"}
    path = org.user_path(org.mallory, "/factors")
    made = org.with_session(sid, "POST", f"{path}?activate=true", body).object
    assert made["status"] == "ACTIVE"
    org.state.add_factor(org.mallory, "token:software:totp")
    org.state.add_factor(org.mallory, "webauthn")
    assert org.delete(f"{path}/{made['id']}").status == 204
    assert [factor["factorType"] for factor in org.get(path).items] == ["webauthn"]
    assert org.delete(f"{path}/{made['id']}").code == "E0000007"
    other = org.user_path(org.responder, "/factors")
    assert org.with_session(sid, "POST", other, body).code == "E0000006"


def test_an_admins_session_can_mint_an_api_token(org: Org) -> None:
    """What an intruder with an admin's cookie does in the console; others cannot."""
    admin = org.state.start_session(org.responder)
    minted = org.with_session(admin, "POST", "/api/internal/tokens", {"name": "backup"}).object
    assert org.get("/api/v1/users", auth=f"SSWS {minted['token']}").status == 200
    org.delete(org.user_path(org.responder, "/sessions"))
    assert org.get("/api/v1/users", auth=f"SSWS {minted['token']}").status == 200
    sid = sign_in(org)
    assert org.with_session(sid, "POST", "/api/internal/tokens", {}).code == "E0000006"


def test_universal_logout_ends_sessions_tokens_and_api_tokens(org: Org) -> None:
    """Global token revocation reaches everything Okta itself holds."""
    sid = sign_in(org)
    api_token = org.state.add_token(org.mallory)
    org.state.add_refresh_token(org.mallory, "0oaMail", ("offline_access",))
    subject = {"sub_id": {"format": "opaque", "id": org.mallory}}
    assert org.post("/oauth2/v1/global-token-revocation", subject).status == 204
    assert org.with_session(sid, "GET", ME).code == "E0000007"
    assert org.get("/api/v1/users/me", auth=f"SSWS {api_token}").code == "E0000011"
    assert org.get(org.user_path(org.mallory, "/clients")).items == []


def test_sign_on_into_aws_carries_roles_and_name(org: Org) -> None:
    """The form's response says who, into which roles, for how long, and is signed by the org."""
    org.state.assign_app(org.aws, org.mallory, {"samlRoles": [ROLE]})
    answer = sign_on(org, sign_in(org))
    assert answer.status == 200
    statement = verify(response_of(answer), provider_metadata(org), org.clock())
    assert statement.name_id == statement.session_name == "mallory@acme.test"
    assert statement.role_arns() == (tuple(ROLE.split(",")),)
    assert statement.session_seconds == 3600
    assert "user.authentication.sso" in org.events()


def test_the_log_names_the_session_behind_a_sign_on_and_not_the_cookie(org: Org) -> None:
    """The sign-on's event carries the external id of the session, which is not its secret."""
    org.state.assign_app(org.aws, org.mallory, {"samlRoles": [ROLE]})
    sid = sign_in(org)
    sign_on(org, sid)
    events = org.get("/api/v1/logs").items
    by_type = {event["eventType"]: event["authenticationContext"] for event in events}
    started, used = by_type["user.session.start"], by_type["user.authentication.sso"]
    assert isinstance(started, dict)
    assert isinstance(used, dict)
    assert started["externalSessionId"] == used["externalSessionId"]
    assert sid not in str(events)


def test_sign_on_needs_assignment_session_and_an_active_application(org: Org) -> None:
    """Without a session it is a redirect to the login page, without the rest a refusal."""
    sid = sign_in(org)
    assert sign_on(org, sid).status == 403
    org.state.assign_app(org.aws, org.mallory, {"samlRoles": [ROLE]})
    assert sign_on(org, sid).status == 200
    assert org.delete(f"/api/v1/apps/{org.aws}/users/{org.mallory}").status == 204
    assert sign_on(org, sid).status == 403
    group = org.state.add_group("AWS users")
    org.state.add_member(group, org.mallory)
    org.state.assign_app(org.aws, group, {"samlRoles": [ROLE]})
    assert sign_on(org, sid).status == 200
    org.post(f"/api/v1/apps/{org.aws}/lifecycle/deactivate")
    assert sign_on(org, sid).status == 403
    redirect = sign_on(org, "102nobody")
    assert (redirect.status, "/login/" in redirect.header("location")) == (302, True)


def test_sign_on_is_refused_after_suspension(org: Org) -> None:
    """A suspended user gets no more assertions; one issued before stays valid for minutes."""
    org.state.assign_app(org.aws, org.mallory, {"samlRoles": [ROLE]})
    sid = sign_in(org)
    document = response_of(sign_on(org, sid))
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert sign_on(org, sid).status == 302
    assert verify(document, provider_metadata(org), org.clock()).name_id == "mallory@acme.test"


def _statement(org: Org) -> Statement:
    return Statement(
        id="id1",
        issuer=entity_id(org.aws),
        name_id='o"neil & <sons>@acme.test',
        session_name="o",
        roles=(ROLE,),
        session_seconds=900,
        at=org.clock(),
    )


def test_forged_altered_and_late_assertions_are_refused(org: Org) -> None:
    """Another key, another issuer, a changed byte, a late hour and a broken provider all fail."""
    own, now = provider_metadata(org), org.clock()
    statement = _statement(org)
    document = issue(statement, org.state.keys)
    assert verify(document, own, now) == statement
    forged = issue(statement, OrgKeys())
    elsewhere = issue(replace(statement, audience="https://other.test"), org.state.keys)
    other = metadata("http://www.okta.com/other", org.state.keys.certificate(), org.url)
    broken = metadata(entity_id(org.aws), OrgKeys().certificate(), org.url)
    for text, provider, moment in (
        (forged, own, now),
        (elsewhere, own, now),
        (document, other, now),
        (document, broken, now),
        (document, own, now + timedelta(minutes=6)),
        (document, own, now - timedelta(minutes=6)),
        (document[:40] + "AAAA" + document[44:], own, now),
        ("%%%", own, now),
        ("aGVsbG8=", own, now),
        (document, "<nothing/>", now),
        (document, "not xml", now),
    ):
        with pytest.raises(SamlError):
            verify(text, provider, moment)


def test_a_rule_that_denies_stops_the_sign_in_of_its_group_only(org: Org) -> None:
    """The first active rule that is for somebody decides; switched off it decides nothing."""
    group = org.state.add_group("Contained")
    policy = org.post("/api/v1/policies", {"type": "OKTA_SIGN_ON", "name": "P"}).object["id"]
    rules = f"/api/v1/policies/{policy}/rules"
    org.post(rules, {"type": "SIGN_ON", "name": "all", "actions": {"signon": {"access": "ALLOW"}}})
    deny: Json = {
        "type": "SIGN_ON",
        "name": "deny",
        "priority": 1,
        "conditions": {"people": {"groups": {"include": [group]}}},
        "actions": {"signon": {"access": "DENY"}},
    }
    rule = org.post(rules, deny).object["id"]
    assert org.post("/api/v1/authn", MALLORY).status == 200
    org.state.add_member(group, org.mallory)
    assert org.post("/api/v1/authn", MALLORY).code == "E0000006"
    org.post(f"{rules}/{rule}/lifecycle/deactivate")
    assert org.post("/api/v1/authn", MALLORY).status == 200
