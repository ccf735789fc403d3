"""Every answer of the simulated org holds against Okta's published OpenAPI description."""

import okta_description as description
import pytest
from okta_org import ROLE, Org

from irkit.canonical import Json
from irkit.world.okta.inbound_saml import OutsideProvider
from irkit.world.okta.routing import load

ZONE: Json = {
    "type": "IP",
    "name": "Blocked",
    "usage": "BLOCKLIST",
    "gateways": [{"type": "CIDR", "value": "203.0.113.0/24"}],
}
RULE: Json = {
    "type": "group_rule",
    "name": "Engineers",
    "conditions": {
        "expression": {"type": "urn:okta:expression:1.0", "value": 'user.department=="Eng"'}
    },
    "actions": {"assignUserToGroups": {"groupIds": []}},
}
IDP: Json = {"type": "SAML2", "name": "Rogue", "protocol": {"type": "SAML2"}}
POLICY: Json = {"type": "OKTA_SIGN_ON", "name": "Strict", "status": "ACTIVE"}
POLICY_RULE: Json = {"type": "SIGN_ON", "name": "Deny all", "actions": {}}

# Where `{name}` stands for what `filled` made. The operation is the description's own path.
CASES: tuple[tuple[str, str, Json], ...] = (
    ("GET /api/v1/users", "/api/v1/users?limit=2", None),
    ("POST /api/v1/users", "/api/v1/users", {"profile": {"login": "new@acme.test"}}),
    ("GET /api/v1/users/{id}", "/api/v1/users/{user}", None),
    ("POST /api/v1/users/{id}", "/api/v1/users/{user}", {"profile": {"title": "Engineer"}}),
    ("GET /api/v1/users/{id}/groups", "/api/v1/users/{user}/groups", None),
    ("GET /api/v1/users/{id}/appLinks", "/api/v1/users/{user}/appLinks", None),
    ("GET /api/v1/users/{userId}/roles", "/api/v1/users/{user}/roles", None),
    (
        "GET /api/v1/users/{userId}/roles/{roleAssignmentId}",
        "/api/v1/users/{user}/roles/{role}",
        None,
    ),
    (
        "GET /api/v1/users/{userId}/roles/{roleIdOrEncodedRoleId}/targets",
        "/api/v1/users/{user}/roles/{role}/targets",
        None,
    ),
    (
        "GET /api/v1/users/{userId}/roles/{roleAssignmentId}/targets/groups",
        "/api/v1/users/{user}/roles/{role}/targets/groups",
        None,
    ),
    (
        "GET /api/v1/users/{userId}/roles/{roleAssignmentId}/targets/catalog/apps",
        "/api/v1/users/{user}/roles/{role}/targets/catalog/apps",
        None,
    ),
    ("POST /api/v1/users/{userId}/roles", "/api/v1/users/{user}/roles", {"type": "ORG_ADMIN"}),
    ("GET /api/v1/groups/{groupId}/roles", "/api/v1/groups/{group}/roles", None),
    ("POST /api/v1/groups/{groupId}/roles", "/api/v1/groups/{group}/roles", {"type": "APP_ADMIN"}),
    ("GET /oauth2/v1/clients/{clientId}/roles", "/oauth2/v1/clients/{client}/roles", None),
    ("GET /api/v1/iam/assignees/users", "/api/v1/iam/assignees/users", None),
    ("GET /api/v1/users/{userId}/factors", "/api/v1/users/{user}/factors", None),
    ("GET /api/v1/users/{userId}/factors/{factorId}", "/api/v1/users/{user}/factors/{sms}", None),
    (
        "POST /api/v1/users/{userId}/factors",
        "/api/v1/users/{user}/factors",
        {"factorType": "push", "provider": "OKTA"},
    ),
    (
        "GET /api/v1/users/{userId}/authenticator-enrollments",
        "/api/v1/users/{user}/authenticator-enrollments",
        None,
    ),
    ("POST /api/v1/idps/{idpId}/users/{userId}", "/api/v1/idps/{idp}/users/{user}", {}),
    ("GET /api/v1/idps/{idpId}/users", "/api/v1/idps/{idp}/users", None),
    (
        "POST /api/v1/apps/{appId}/credentials/secrets",
        "/api/v1/apps/{client}/credentials/secrets",
        {},
    ),
    (
        "GET /api/v1/apps/{appId}/credentials/secrets",
        "/api/v1/apps/{client}/credentials/secrets",
        None,
    ),
    ("GET /api/v1/apps/{appId}/credentials/jwks", "/api/v1/apps/{client}/credentials/jwks", None),
    ("GET /api/v1/agentPools", "/api/v1/agentPools", None),
    ("GET /api/v1/users/{userId}/grants", "/api/v1/users/{user}/grants", None),
    ("GET /api/v1/users/{userId}/clients", "/api/v1/users/{user}/clients", None),
    (
        "GET /api/v1/users/{userId}/clients/{clientId}/tokens",
        "/api/v1/users/{user}/clients/{client}/tokens",
        None,
    ),
    ("GET /api/v1/users/{userId}/devices", "/api/v1/users/{user}/devices", None),
    ("GET /api/v1/users/{userId}/risk", "/api/v1/users/{user}/risk", None),
    ("PUT /api/v1/users/{userId}/risk", "/api/v1/users/{user}/risk", {"riskLevel": "HIGH"}),
    ("GET /api/v1/devices/{deviceId}", "/api/v1/devices/{device}", None),
    ("GET /api/v1/devices", "/api/v1/devices", None),
    ("GET /api/v1/devices/{deviceId}/users", "/api/v1/devices/{device}/users", None),
    ("GET /api/v1/groups", "/api/v1/groups?q=eng", None),
    ("GET /api/v1/groups/{groupId}", "/api/v1/groups/{group}", None),
    ("POST /api/v1/groups", "/api/v1/groups", {"profile": {"name": "New"}}),
    ("GET /api/v1/groups/{groupId}/users", "/api/v1/groups/{group}/users", None),
    ("GET /api/v1/groups/{groupId}/apps", "/api/v1/groups/{group}/apps", None),
    ("GET /api/v1/groups/rules", "/api/v1/groups/rules", None),
    ("POST /api/v1/groups/rules", "/api/v1/groups/rules", RULE),
    ("GET /api/v1/apps", "/api/v1/apps", None),
    ("GET /api/v1/apps/{appId}", "/api/v1/apps/{app}", None),
    ("GET /api/v1/apps/{appId}", "/api/v1/apps/{client}", None),
    ("GET /api/v1/apps/{appId}/users", "/api/v1/apps/{app}/users", None),
    ("GET /api/v1/apps/{appId}/users/{userId}", "/api/v1/apps/{app}/users/{user}", None),
    ("GET /api/v1/apps/{appId}/groups", "/api/v1/apps/{app}/groups", None),
    ("GET /api/v1/apps/{appId}/grants", "/api/v1/apps/{client}/grants", None),
    ("GET /api/v1/apps/{appId}/tokens", "/api/v1/apps/{client}/tokens", None),
    (
        "POST /api/v1/apps/{appId}/grants",
        "/api/v1/apps/{client}/grants",
        {"issuer": "https://acme.test", "scopeId": "okta.logs.read"},
    ),
    ("GET /api/v1/api-tokens", "/api/v1/api-tokens", None),
    ("GET /api/v1/api-tokens/{apiTokenId}", "/api/v1/api-tokens/{token}", None),
    (
        "PUT /api/v1/api-tokens/{apiTokenId}",
        "/api/v1/api-tokens/{token}",
        {"network": {"connection": "ANYWHERE"}},
    ),
    ("GET /api/v1/sessions/{sessionId}", "/api/v1/sessions/{session}", None),
    (
        "POST /api/v1/sessions/{sessionId}/lifecycle/refresh",
        "/api/v1/sessions/{session}/lifecycle/refresh",
        None,
    ),
    ("POST /api/v1/zones", "/api/v1/zones", ZONE),
    ("GET /api/v1/zones", "/api/v1/zones", None),
    ("GET /api/v1/zones/{zoneId}", "/api/v1/zones/{zone}", None),
    ("POST /api/v1/idps", "/api/v1/idps", IDP),
    ("GET /api/v1/idps", "/api/v1/idps", None),
    ("GET /api/v1/idps/credentials/keys", "/api/v1/idps/credentials/keys", None),
    (
        "POST /api/v1/idps/credentials/keys",
        "/api/v1/idps/credentials/keys",
        {"x5c": [OutsideProvider.new("https://login.partner.example").certificate()]},
    ),
    ("POST /api/v1/policies", "/api/v1/policies", POLICY),
    ("GET /api/v1/policies", "/api/v1/policies?type=OKTA_SIGN_ON", None),
    ("GET /api/v1/policies/{policyId}/rules", "/api/v1/policies/{policy}/rules", None),
    ("POST /api/v1/policies/{policyId}/rules", "/api/v1/policies/{policy}/rules", POLICY_RULE),
    ("GET /api/v1/org/privacy/oktaSupport", "/api/v1/org/privacy/oktaSupport", None),
    ("POST /api/v1/org/privacy/oktaSupport/grant", "/api/v1/org/privacy/oktaSupport/grant", None),
    ("GET /api/v1/org/privacy/oktaSupport/cases", "/api/v1/org/privacy/oktaSupport/cases", None),
    (
        "PATCH /api/v1/org/privacy/oktaSupport/cases/{caseNumber}",
        "/api/v1/org/privacy/oktaSupport/cases/{case}",
        {"impersonation": {"status": "DISABLED"}},
    ),
    ("GET /api/v1/threats/configuration", "/api/v1/threats/configuration", None),
    ("GET /api/v1/logs", "/api/v1/logs", None),
    (
        "POST /api/v1/users/{id}/lifecycle/expire_password",
        "/api/v1/users/{other}/lifecycle/expire_password",
        None,
    ),
    (
        "POST /api/v1/users/{id}/lifecycle/reset_password",
        "/api/v1/users/{other}/lifecycle/reset_password?sendEmail=false",
        None,
    ),
    ("POST /api/v1/users/{id}/lifecycle/suspend", "/api/v1/users/{user}/lifecycle/suspend", None),
    (
        "POST /api/v1/users/{id}/lifecycle/unsuspend",
        "/api/v1/users/{suspended}/lifecycle/unsuspend",
        None,
    ),
)

