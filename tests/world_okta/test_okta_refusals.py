"""What endpoints refuse: objects not there, wrong fields, callers that may not."""

import pytest
from okta_org import Org
from service_app import ServiceApp

from irkit.canonical import Json

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
MISSING = (
    ("GET", "/api/v1/users/{user}/factors/ostNone"),
    ("GET", "/api/v1/users/{user}/authenticator-enrollments/ostNone"),
    ("DELETE", "/api/v1/users/{user}/authenticator-enrollments/ostNone"),
    ("GET", "/api/v1/users/{user}/clients/0oaNone/tokens/oarNone"),
    ("GET", "/api/v1/users/{user}/roles/NONE"),
    ("GET", "/api/v1/users/{user}/roles/NONE/targets/groups"),
    ("GET", "/api/v1/groups/00gNone/roles"),
    ("GET", "/api/v1/groups/00gNone/users"),
    ("GET", "/api/v1/groups/rules/0prNone"),
    ("GET", "/api/v1/apps/0oaNone"),
    ("GET", "/api/v1/apps/{app}/groups/00gNone"),
    ("GET", "/api/v1/apps/{app}/tokens/oarNone"),
    ("DELETE", "/api/v1/apps/{app}/tokens/oarNone"),
    ("GET", "/api/v1/apps/{app}/credentials/secrets/ocsNone"),
    ("POST", "/api/v1/apps/{app}/users/{user}"),
    ("GET", "/api/v1/devices/guoNone"),
    ("GET", "/api/v1/idps/0oaNone/users"),
    ("GET", "/api/v1/api-tokens/00TNone"),
    ("GET", "/api/v1/sessions/102None"),
    ("DELETE", "/api/v1/sessions/me"),
)

WRONG: tuple[tuple[str, str, Json], ...] = (
    ("POST", "/api/v1/users/{user}/factors", {"factorType": "carrier-pigeon"}),
    ("POST", "/api/v1/users", {"profile": {}}),
    ("POST", "/api/v1/groups", {"profile": {}}),
    ("POST", "/api/v1/groups", {}),
    ("PUT", "/api/v1/api-tokens/{token}", {"network": "ANYWHERE"}),
    ("POST", "/oauth2/v1/global-token-revocation", {"sub_id": {"format": "email"}}),
)


def _filled(org: Org, path: str) -> str:
    token = org.state.token_id(org.token)
    return path.format(user=org.mallory, app=org.aws, token=token)


@pytest.mark.parametrize(("method", "path"), MISSING)
def test_what_is_not_there_is_e0000007(org: Org, method: str, path: str) -> None:
    """Every kind of object that does not exist answers 404."""
    answer = org.send(method, _filled(org, path))
    assert (answer.status, answer.code) == (404, "E0000007")


@pytest.mark.parametrize(("method", "path", "body"), WRONG)
def test_wrong_fields_are_e0000001(org: Org, method: str, path: str, body: Json) -> None:
    """A field that is missing or wrong is named, and nothing is made."""
    before = org.world.restorable()
    answer = org.send(method, _filled(org, path), body)
    assert (answer.status, answer.code) == (400, "E0000001")
    assert org.world.restorable() == before


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/users?search=salary+eq+%221%22",
        "/api/v1/groups?search=salary+eq+%221%22",
        "/api/v1/apps?filter=salary+eq+%221%22",
        "/api/v1/users?search=(status+eq+%22ACTIVE%22",
        "/api/v1/logs?after=nowhere",
    ],
)
def test_searches_for_what_does_not_exist_are_e0000031(org: Org, path: str) -> None:
    """An unknown attribute is an error, not an empty list."""
    assert org.get(path).code == "E0000031"


def test_applications_are_filtered_by_what_they_are(org: Org) -> None:
    """Status, id, name and assigned group select applications."""
    group = org.state.add_group("AWS")
    org.state.assign_app(org.aws, group)
    org.state.add_app("mail", "Mail")
    for text in (f'id eq "{org.aws}"', 'name eq "amazon_aws"', f'group.id eq "{group}"'):
        found = org.get(f"/api/v1/apps?filter={text.replace(' ', '+')}").items
        assert [app["id"] for app in found] == [org.aws]
    assert len(org.get('/api/v1/apps?filter=status+eq+"ACTIVE"').items) == 2


