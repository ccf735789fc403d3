"""Roles and targets, grants, groups, rules, assignments, devices, documents, policies, support."""

from dataclasses import replace

import pytest
from okta_org import Org

from irkit.canonical import Json, canonical
from irkit.world.okta.records import UserStatus


def test_roles_with_targets_are_taken_away_and_given_back(org: Org) -> None:
    """What `remove_admin_roles` undoes: the same assignment with the same targets."""
    group = org.state.add_group("Interns")
    org.state.assign_role(
        org.mallory, "USER_ADMIN", group_targets=(group,), app_targets=("amazon_aws",)
    )
    before = canonical(org.world.restorable())
    path = org.user_path(org.mallory, "/roles")
    (role,) = org.get(path).items
    assert (role["type"], role["assignmentType"]) == ("USER_ADMIN", "USER")
    names = [target["orn"] for target in org.get(f"{path}/{role['id']}/targets").items]
    assert len(names) == 2
    assert org.delete(f"{path}/{role['id']}").status == 204
    assert org.delete(f"{path}/{role['id']}").code == "E0000007"
    assert org.get(path).items == []
    again = org.post(path, {"type": "USER_ADMIN"})
    assert again.status == 201
    targets = f"{path}/{again.object['id']}/targets"
    assert org.send("PUT", f"{targets}/groups/{group}").status == 204
    assert org.send("PUT", f"{targets}/catalog/apps/amazon_aws").status == 204
    assert [item["id"] for item in org.get(f"{targets}/groups").items] == [group]
    assert canonical(org.world.restorable()) == before


def test_targets_are_removed_one_by_one(org: Org) -> None:
    """A target that is not there is a 404, for groups, applications and instances."""
    org.state.assign_role(org.mallory, "APP_ADMIN")
    (role,) = org.get(org.user_path(org.mallory, "/roles")).items
    path = org.user_path(org.mallory, f"/roles/{role['id']}/targets")
    group = org.state.add_group("Interns")
    for target in (f"groups/{group}", f"catalog/apps/amazon_aws/{org.aws}"):
        assert org.send("PUT", f"{path}/{target}").status == 204
        assert org.delete(f"{path}/{target}").status == 204
        assert org.delete(f"{path}/{target}").code == "E0000007"
    assert org.get(f"{path}/catalog/apps").items == []


def test_a_role_is_assigned_once(org: Org) -> None:
    """A second assignment is a conflict, an unknown role a refusal."""
    path = org.user_path(org.mallory, "/roles")
    assert org.post(path, {"type": "ORG_ADMIN"}).status == 201
    assert (org.post(path, {"type": "ORG_ADMIN"}).status, org.post(path, {}).status) == (409, 400)


def test_group_and_client_roles_have_the_same_calls(org: Org) -> None:
    """Roles of groups and of service apps are listed, given and taken like those of users."""
    client = org.state.add_service_app("App", {}, (), roles=())
    group = org.state.add_group("Admins")
    for path in (f"/api/v1/groups/{group}/roles", f"/oauth2/v1/clients/{client}/roles"):
        role = org.post(path, {"type": "SUPER_ADMIN"}).object
        assert org.get(f"{path}/{role['id']}").object == role
        assert len(org.get(path).items) == 1
        assert org.delete(f"{path}/{role['id']}").status == 204
        assert org.get(path).items == []
    assert org.get("/oauth2/v1/clients/0oaNobody/roles").code == "E0000007"


def test_everybody_with_a_role_is_listed_in_pages(org: Org) -> None:
    """Direct and inherited roles count; the next link goes on."""
    group = org.state.add_group("Admins")
    org.state.assign_role(group, "READ_ONLY_ADMIN")
    org.state.add_member(group, org.mallory)
    first = org.get("/api/v1/iam/assignees/users?limit=1").object
    links, value = first["_links"], first["value"]
    assert isinstance(links, dict)
    assert isinstance(value, list)
    following = links["next"]
    assert isinstance(following, dict)
    second = org.get(str(following["href"])).object["value"]
    assert isinstance(second, list)
    found = [item["id"] for item in (*value, *second) if isinstance(item, dict)]
    assert found == [org.responder, org.mallory]


