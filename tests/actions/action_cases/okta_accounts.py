"""Changing actions on a user's account, each where it has something to do."""

from stage import PROD, VICTIM, Hands, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.canonical import JsonObject

ADMINISTRATOR = "sasha.novak@acme.example"


def universal_logout(stage: Stage) -> Action:
    """A user who was suspended just before, with an API token."""
    user = stage.user()
    stage.world.okta.add_token(user, "sync")

    async def first(hands: Hands) -> None:
        await hands.writers.okta.send("POST", f"/api/v1/users/{user}/lifecycle/suspend")

    stage.do(first)
    return changing("okta.user.universal_logout", user=VICTIM)


def deactivate(stage: Stage) -> Action:
    """The person, for good."""
    return changing("okta.user.deactivate", user=VICTIM)


def expire_password(stage: Stage) -> Action:
    """A user with a password at Okta."""
    return changing("okta.user.expire_password", user=VICTIM)


def reset_factors(stage: Stage) -> Action:
    """A suspended user with the intruder's factor beside their own."""

    async def first(hands: Hands) -> None:
        await hands.writers.okta.send("POST", f"/api/v1/users/{stage.user()}/lifecycle/suspend")

    stage.do(first)
    return changing("okta.user.reset_factors", user=VICTIM)


def remove_groups(stage: Stage) -> Action:
    """A user in three groups of Okta's own, and in Everyone."""
    return changing("okta.user.remove_groups", user=VICTIM)


def unassign_aws(stage: Stage) -> Action:
    """A user who was given AWS in person."""
    user = stage.user(ADMINISTRATOR)
    roles: JsonObject = {"samlRoles": [f"arn:aws:iam::{PROD}:role/Support,okta"]}
    stage.world.okta.assign_app(stage.world.okta_ids.aws_app, user, roles)
    return changing("okta.user.unassign_aws", user=ADMINISTRATOR, app=stage.world.okta_ids.aws_app)


def raise_risk(stage: Stage) -> Action:
    """A user nobody has judged yet."""
    return changing("okta.user.raise_risk", user=VICTIM)


CASES = (
    Case(
        "okta.user.universal_logout",
        universal_logout,
        "POST */global-token-revocation",
        intruder=True,
        returns=False,
    ),
    Case("okta.user.deactivate", deactivate, "POST */lifecycle/deactivate", returns=False),
    Case("okta.user.expire_password", expire_password, "POST */reset_password", returns=False),
    Case("okta.user.reset_factors", reset_factors, "POST */reset_factors", returns=False),
    Case("okta.user.remove_groups", remove_groups, "DELETE */groups/*/users/*"),
    Case("okta.user.unassign_aws", unassign_aws, "DELETE */apps/*/users/*"),
    Case("okta.user.raise_risk", raise_risk, "PUT */risk"),
)
