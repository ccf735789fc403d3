"""Changing actions on Okta users, each where it has something to do."""

from stage import VICTIM, Hands, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def suspend(stage: Stage) -> Action:
    """An active user."""
    return changing("okta.user.suspend", user=VICTIM)


def revoke_sessions(stage: Stage) -> Action:
    """A user who was suspended just before."""
    user = stage.user()

    async def first(hands: Hands) -> None:
        await hands.writers.okta.send("POST", f"/api/v1/users/{user}/lifecycle/suspend")

    stage.do(first)
    return changing("okta.user.revoke_sessions", user=VICTIM, oauth_tokens=True)


def revoke_oauth(stage: Stage) -> Action:
    """A user with a refresh token and a consent."""
    return changing("okta.user.revoke_oauth", user=VICTIM)


def remove_factor(stage: Stage) -> Action:
    """A user with the intruder's factor."""
    value = stage.read("okta.user.get", user=VICTIM).value
    assert isinstance(value, dict)
    factors = value["factors"]
    assert isinstance(factors, list)
    planted = next(f for f in factors if isinstance(f, dict) and f["provider"] == "GOOGLE")
    assert isinstance(planted, dict)
    return changing("okta.user.remove_factor", user=VICTIM, factor=planted["id"])


def remove_direct_roles(stage: Stage) -> Action:
    """A help desk administrator, limited to one group, who manages an application too."""
    user, group = stage.user("rui.tanaka@acme.example"), stage.world.okta_ids.groups["support"]

    async def limit(hands: Hands) -> None:
        roles = await hands.readers.okta.list(f"/api/v1/users/{user}/roles")
        path = f"/api/v1/users/{user}/roles/{roles[0]['id']}/targets/groups/{group}"
        await hands.writers.okta.send("PUT", path)
        await hands.writers.okta.send(
            "POST", f"/api/v1/users/{user}/roles", body={"type": "APP_ADMIN"}
        )

    stage.do(limit)
    return changing("okta.user.remove_admin_roles", user="rui.tanaka@acme.example")


def leave_admin_groups(stage: Stage) -> Action:
    """A user who is an administrator through a group."""
    group = stage.world.okta_ids.groups["contractors"]

    async def grant(hands: Hands) -> None:
        await hands.writers.okta.send(
            "POST", f"/api/v1/groups/{group}/roles", body={"type": "READ_ONLY_ADMIN"}
        )

    stage.do(grant)
    return changing("okta.user.remove_admin_roles", user=VICTIM, groups=True)


CASES = (
    Case("okta.user.suspend", suspend, "POST */lifecycle/suspend"),
    Case(
        "okta.user.revoke_sessions",
        revoke_sessions,
        "DELETE */sessions",
        intruder=True,
        returns=False,
    ),
    Case("okta.user.revoke_oauth", revoke_oauth, "DELETE */users/*", intruder=True, returns=False),
    Case(
        "okta.user.remove_factor",
        remove_factor,
        "DELETE */factors/*",
        intruder=True,
        settles=False,
        returns=False,
    ),
    Case("okta.user.remove_admin_roles", remove_direct_roles, "DELETE */roles/*"),
    Case("okta.user.remove_admin_roles:groups", leave_admin_groups, "DELETE */groups/*/users/*"),
)