def test_consents_are_revoked_with_their_refresh_tokens(org: Org) -> None:
    """Revoking grants ends refresh tokens of those clients, and no access token already out."""
    for client in ("0oaMail", "0oaChat"):
        org.state.add_grant(org.mallory, client, "openid")
    secret = org.state.add_refresh_token(org.mallory, "0oaMail", ("openid",))
    form = f"grant_type=refresh_token&refresh_token={secret}"
    access = org.send_form("/oauth2/v1/token", form).object["access_token"]
    path = org.user_path(org.mallory)
    mail = org.get(f"{path}/clients/0oaMail/grants").items
    assert org.get(f"{path}/grants/{mail[0]['id']}").object == mail[0]
    assert org.delete(f"{path}/grants/{mail[0]['id']}").status == 204
    assert org.get(f"{path}/grants/{mail[0]['id']}").code == "E0000007"
    assert org.get(f"{path}/clients").items == []
    assert org.send_form("/oauth2/v1/token", form).object["error"] == "invalid_grant"
    assert org.get("/oauth2/v1/userinfo", auth=f"Bearer {access}").object["sub"] == org.mallory
    assert len(org.get(f"{path}/grants").items) == 1
    assert org.delete(f"{path}/clients/0oaChat/grants").status == 204
    assert org.get(f"{path}/grants").items == []
    org.state.add_grant(org.mallory, "0oaMail", "openid")
    assert org.delete(f"{path}/grants").status == 204
    assert org.get(f"{path}/grants").items == []


def test_refresh_tokens_are_revoked_by_client_and_by_application(org: Org) -> None:
    """One, all of a client, all of an application."""
    client = org.state.add_service_app("Mail", {}, ())
    path = org.user_path(org.mallory, f"/clients/{client}/tokens")
    for _ in range(3):
        org.state.add_refresh_token(org.mallory, client, ("openid",))
    tokens = org.get(path).items
    assert "secret" not in str(tokens)
    assert org.get(f"/api/v1/apps/{client}/tokens/{tokens[1]['id']}").object == tokens[1]
    assert org.get(f"{path}/{tokens[0]['id']}").object == tokens[0]
    assert org.delete(f"{path}/{tokens[0]['id']}").status == 204
    assert org.delete(f"/api/v1/apps/{client}/tokens/{tokens[1]['id']}").status == 204
    assert len(org.get(f"/api/v1/apps/{client}/tokens").items) == 1
    assert org.delete(path).status == 204
    org.state.add_refresh_token(org.mallory, client, ("openid",))
    assert org.delete(f"/api/v1/apps/{client}/tokens").status == 204
    assert org.get(f"/api/v1/apps/{client}/tokens").items == []


def test_a_suspended_user_gets_no_new_access_tokens(org: Org) -> None:
    """The refresh token is there, and of no use while its user is suspended."""
    secret = org.state.add_refresh_token(org.mallory, "0oaMail", ("openid",))
    form = f"grant_type=refresh_token&refresh_token={secret}"
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert org.send_form("/oauth2/v1/token", form).status == 400
    org.post(org.user_path(org.mallory, "/lifecycle/unsuspend"))
    assert org.send_form("/oauth2/v1/token", form).status == 200


def test_a_removed_member_is_an_exception_of_the_rule_from_then_on(org: Org) -> None:
    """Okta keeps the rule from taking the user in again, and says so in its log."""
    engineer = org.state.add_user("eng@acme.test", profile=(("department", "Eng"),))
    group = org.state.add_group("Engineers")
    rule = org.state.add_group_rule(
        "Eng", 'user.department=="Eng" and user.lastName=="User"', (group,)
    )
    members = f"/api/v1/groups/{group}/users"
    assert org.get(members).items == []
    assert org.post(f"/api/v1/groups/rules/{rule}/lifecycle/activate").status == 204
    assert [item["id"] for item in org.get(members).items] == [engineer]
    assert org.delete(f"{members}/{engineer}").status == 204
    assert org.get(members).items == []
    assert org.tables.rules[rule].excluded == (engineer,)
    told = [event["eventType"] for event in org.get("/api/v1/logs").items]
    assert "group.user_membership.rule.add_exclusion" in told