# Where real orgs answer (recorded) with a status that the description lacks: the documented answer
# of the same shape.
RECORDED_OTHERWISE = {
    "POST /api/v1/groups/{groupId}/roles": ("POST /api/v1/groups/{groupId}/roles", 200),
    "POST /api/v1/apps/{appId}/grants": ("POST /api/v1/apps/{appId}/grants", 201),
    "POST /api/v1/org/privacy/oktaSupport/grant": ("GET /api/v1/org/privacy/oktaSupport", 200),
}
# The description declares one item where the service sends a list of them.
LISTS_DECLARED_AS_ITEMS = {"GET /api/v1/users/{userId}/authenticator-enrollments"}
# A factor is news when it is activated, a longer session never is; reading secrets always is.
SILENT = {
    "POST /api/v1/users/{userId}/factors",
    "POST /api/v1/sessions/{sessionId}/lifecycle/refresh",
}
TELLING_READS = {"GET /api/v1/apps/{appId}/credentials/secrets"}
UNDOCUMENTED = {"GET /api/v1/api-tokens/current"}


@pytest.fixture
def filled(org: Org) -> tuple[Org, dict[str, str]]:
    """An org in which every kind of object exists, and the ids by which paths name them."""
    state, user = org.state, org.mallory
    group = state.add_group("Engineers", "All of them")
    state.add_member(group, user)
    state.assign_app(org.aws, user, {"samlRoles": [ROLE]})
    state.assign_app(org.aws, group)
    state.assign_role(group, "READ_ONLY_ADMIN")
    client = state.add_service_app("Reader", {"kty": "RSA", "n": "AQAB", "e": "AQAB"}, ("okta.x",))
    state.add_grant(user, client, "offline_access")
    state.add_refresh_token(user, client, ("openid", "offline_access"))
    role = state.assign_role(
        user, "USER_ADMIN", group_targets=(group,), app_targets=("amazon_aws",)
    )
    for factor_type in ("push", "token:software:totp", "webauthn"):
        state.add_factor(user, factor_type)
    policy = state.add_document("policies", "00p", {"type": "OKTA_SIGN_ON", "name": "Default"})
    zone = state.add_document("zones", "nzo", {"type": "IP", "name": "Office", "usage": "POLICY"})
    state.add_group_rule("All", 'user.title=="x"', (group,))
    names = {
        "user": user,
        "other": state.add_user("other@acme.test", password="x"),
        "suspended": state.add_user("suspended@acme.test", password="x"),
        "group": group,
        "app": org.aws,
        "client": client,
        "role": role,
        "sms": state.add_factor(user, "sms", profile={"phoneNumber": "+1 XXX-XXX-1234"}),
        "device": state.add_device("Laptop", "MACOS", (user,)),
        "token": state.token_id(org.token),
        "session": state.start_session(org.responder),
        "policy": policy,
        "zone": zone,
        "idp": state.add_document("idps", "0oa", {"type": "SAML2", "name": "Partner"}),
        "case": state.add_support_case("00012345", "Sign-in is slow"),
    }
    org.send("POST", f"/api/v1/users/{names['suspended']}/lifecycle/suspend")
    return org, names