def test_sign_in_needs_a_known_user_a_live_transaction_and_an_own_factor(org: Org) -> None:
    """An unknown login, a state token from nowhere and a foreign factor are refused."""
    unknown = org.post("/api/v1/authn", {"username": "nobody", "password": "x"})
    assert unknown.code == "E0000004"
    factor = org.state.add_factor(org.mallory)
    path = f"/api/v1/authn/factors/{factor}/verify"
    assert org.post(path, {"stateToken": "00none"}).code == "E0000011"
    sent = {"username": "mallory@acme.test", "password": "hunter2"}
    state = {"stateToken": org.post("/api/v1/authn", sent).object["stateToken"]}
    assert org.post("/api/v1/authn/factors/ostNone/verify", state).code == "E0000007"
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert org.post(path, {**state, "passCode": "000000"}).code == "E0000011"


def test_a_pending_factor_is_activated_by_its_code(org: Org) -> None:
    """A wrong code leaves it pending."""
    factor = org.state.add_factor(org.mallory, "sms", status="PENDING_ACTIVATION", pass_code="1")
    path = org.user_path(org.mallory, f"/factors/{factor}/lifecycle/activate")
    assert org.post(path, {"passCode": "2"}).code == "E0000068"
    assert org.post(path, {"passCode": "1"}).object["status"] == "ACTIVE"
    assert "user.mfa.factor.activate" in org.events()


def test_a_waiting_sign_in_ends_with_suspension(org: Org) -> None:
    """A session token from before the suspension opens nothing afterwards."""
    sent = {"username": "mallory@acme.test", "password": "hunter2"}
    token = org.post("/api/v1/authn", sent).object["sessionToken"]
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert org.post("/api/v1/sessions", {"sessionToken": token}).code == "E0000004"


def test_only_tokens_have_a_current_token(org: Org) -> None:
    """A session has none; a token can revoke itself."""
    sid = org.state.start_session(org.responder)
    for method in ("GET", "DELETE"):
        answer = org.with_session(sid, method, "/api/v1/api-tokens/current")
        assert answer.code == "E0000007"
    assert org.delete("/api/v1/api-tokens/current").status == 204
    assert org.get("/api/v1/users/me").code == "E0000011"


def test_service_apps_are_nobody(org: Org) -> None:
    """`me` is a person: a service app has none, and cannot mint console tokens."""
    app = ServiceApp(org, ("okta.users.read", "okta.apiTokens.manage"))
    assert org.get("/api/v1/users/me", auth=app.bearer("okta.users.read")).code == "E0000007"
    bearer = app.bearer("okta.apiTokens.manage")
    assert org.send("POST", "/api/internal/tokens", {}, auth=bearer).code == "E0000005"
    asked = org.get("/oauth2/v1/userinfo", auth=bearer)
    assert (asked.status, asked.body) == (401, b"")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ("grant_type=implicit", "unsupported_grant_type"),
        ("grant_type=password", "invalid_client"),
        ("grant_type=refresh_token&refresh_token=none", "invalid_grant"),
        ("grant_type=client_credentials&client_assertion=x", "invalid_client"),
        (
            f"grant_type=client_credentials&client_assertion=x&client_assertion_type={JWT_BEARER}",
            "invalid_client",
        ),
    ],
)
def test_token_requests_are_refused_in_the_words_of_oauth(org: Org, form: str, error: str) -> None:
    """The token endpoint has its own error format."""
    assert org.send_form("/oauth2/v1/token", form).object["error"] == error


def test_a_client_has_two_secrets_and_always_an_active_one(org: Org) -> None:
    """Rotation: a second secret, the old one off, the old one gone; and back while it is there."""
    client = org.state.add_service_app("Web", {}, ())
    path = f"/api/v1/apps/{client}/credentials/secrets"
    old = org.post(path, {}).object
    assert org.post(f"{path}/{old['id']}/lifecycle/deactivate").code == "E0000001"
    new = org.post(path, {}).object
    assert org.post(path, {}).code == "E0000001"
    assert old["client_secret"] != new["client_secret"]
    assert org.delete(f"{path}/{old['id']}").code == "E0000001"
    for verb, status in (("deactivate", "INACTIVE"), ("activate", "ACTIVE")):
        changed = org.post(f"{path}/{old['id']}/lifecycle/{verb}").object
        assert changed["status"] == status
    org.post(f"{path}/{old['id']}/lifecycle/deactivate")
    assert org.get(f"{path}/{old['id']}").object["status"] == "INACTIVE"
    assert org.delete(f"{path}/{old['id']}").status == 204
    assert [item["id"] for item in org.get(path).items] == [new["id"]]
    assert str(new["client_secret"]) not in str(org.world.restorable())