def test_only_inactive_rules_are_changed(org: Org) -> None:
    """A rule is created INACTIVE, changed while it is, and deleted with 202."""
    body: dict[str, Json] = {
        "name": "R",
        "conditions": {
            "people": {"users": {"exclude": [org.mallory]}},
            "expression": {"value": 'user.login=="x" or user.email=="mallory@acme.test"'},
        },
        "actions": {"assignUserToGroups": {"groupIds": [org.state.everyone]}},
    }
    rule = org.post("/api/v1/groups/rules", body).object
    path = f"/api/v1/groups/rules/{rule['id']}"
    assert rule["status"] == "INACTIVE"
    assert org.send("PUT", path, {**body, "name": "S"}).object["name"] == "S"
    org.post(f"{path}/lifecycle/activate")
    assert org.send("PUT", path, body).code == "E0000001"
    assert org.delete(path).status == 202
    assert org.get(path).code == "E0000007"


def test_group_membership_is_changed_both_ways_and_built_in_groups_are_not(org: Org) -> None:
    """Everyone cannot be changed; another group can, and says when it was."""
    group = org.post("/api/v1/groups", {"profile": {"name": "Temp"}}).object["id"]
    assert org.post("/api/v1/groups", {"profile": {"name": "Temp"}}).code == "E0000001"
    org.clock.move(seconds=9)
    member = f"/api/v1/groups/{group}/users/{org.mallory}"
    assert org.send("PUT", member).status == 204
    shown = org.get(f"/api/v1/groups/{group}").object
    assert shown["lastMembershipUpdated"] == "2026-03-01T12:00:09.000Z"
    mine = org.get(org.user_path(org.mallory, "/groups")).items
    assert [item["id"] for item in mine] == [org.state.everyone, group]
    assert org.delete(member).status == 204
    assert org.delete(f"/api/v1/groups/{org.state.everyone}/users/{org.mallory}").status == 501
    assert org.delete(f"/api/v1/groups/{group}").status == 204
    assert org.get(f"/api/v1/groups/{group}").code == "E0000007"


def test_an_assignment_through_a_group_cannot_be_removed_for_one_user(org: Org) -> None:
    """The direct assignment goes, the group's stays; its scope says which it is."""
    group = org.state.add_group("AWS")
    org.state.add_member(group, org.mallory)
    path = f"/api/v1/apps/{org.aws}/users"
    assigned = org.post(path, {"id": org.mallory, "profile": {"samlRoles": ["a,b"]}}).object
    assert assigned["scope"] == "USER"
    changed = org.post(f"{path}/{org.mallory}", {"profile": {"title": "x"}}).object
    assert changed["profile"] == {"samlRoles": ["a,b"], "title": "x"}
    assert org.send("PUT", f"/api/v1/apps/{org.aws}/groups/{group}", {}).status == 200
    assert org.delete(f"{path}/{org.mallory}").status == 204
    assert org.get(f"{path}/{org.mallory}").object["scope"] == "GROUP"
    assert org.delete(f"{path}/{org.mallory}").code == "E0000007"
    links = org.get(org.user_path(org.mallory, "/appLinks")).items
    assert [item["appInstanceId"] for item in links] == [org.aws]
    assert org.delete(f"/api/v1/apps/{org.aws}/groups/{group}").status == 204
    assert org.get(org.user_path(org.mallory, "/appLinks")).items == []


def test_an_application_is_switched_off_before_it_is_deleted(org: Org) -> None:
    """An active application cannot be deleted."""
    body: dict[str, Json] = {
        "name": "oidc_client",
        "label": "Rogue",
        "signOnMode": "OPENID_CONNECT",
        "settings": {"oauthClient": {"jwks": {"keys": [{"kty": "RSA"}]}}},
    }
    app = org.post("/api/v1/apps", body).object["id"]
    path = f"/api/v1/apps/{app}"
    assert org.delete(path).status == 403
    assert org.post(f"{path}/lifecycle/deactivate").body == b"{}"
    assert org.delete(path).status == 204
    assert org.get(path).code == "E0000007"


