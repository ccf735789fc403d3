"""The user's state machine: every verb from every status, and what a change of status does."""

import itertools

import pytest
from okta_org import Org

from irkit.world.okta.errors import OktaError
from irkit.world.okta.lifecycle import Verb, next_status
from irkit.world.okta.records import UserStatus as S

LEGAL = {
    (Verb.ACTIVATE, S.STAGED): S.ACTIVE,
    (Verb.ACTIVATE, S.DEPROVISIONED): S.ACTIVE,
    (Verb.REACTIVATE, S.PROVISIONED): S.PROVISIONED,
    (Verb.REACTIVATE, S.RECOVERY): S.PROVISIONED,
    (Verb.SUSPEND, S.ACTIVE): S.SUSPENDED,
    (Verb.UNSUSPEND, S.SUSPENDED): S.ACTIVE,
    (Verb.UNLOCK, S.LOCKED_OUT): S.ACTIVE,
    (Verb.EXPIRE_PASSWORD, S.ACTIVE): S.PASSWORD_EXPIRED,
    (Verb.EXPIRE_PASSWORD, S.RECOVERY): S.PASSWORD_EXPIRED,
    (Verb.EXPIRE_PASSWORD, S.PASSWORD_EXPIRED): S.PASSWORD_EXPIRED,
    (Verb.EXPIRE_PASSWORD, S.LOCKED_OUT): S.PASSWORD_EXPIRED,
    (Verb.RESET_PASSWORD, S.ACTIVE): S.RECOVERY,
    (Verb.RESET_PASSWORD, S.RECOVERY): S.RECOVERY,
    (Verb.RESET_PASSWORD, S.PASSWORD_EXPIRED): S.RECOVERY,
    (Verb.RESET_PASSWORD, S.LOCKED_OUT): S.RECOVERY,
    (Verb.RESET_PASSWORD, S.PROVISIONED): S.RECOVERY,
    **{(Verb.DEACTIVATE, status): S.DEPROVISIONED for status in S},
    **{(Verb.RESET_FACTORS, status): status for status in set(S) - {S.STAGED, S.DEPROVISIONED}},
}
REFUSALS = {
    Verb.SUSPEND: (400, "E0000001"),
    Verb.UNSUSPEND: (400, "E0000001"),
    Verb.ACTIVATE: (403, "E0000016"),
    Verb.UNLOCK: (403, "E0000032"),
}


@pytest.mark.parametrize(("verb", "status"), tuple(itertools.product(Verb, S)))
def test_each_verb_is_legal_from_its_statuses_only(verb: Verb, status: S) -> None:
    """A legal verb leads to its status, an illegal one is refused with its own code."""
    if (wanted := LEGAL.get((verb, status))) is not None:
        assert next_status(verb, status) is wanted
        return
    with pytest.raises(OktaError) as refusal:
        next_status(verb, status)
    problem = refusal.value.problem
    assert (problem.status, problem.code) == REFUSALS.get(verb, (403, "E0000038"))


def test_activation_without_a_password_stops_at_provisioned() -> None:
    """A user without a password must still choose one."""
    assert next_status(Verb.ACTIVATE, S.STAGED, has_password=False) is S.PROVISIONED


def test_suspension_and_back_over_http(org: Org) -> None:
    """Suspend and unsuspend answer `200 {}`, change the status, and refuse a second time."""
    path = org.user_path(org.mallory)
    first = org.post(f"{path}/lifecycle/suspend")
    assert (first.status, first.body) == (200, b"{}")
    assert org.get(path).object["status"] == "SUSPENDED"
    second = org.post(f"{path}/lifecycle/suspend")
    assert (second.status, second.code) == (400, "E0000001")
    assert org.post(f"{path}/lifecycle/unsuspend").status == 200
    assert org.get(path).object["status"] == "ACTIVE"
    assert org.post(f"{path}/lifecycle/unsuspend").code == "E0000001"


def test_suspension_keeps_groups_roles_and_assignments(org: Org) -> None:
    """What undo relies on: after unsuspending the dump is what it was."""
    group = org.state.add_group("Engineers")
    org.state.add_member(group, org.mallory)
    org.state.assign_role(org.mallory, "HELP_DESK_ADMIN", group_targets=(group,))
    org.state.assign_app(org.aws, org.mallory)
    before = org.world.restorable()
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert org.world.restorable() != before
    org.clock.move(minutes=5)
    org.post(org.user_path(org.mallory, "/lifecycle/unsuspend"))
    assert org.world.restorable() == before


def test_deactivation_loses_factors_and_direct_assignments(org: Org) -> None:
    """Deactivation is destructive, and idempotent."""
    org.state.add_factor(org.mallory)
    org.state.assign_app(org.aws, org.mallory)
    path = org.user_path(org.mallory)
    assert org.post(f"{path}/lifecycle/deactivate").body == b"{}"
    assert org.status(org.mallory) == "DEPROVISIONED"
    assert org.get(f"{path}/factors").items == []
    assert org.get(f"/api/v1/apps/{org.aws}/users/{org.mallory}").code == "E0000007"
    assert org.post(f"{path}/lifecycle/deactivate").status == 200


def test_delete_deactivates_first_and_deletes_then(org: Org) -> None:
    """The first DELETE deactivates, the second one deletes."""
    path = org.user_path(org.mallory)
    assert org.delete(path).status == 204
    assert org.get(path).object["status"] == "DEPROVISIONED"
    assert org.delete(path).status == 204
    assert org.get(path).code == "E0000007"
    assert org.get("/api/v1/users/mallory@acme.test").status == 404


def test_a_temporary_password_replaces_the_old_one(org: Org) -> None:
    """Expiring with a temporary password kills the old password and may end sessions."""
    sid = org.state.start_session(org.mallory)
    path = org.user_path(org.mallory, "/lifecycle/expire_password_with_temp_password")
    temporary = org.post(f"{path}?revokeSessions=true").object["tempPassword"]
    assert org.with_session(sid, "GET", "/api/v1/sessions/me").code == "E0000007"
    old = org.post("/api/v1/authn", {"username": "mallory@acme.test", "password": "hunter2"})
    assert old.code == "E0000004"
    new = org.post("/api/v1/authn", {"username": "mallory@acme.test", "password": temporary})
    assert new.object["status"] == "PASSWORD_EXPIRED"


def test_passwords_of_other_directories_are_not_reset_here(org: Org) -> None:
    """A user mastered in Active Directory is refused."""
    user = org.state.add_user("ad@acme.test", provider="ACTIVE_DIRECTORY", password="x")
    for verb in ("expire_password", "reset_password"):
        assert org.post(org.user_path(user, f"/lifecycle/{verb}")).code == "E0000038"


def test_an_unknown_user_has_no_lifecycle(org: Org) -> None:
    """A lifecycle call on nobody is a 404 with E0000007."""
    answer = org.post("/api/v1/users/00uNobody/lifecycle/suspend")
    assert (answer.status, answer.code) == (404, "E0000007")


def test_reset_of_factors_removes_all(org: Org) -> None:
    """Resetting factors leaves none, and is possible while the user is suspended."""
    org.state.add_factor(org.mallory, "push")
    org.state.add_factor(org.mallory, "sms")
    org.post(org.user_path(org.mallory, "/lifecycle/suspend"))
    assert org.post(org.user_path(org.mallory, "/lifecycle/reset_factors")).status == 200
    assert org.get(org.user_path(org.mallory, "/factors")).items == []
    assert org.status(org.mallory) == "SUSPENDED"
