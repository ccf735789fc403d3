"""Who may call: the forms of credentials, dead ones, scopes, admin roles and network zones."""

import threading
import time
from dataclasses import replace

import pytest
from okta_org import Org
from service_app import ServiceApp

from irkit.canonical import Json
from irkit.world.okta.records import UserStatus

READ_ONLY_KINDS = ("READ_ONLY_ADMIN", "REPORT_ADMIN", "HELP_DESK_ADMIN")


@pytest.mark.parametrize("form", ["SSWS {}", "SSWS{}"])
def test_both_spellings_of_an_api_token_are_accepted(org: Org, form: str) -> None:
    """The SDK sends no space after SSWS; the documentation does."""
    me = org.get("/api/v1/users/me", auth=form.format(org.token))
    assert me.object["id"] == org.responder


@pytest.mark.parametrize(
    ("auth", "status", "code"),
    [
        ("", 403, "E0000005"),
        ("Basic x", 403, "E0000005"),
        ("SSWS 00nonsense", 401, "E0000011"),
        ("Bearer x", 401, "E0000011"),
        ("Bearer a.b.c", 401, "E0000011"),
    ],
)
def test_calls_without_a_live_credential_are_refused(
    org: Org, auth: str, status: int, code: str
) -> None:
    """No credential and a dead one are told apart by their codes."""
    answer = org.get("/api/v1/users", auth=auth)
    assert (answer.status, answer.code) == (status, code)


def test_a_dead_session_is_refused_and_may_not_do_more_than_its_user(org: Org) -> None:
    """A cookie opens what its user may do, and nothing once the session is over."""
    sid = org.state.start_session(org.mallory)
    assert org.with_session(sid, "GET", "/api/v1/users/me").object["id"] == org.mallory
    assert org.with_session(sid, "GET", "/api/v1/users").code == "E0000006"
    org.delete(f"/api/v1/sessions/{sid}")
    dead = org.with_session(sid, "GET", "/api/v1/users/me")
    assert (dead.status, dead.code) == (403, "E0000005")


@pytest.mark.parametrize("status", [UserStatus.LOCKED_OUT, UserStatus.RECOVERY])
def test_a_token_does_not_notice_what_happens_to_a_password(org: Org, status: UserStatus) -> None:
    """Okta takes an owner who is locked out, or whose password was reset, for an active one."""
    owner = org.state.add_user("svc@acme.test")
    org.state.assign_role(owner, "READ_ONLY_ADMIN")
    auth = f"SSWS {org.state.add_token(owner)}"
    org.state.put_user(replace(org.tables.users[owner], status=status))
    assert org.get("/api/v1/users", auth=auth).status == 200


def test_a_token_lives_only_while_its_owner_is_active(org: Org) -> None:
    """Suspending the owner kills the token, unsuspending revives it, revoking ends it."""
    owner = org.state.add_user("svc@acme.test")
    org.state.assign_role(owner, "READ_ONLY_ADMIN")
    token = org.state.add_token(owner)
    auth = f"SSWS {token}"
    assert org.get("/api/v1/users", auth=auth).status == 200
    org.post(org.user_path(owner, "/lifecycle/suspend"))
    assert org.get("/api/v1/users", auth=auth).code == "E0000011"
    org.post(org.user_path(owner, "/lifecycle/unsuspend"))
    assert org.get("/api/v1/users", auth=auth).status == 200
    token_path = f"/api/v1/api-tokens/{org.state.token_id(token)}"
    assert org.delete(token_path).status == 204
    assert org.get("/api/v1/users", auth=auth).code == "E0000011"
    assert org.get(token_path).code == "E0000007"


def test_the_current_token_is_the_one_used(org: Org) -> None:
    """The guard against cutting one's own branch can see which token it sits on."""
    other = org.state.add_token(org.responder, "other")
    assert org.get("/api/v1/api-tokens/current").object["name"] == "irkit"
    current = org.get("/api/v1/api-tokens/current", auth=f"SSWS {other}")
    assert current.object["id"] == org.state.token_id(other)
    assert {item["name"] for item in org.get("/api/v1/api-tokens").items} == {"irkit", "other"}