@pytest.mark.parametrize(
    ("operation", "path", "body"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)]
)
def test_answers_hold_against_the_description(
    filled: tuple[Org, dict[str, str]], operation: str, path: str, body: Json
) -> None:
    """An answer has a documented status, a body its schema accepts, and an event if it changed."""
    org, names = filled
    events = len(org.state.log.entries)
    method = operation.split(" ", maxsplit=1)[0]
    answer = org.send(method, path.format(**names), body)
    assert answer.status < 300, answer.body
    changed = method != "GET" and operation not in SILENT
    assert (len(org.state.log.entries) > events) == (changed or operation in TELLING_READS)
    documented = RECORDED_OTHERWISE.get(operation, (operation, answer.status))
    assert description.has(*documented), f"{answer.status} is not documented"
    bodies = answer.items if operation in LISTS_DECLARED_AS_ITEMS else [answer.json]
    assert bodies
    for content in bodies:
        assert not description.problems(*documented, content)


def test_error_bodies_hold_against_the_description(filled: tuple[Org, dict[str, str]]) -> None:
    """Refusals have the documented error body."""
    org, _ = filled
    missing = org.get("/api/v1/users/00uNobody")
    assert not description.problems("GET /api/v1/users/{id}", missing.status, missing.json)
    anonymous = org.get("/api/v1/users", auth="SSWS nonsense")
    assert anonymous.code == "E0000011"


def test_scopes_are_the_documented_ones() -> None:
    """A bearer token needs the scope that the description names for the operation."""
    for route in load():
        documented = description.scopes(route.operation)
        if documented:
            assert route.scope in documented, route.operation


def test_documented_paths_are_spelled_as_documented() -> None:
    """A route under a documented path has the documented method."""
    description.has("GET /api/v1/users", 200)
    paths = description._description()["paths"]
    for route in load():
        if route.path in paths and route.operation not in UNDOCUMENTED:
            assert route.method.lower() in paths[route.path], route.operation