def test_scopes_of_a_service_app_are_taken_and_given(org: Org) -> None:
    """A granted scope is listed once, however often it is granted."""
    client = org.state.add_service_app("Rogue", {}, ("okta.users.manage",))
    path = f"/api/v1/apps/{client}/grants"
    (grant,) = org.get(path).items
    assert org.delete(f"{path}/{grant['id']}").status == 204
    assert org.get(f"{path}/{grant['id']}").code == "E0000007"
    for _ in range(2):
        org.post(path, {"scopeId": "okta.users.manage", "issuer": org.url})
    assert [item["scopeId"] for item in org.get(path).items] == ["okta.users.manage"]
    assert org.post(path, {}).code == "E0000001"


def test_an_application_switched_off_and_on_is_what_it_was(org: Org) -> None:
    """What undo of a deactivation relies on."""
    before = org.world.restorable()
    org.post(f"/api/v1/apps/{org.aws}/lifecycle/deactivate")
    assert org.world.restorable() != before
    org.clock.move(minutes=1)
    org.post(f"/api/v1/apps/{org.aws}/lifecycle/activate")
    assert org.world.restorable() == before


def test_custom_roles_name_their_role_and_resource_set(org: Org) -> None:
    """The assignment of a custom role carries what undo needs to assign it again."""
    body: dict[str, Json] = {"type": "CUSTOM", "role": "okta.users.read", "resource-set": "iam1"}
    made = org.post(org.user_path(org.mallory, "/roles"), body).object
    assert (made["role"], made["resource-set"]) == ("okta.users.read", "iam1")
    assert org.post(org.user_path(org.mallory, "/roles"), body).status == 409


def test_deleting_takes_memberships_and_assignments_along(org: Org) -> None:
    """A deleted group or user leaves nothing behind that names it."""
    group = org.state.add_group("Temp")
    gone = org.state.add_user("gone@acme.test")
    for target in (group, gone):
        org.state.assign_app(org.aws, target)
    org.state.add_member(group, gone)
    org.state.add_member(group, org.mallory)
    renamed = org.send("PUT", f"/api/v1/groups/{group}", {"profile": {"name": "Renamed"}})
    assert renamed.object["profile"] == {"name": "Renamed", "description": None}
    org.state.put_user(replace(org.tables.users[gone], status=UserStatus.DEPROVISIONED))
    assert org.delete(org.user_path(gone)).status == 204
    members = org.get(f"/api/v1/groups/{group}/users").items
    assert [member["id"] for member in members] == [org.mallory]
    assert org.delete(f"/api/v1/groups/{group}").status == 204
    assert org.get(f"/api/v1/apps/{org.aws}/users").items == []
    assert org.get(f"/api/v1/apps/{org.aws}/groups").items == []
    dump = str(org.world.restorable())
    assert gone not in dump
    assert group not in dump


def test_devices_are_suspended_and_back(org: Org) -> None:
    """A device moves between its statuses and is deleted only when deactivated."""
    device = org.state.add_device("Laptop", "MACOS", (org.mallory,))
    path = f"/api/v1/devices/{device}"
    for verb, status in (
        ("suspend", "SUSPENDED"),
        ("unsuspend", "ACTIVE"),
        ("deactivate", "DEACTIVATED"),
        ("activate", "ACTIVE"),
    ):
        assert org.post(f"{path}/lifecycle/{verb}").status == 204
        assert org.get(path).object["status"] == status
    assert org.post(f"{path}/lifecycle/unsuspend").code == "E0000001"
    assert org.delete(path).code == "E0000001"
    assert org.post(f"{path}/lifecycle/deactivate").status == 204
    assert org.delete(path).status == 204
    assert org.get(org.user_path(org.mallory, "/devices")).items == []


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/zones",
        "/api/v1/idps",
        "/api/v1/trustedOrigins",
        "/api/v1/eventHooks",
        "/api/v1/inlineHooks",
        "/api/v1/logStreams",
    ],
)
def test_documents_keep_what_they_are_given(org: Org, path: str) -> None:
    """Create, replace with an empty list, switch off and on, delete."""
    made = org.post(path, {"type": "IP", "name": "one", "gateways": [1]}).object
    one = f"{path}/{made['id']}"
    assert made["status"] == "ACTIVE"
    assert org.send("PUT", one, {"type": "IP", "name": "two", "gateways": []}).status == 200
    assert (org.get(one).object["name"], org.get(one).object["gateways"]) == ("two", [])
    assert org.post(f"{one}/lifecycle/deactivate").object["status"] == "INACTIVE"
    assert org.post(f"{one}/lifecycle/activate").object["status"] == "ACTIVE"
    own = [item["id"] for item in org.get(f"{path}?type=IP").items if not item.get("system")]
    assert own == [made["id"]]
    assert org.get(f"{path}?type=SAML2").items == []
    assert org.delete(one).status == 204
    assert org.get(one).code == "E0000007"