@pytest.mark.parametrize("kind", READ_ONLY_KINDS)
def test_admins_without_the_right_cannot_write(org: Org, kind: str) -> None:
    """A role that may look at users may not suspend them."""
    admin = org.state.add_user("low@acme.test")
    org.state.assign_role(admin, kind)
    auth = f"SSWS {org.state.add_token(admin)}"
    assert org.get("/api/v1/users", auth=auth).status == 200
    refused = org.send("POST", org.user_path(org.mallory, "/lifecycle/suspend"), auth=auth)
    assert (refused.status, refused.code) == (403, "E0000006")
    assert org.status(org.mallory) == "ACTIVE"


def test_only_super_admins_touch_roles_and_tokens(org: Org) -> None:
    """An organization administrator cannot take roles or tokens away."""
    admin = org.state.add_user("orgadmin@acme.test")
    org.state.assign_role(admin, "ORG_ADMIN")
    auth = f"SSWS {org.state.add_token(admin)}"
    role = org.user_path(org.responder, "/roles/KNKVARKSL5AUITKJJY")
    assert org.send("DELETE", role, auth=auth).code == "E0000006"
    token = f"/api/v1/api-tokens/{org.state.token_id(org.token)}"
    assert org.send("DELETE", token, auth=auth).code == "E0000006"
    assert (
        org.send("POST", org.user_path(org.mallory, "/lifecycle/suspend"), auth=auth).status == 200
    )


def test_a_role_through_a_group_counts_and_goes_with_membership(org: Org) -> None:
    """Rights that come through a group end when the membership ends."""
    group = org.state.add_group("Admins")
    org.state.assign_role(group, "SUPER_ADMIN")
    org.state.add_member(group, org.mallory)
    auth = f"SSWS {org.state.add_token(org.mallory)}"
    assert org.get("/api/v1/users", auth=auth).status == 200
    roles = org.get(org.user_path(org.mallory, "/roles")).items
    assert [(r["type"], r["assignmentType"]) for r in roles] == [("SUPER_ADMIN", "GROUP")]
    assert org.delete(f"/api/v1/groups/{group}/users/{org.mallory}").status == 204
    assert org.get("/api/v1/users", auth=auth).code == "E0000006"


def test_a_custom_role_allows_what_its_permissions_name(org: Org) -> None:
    """A custom role with `okta.users.read` reads users and nothing else."""
    org.state.assign_role(org.mallory, "CUSTOM", custom_role="okta.users.read")
    auth = f"SSWS {org.state.add_token(org.mallory)}"
    assert org.get("/api/v1/users", auth=auth).status == 200
    assert org.get("/api/v1/logs", auth=auth).code == "E0000006"
    suspend = org.user_path(org.responder, "/lifecycle/suspend")
    assert org.send("POST", suspend, auth=auth).code == "E0000006"


def test_a_token_bound_to_a_zone_works_from_there_only(org: Org) -> None:
    """Restricting a token's network cuts it off elsewhere and leaves it alive in the zone."""
    zone = org.state.add_document(
        "zones",
        "nzo",
        {"type": "IP", "name": "IR", "gateways": [{"type": "CIDR", "value": "192.0.2.0/24"}]},
    )
    stolen = org.state.add_token(org.responder, "stolen")
    network: dict[str, Json] = {"connection": "ZONE", "include": [zone]}
    path = f"/api/v1/api-tokens/{org.state.token_id(stolen)}"
    assert org.send("PUT", path, {"network": network}).object["network"] == network
    for address, status in (("192.0.2.7", 200), ("203.0.113.9", 403)):
        headers = {"x-forwarded-for": address}
        answer = org.send("GET", "/api/v1/users/me", auth=f"SSWS {stolen}", headers=headers)
        assert answer.status == status


def test_a_blocked_zone_keeps_its_addresses_out(org: Org) -> None:
    """An active zone of usage BLOCKLIST refuses even a good password."""
    gateways: list[Json] = [{"type": "RANGE", "value": "203.0.113.0-203.0.113.255"}]
    body: dict[str, Json] = {
        "type": "IP",
        "name": "Bad",
        "usage": "BLOCKLIST",
        "gateways": gateways,
    }
    zone = org.post("/api/v1/zones", body).object["id"]
    sign_in = {"username": "mallory@acme.test", "password": "hunter2"}
    bad = {"x-forwarded-for": "203.0.113.66"}
    assert org.send("POST", "/api/v1/authn", sign_in, headers=bad).status == 403
    assert org.post("/api/v1/authn", sign_in).status == 200
    assert org.post(f"/api/v1/zones/{zone}/lifecycle/deactivate").object["status"] == "INACTIVE"
    assert org.send("POST", "/api/v1/authn", sign_in, headers=bad).status == 200