def test_users_are_linked_to_an_identity_provider_and_unlinked(org: Org) -> None:
    """The link is listed, shown, and taken away."""
    idp = org.post("/api/v1/idps", {"type": "SAML2", "name": "Rogue"}).object["id"]
    one = f"/api/v1/idps/{idp}/users/{org.mallory}"
    assert org.post(one, {"externalId": "m"}).object["externalId"] == "m"
    assert [item["id"] for item in org.get(f"/api/v1/idps/{idp}/users").items] == [org.mallory]
    assert org.get(one).status == 200
    assert org.delete(one).status == 204
    assert org.get(one).code == "E0000007"


def test_enrolments_are_the_factors_by_another_name(org: Org) -> None:
    """Removing an enrolment removes the factor."""
    factor = org.state.add_factor(org.mallory, "webauthn")
    path = org.user_path(org.mallory, "/authenticator-enrollments")
    assert org.get(f"{path}/{factor}").object["key"] == "webauthn"
    assert org.delete(f"{path}/{factor}").status == 204
    assert org.get(path).items == []
    assert org.get(org.user_path(org.mallory, "/factors")).items == []


def test_agents_and_integrations_are_there_to_look_at(org: Org) -> None:
    """What fixtures put there is listed."""
    pool = org.state.add_document("agentPools", "0oa", {"name": "AD", "type": "AD"})
    assert [item["id"] for item in org.get("/api/v1/agentPools").items] == [pool]
    assert org.get("/integrations/api/v1/api-services").items == []


def test_activation_hands_out_a_link_only_when_no_mail_is_sent(org: Org) -> None:
    """`sendEmail=false` returns the link; activating the active is E0000016."""
    user = org.state.add_user("new@acme.test")
    org.post(org.user_path(user, "/lifecycle/deactivate"))
    made = org.post(org.user_path(user, "/lifecycle/activate?sendEmail=false")).object
    assert str(made["activationUrl"]).endswith(str(made["activationToken"]))
    assert org.status(user) == "PROVISIONED"
    assert org.post(org.user_path(user, "/lifecycle/reactivate")).body == b"{}"
    assert org.post(org.user_path(org.mallory, "/lifecycle/activate")).code == "E0000016"


def test_a_reset_password_is_dead_and_may_take_the_sessions_along(org: Org) -> None:
    """The old password is refused; the link goes to the caller only when asked for."""
    sid = org.state.start_session(org.mallory)
    path = org.user_path(org.mallory, "/lifecycle/reset_password")
    assert org.post(f"{path}?revokeSessions=true").body == b"{}"
    assert org.status(org.mallory) == "RECOVERY"
    assert org.with_session(sid, "GET", "/api/v1/sessions/me").status == 404
    sent = {"username": "mallory@acme.test", "password": "hunter2"}
    assert org.post("/api/v1/authn", sent).code == "E0000004"
    assert "resetPasswordUrl" in org.post(f"{path}?sendEmail=false").object


def test_zones_exclude_as_well_as_include(org: Org) -> None:
    """A token kept out of a zone works from elsewhere; a zone without addresses holds nobody."""
    gateways: list[Json] = [{"type": "CIDR", "value": "203.0.113.0/24"}]
    bad = org.state.add_document("zones", "nzo", {"gateways": gateways})
    empty = org.state.add_document("zones", "nzo", {"gateways": None})
    network: dict[str, Json] = {"connection": "ZONE", "include": [], "exclude": [bad, empty]}
    auth = f"SSWS {org.state.add_token(org.responder, network=network)}"
    for address, status in (("203.0.113.1", 403), ("192.0.2.1", 200), ("no address", 200)):
        headers = {"x-forwarded-for": address}
        assert org.send("GET", "/api/v1/users/me", auth=auth, headers=headers).status == status


def test_a_zone_of_nonsense_holds_nobody(org: Org) -> None:
    """What is no address does not keep anybody out, and breaks nothing."""
    values = ("nonsense", "", "10.0.0.9-10.0.0.1", "::1-::2", "1-2")
    gateways: list[Json] = [{"type": "CIDR", "value": value} for value in values]
    org.post("/api/v1/zones", {"type": "IP", "usage": "BLOCKLIST", "gateways": [*gateways, 7]})
    assert org.get("/api/v1/users/me").status == 200


def test_who_may_not_call_is_not_told_what_is_wrong_with_the_body(org: Org) -> None:
    """The credential is checked before the body is read."""
    answer = org.send("POST", "/api/v1/groups", auth="SSWS none", form="{")
    assert answer.code == "E0000011"


def test_sign_on_to_an_application_that_is_not_there(org: Org) -> None:
    """A wrong application is a 404 page for a signed-in user."""
    sid = org.state.start_session(org.mallory)
    answer = org.with_session(sid, "POST", "/app/amazon_aws/0oaNone/sso/saml")
    assert (answer.status, answer.header("content-type")) == (404, "text/html;charset=utf-8")