def test_policies_and_their_rules(org: Org) -> None:
    """Rules are added, replaced, switched off and deleted; policies are switched off and on."""
    policy = org.post("/api/v1/policies", {"type": "OKTA_SIGN_ON", "name": "P"}).object["id"]
    path = f"/api/v1/policies/{policy}"
    for verb, status in (("deactivate", "INACTIVE"), ("activate", "ACTIVE")):
        assert org.post(f"{path}/lifecycle/{verb}").status == 204
        assert org.get(path).object["status"] == status
    rule = org.post(f"{path}/rules", {"type": "SIGN_ON", "name": "deny"}).object["id"]
    one = f"{path}/rules/{rule}"
    assert org.send("PUT", one, {"type": "SIGN_ON", "name": "allow"}).object["priority"] == 1
    assert org.post(f"{one}/lifecycle/deactivate").status == 204
    assert org.get(one).object["status"] == "INACTIVE"
    assert org.post(f"{one}/lifecycle/activate").status == 204
    assert org.delete(one).status == 204
    assert org.get(one).code == "E0000007"
    assert org.get("/api/v1/policies/00pNone/rules").code == "E0000007"


def test_support_access_is_granted_extended_and_revoked(org: Org) -> None:
    """The door that Okta's own support comes through is shut."""
    path = "/api/v1/org/privacy/oktaSupport"
    assert org.post(f"{path}/extend").status == 403
    assert org.post(f"{path}/grant").object["support"] == "ENABLED"
    until = org.get(path).object["expiration"]
    assert org.post(f"{path}/extend").object["expiration"] != until
    assert org.post(f"{path}/revoke").object == org.get(path).object
    assert org.get(path).object["support"] == "DISABLED"


def test_support_access_is_given_case_by_case(org: Org) -> None:
    """One open case opens the org; closing the last one shuts it."""
    path = "/api/v1/org/privacy/oktaSupport"
    assert org.get(f"{path}/cases").object == {"supportCases": []}
    case = org.state.add_support_case("00012345", "Sign-in is slow")
    assert org.get(path).object["support"] == "ENABLED"
    closed = {"impersonation": {"status": "DISABLED"}}
    assert org.send("PATCH", f"{path}/cases/{case}", closed).status == 200
    assert org.get(path).object == {**org.get(path).object, "support": "DISABLED"}
    assert org.send("PATCH", f"{path}/cases/{case}", {}).code == "E0000001"
    assert org.send("PATCH", f"{path}/cases/0", closed).code == "E0000007"


def test_a_rule_that_is_put_first_moves_the_others_down(org: Org) -> None:
    """No two rules have one priority, and deleting closes the gap."""
    policy = org.post("/api/v1/policies", {"type": "OKTA_SIGN_ON", "name": "P"}).object["id"]
    path = f"/api/v1/policies/{policy}/rules"
    for name in ("one", "two"):
        org.post(path, {"type": "SIGN_ON", "name": name})
    first = org.post(path, {"type": "SIGN_ON", "name": "deny", "priority": 1}).object["id"]
    listed = [(rule["name"], rule["priority"]) for rule in org.get(path).items]
    assert listed == [("deny", 1), ("one", 2), ("two", 3)]
    org.delete(f"{path}/{first}")
    assert [rule["priority"] for rule in org.get(path).items] == [1, 2]