def test_a_service_app_gets_what_its_scopes_and_roles_allow(org: Org) -> None:
    """A bearer token works within its scopes; `manage` includes `read`."""
    app = ServiceApp(org, ("okta.users.manage", "okta.logs.read"))
    bearer = app.bearer("okta.users.manage")
    assert org.get("/api/v1/users", auth=bearer).status == 200
    assert (
        org.send("POST", org.user_path(org.mallory, "/lifecycle/suspend"), auth=bearer).status
        == 200
    )
    assert org.get("/api/v1/logs", auth=app.bearer("okta.logs.read")).status == 200


def test_a_scope_that_is_missing_is_named_in_a_header(org: Org) -> None:
    """There is no body; and a token has of the scopes asked for those that are granted."""
    app = ServiceApp(org, ("okta.users.manage",))
    assert app.request("okta.roles.manage").object["error"] == "invalid_scope"
    token = app.request("okta.users.manage okta.logs.read").object
    assert token["scope"] == "okta.users.manage"
    refused = org.get("/api/v1/logs", auth=f"Bearer {token['access_token']}")
    assert (refused.status, refused.body) == (403, b"")
    told = refused.header("www-authenticate")
    assert 'scope="okta.logs.read", error="insufficient_scope"' in told


def test_a_service_app_without_a_role_is_refused(org: Org) -> None:
    """Scopes alone are not enough."""
    app = ServiceApp(org, ("okta.users.read",), roles=())
    assert org.get("/api/v1/users", auth=app.bearer("okta.users.read")).code == "E0000006"


@pytest.mark.parametrize("flaw", ["aud", "exp", "key"])
def test_a_flawed_assertion_gets_no_token(org: Org, flaw: str) -> None:
    """Another audience, an expiry in the past and another key are refused."""
    app = ServiceApp(org, ("okta.users.read",))
    answer = app.request("okta.users.read", flaw=flaw)
    assert (answer.status, answer.object["error"]) == (401, "invalid_client")


def test_access_tokens_outlive_what_they_came_from_and_then_expire(org: Org) -> None:
    """Deactivating the client stops new tokens; one already issued lives until its hour is over."""
    app = ServiceApp(org, ("okta.users.read",))
    bearer = app.bearer("okta.users.read")
    org.post(f"/api/v1/apps/{app.client_id}/lifecycle/deactivate")
    assert app.request("okta.users.read").object["error"] == "invalid_client"
    assert org.get("/api/v1/users", auth=bearer).status == 200
    org.clock.move(minutes=61)
    assert org.get("/api/v1/users", auth=bearer).code == "E0000011"


def test_the_marker_needs_no_credential(org: Org) -> None:
    """Whoever connects can tell a simulated org from a real one, and which one it is."""
    assert org.get("/irkit-world", auth="").json == {
        "irkit_world": 1,
        "seed": 11,
        "provider": "okta",
        "org_id": org.state.org_id,
    }
    well_known = org.get("/.well-known/okta-organization", auth="")
    assert well_known.object["id"] == org.state.org_id
    assert org.get("/api/v1/org").object["id"] == org.state.org_id


def test_seeding_goes_on_beside_requests(org: Org) -> None:
    """Users may be added from another thread while lists are being read."""
    stop = threading.Event()
    statuses: set[int] = set()

    def read() -> None:
        while not stop.is_set():
            statuses.add(org.get("/api/v1/users?limit=200").status)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(3000):
        org.state.add_user(f"beside{number}@acme.test")
    stop.set()
    reader.join()
    assert statuses == {200}


def test_ten_thousand_users_are_added_in_no_time(org: Org) -> None:
    """A large org is cheap to fill and to look a login up in."""
    start = time.monotonic()
    for number in range(10_000):
        org.state.add_user(f"user{number}@acme.test", password="x")
    assert org.get("/api/v1/users/user9999@acme.test").status == 200
    assert time.monotonic() - start < 2