def test_an_application_s_policy_has_priorities_from_zero_with_gaps(org: Org) -> None:
    """Rules move down until a gap takes the last of them, and deleting closes none."""
    policy = org.post("/api/v1/policies", {"type": "ACCESS_POLICY", "name": "P"}).object["id"]
    path = f"/api/v1/policies/{policy}/rules"
    for name in ("one", "two"):
        org.post(path, {"type": "ACCESS_POLICY", "name": name})
    far: dict[str, Json] = {"type": "ACCESS_POLICY", "name": "far", "priority": 9}
    org.post(path, far)
    first = org.post(path, {**far, "name": "deny", "priority": 0}).object["id"]
    listed = [(rule["name"], rule["priority"]) for rule in org.get(path).items]
    assert listed == [("deny", 0), ("one", 1), ("two", 2), ("far", 9)]
    org.delete(f"{path}/{first}")
    assert [rule["priority"] for rule in org.get(path).items] == [1, 2, 9]


def test_threatinsight_and_risk_take_known_values_only(org: Org) -> None:
    """Other actions and levels are refused."""
    threats = "/api/v1/threats/configuration"
    assert org.get(threats).object["action"] == "none"
    assert org.post(threats, {"action": "block"}).object["action"] == "block"
    assert org.post(threats, {"action": "panic"}).code == "E0000001"
    risk = org.user_path(org.mallory, "/risk")
    assert org.get(risk).object["riskLevel"] == "NONE"
    assert org.send("PUT", risk, {"riskLevel": "HIGH"}).status == 201
    assert org.send("PUT", risk, {"riskLevel": "LOW"}).object["riskLevel"] == "LOW"
    assert org.send("PUT", risk, {"riskLevel": "NONE"}).code == "E0000001"


def test_users_are_created_and_changed(org: Org) -> None:
    """Creation honours `activate` and the password; a login is unique; an update keeps the rest."""
    profile: dict[str, Json] = {"login": "new@acme.test", "firstName": "N", "lastName": "U"}
    made = org.post("/api/v1/users?activate=false", {"profile": profile}).object
    assert made["status"] == "STAGED"
    assert org.post("/api/v1/users", {"profile": profile}).code == "E0000001"
    path = org.user_path(str(made["id"]))
    changed = org.post(
        path, {"profile": {"title": "Boss"}, "credentials": {"password": {"value": "p"}}}
    )
    shown = changed.object["profile"]
    assert isinstance(shown, dict)
    assert (shown["title"], shown["firstName"]) == ("Boss", "N")
    assert org.post(f"{path}/lifecycle/activate").status == 200
    assert org.status(str(made["id"])) == "ACTIVE"
    moved = org.send("PUT", path, {"profile": {**profile, "login": "moved@acme.test"}})
    assert "title" not in str(moved.object["profile"])
    assert org.get("/api/v1/users/new@acme.test").status == 404
    assert org.get("/api/v1/users/moved@acme.test").status == 200


def test_the_dump_is_the_same_for_the_same_seed(org: Org) -> None:
    """Ids come from the seed; the dump holds no secret, session, log or time of change."""
    other = Org()
    try:
        assert canonical(org.world.restorable()) == canonical(other.world.restorable())
    finally:
        other.stop()
    before = canonical(org.world.restorable())
    sid = org.state.start_session(org.mallory)
    org.clock.move(hours=1)
    org.post(org.user_path(org.mallory), {"profile": {}})
    assert canonical(org.world.restorable()) == before
    for secret in (sid, org.token, "hunter2"):
        assert secret.encode() not in before


def test_the_call_log_counts_every_request(org: Org) -> None:
    """Principal, template, path, status, user agent and request id stand in the log."""
    headers = {"user-agent": "irkit/1"}
    answer = org.send("GET", org.user_path(org.mallory), headers=headers)
    org.delete(org.user_path(org.mallory, "/sessions"))
    org.get("/api/v1/nothing")
    first, second, third = org.world.calls.all()
    assert first.operation == "GET /api/v1/users/{id}"
    assert first.target == org.user_path(org.mallory)
    assert (first.principal, first.provider, first.status) == ("ir@acme.test", "okta", 200)
    assert (first.user_agent, first.request_id) == ("irkit/1", answer.header("x-okta-request-id"))
    assert first.at == org.clock().timestamp()
    assert org.world.calls.writes() == (second,)
    assert org.world.calls.since(2) == (third,)
    org.world.calls.clear()
    org.get("/irkit-world")
    assert [call.index for call in org.world.calls.all()] == [3]
