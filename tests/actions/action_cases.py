"""Every changing action in a situation in which it has something to do."""

from collections.abc import Callable
from dataclasses import dataclass

from stage import PROD, VICTIM, Hands, Stage, changing

from irkit.actions.base import Action

Prepare = Callable[[Stage], Action]


@dataclass(frozen=True, slots=True)
class Case:
    """One action in a situation in which it has something to do."""

    name: str
    prepare: Prepare
    settles: bool = True
    """Whether the goal then holds by itself; a cut-off of sessions must move on each time."""
    returns: bool = True
    """Whether there is a way back."""
    intruder: bool = False
    """Whether the situation is the intruder's doing."""


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


def revoke_api_token(stage: Stage) -> Action:
    """A token that belongs to an administrator."""
    owner = stage.user("sasha.novak@acme.example")
    stage.world.okta.add_token(owner, "integration")
    tokens = stage.read("okta.user.get", user="sasha.novak@acme.example").value
    assert isinstance(tokens, dict)
    found = tokens["api_tokens"]
    assert isinstance(found, list)
    assert isinstance(found[0], dict)
    return changing("okta.api_token.revoke", token=found[0]["id"])


def deactivate_key(stage: Stage) -> Action:
    """The pipeline's key."""
    return changing(
        "aws.iam_key.deactivate",
        user=f"arn:aws:iam::{PROD}:user/ci-deploy",
        key=stage.world.user_keys["ci-deploy"].id,
    )


def rotate_key(stage: Stage) -> Action:
    """The pipeline's key, which it reads from a secret."""
    return changing(
        "aws.iam_key.rotate_to_secret",
        user="ci-deploy",
        account=PROD,
        key=stage.world.user_keys["ci-deploy"].id,
        secret="ci/deploy-key",
    )


def quarantine(stage: Stage) -> Action:
    """The pipeline's user."""
    return changing("aws.iam_user.quarantine", user=f"arn:aws:iam::{PROD}:user/ci-deploy")


def revoke_role_sessions(stage: Stage) -> Action:
    """A role with sessions."""
    return changing("aws.iam_role.revoke_sessions", role=f"arn:aws:iam::{PROD}:role/Deploy")


def deny_session(stage: Stage) -> Action:
    """One person's session on a shared role."""
    return changing(
        "aws.iam_role.deny_session", role=f"arn:aws:iam::{PROD}:role/Developer", session=VICTIM
    )


def isolate(stage: Stage) -> Action:
    """A machine with two interfaces in different groups."""
    return changing("aws.ec2_instance.isolate", instance=stage.machine("db-proxy"))


CASES = (
    Case("okta.user.suspend", suspend),
    Case("okta.user.revoke_sessions", revoke_sessions, intruder=True, returns=False),
    Case("okta.user.revoke_oauth", revoke_oauth, intruder=True, returns=False),
    Case("okta.user.remove_factor", remove_factor, intruder=True, settles=False, returns=False),
    Case("okta.user.remove_admin_roles", remove_direct_roles),
    Case("okta.user.remove_admin_roles:groups", leave_admin_groups),
    Case("okta.api_token.revoke", revoke_api_token, settles=False, returns=False),
    Case("aws.iam_key.deactivate", deactivate_key),
    Case("aws.iam_key.rotate_to_secret", rotate_key),
    Case("aws.iam_user.quarantine", quarantine),
    Case("aws.iam_role.revoke_sessions", revoke_role_sessions, settles=False),
    Case("aws.iam_role.deny_session", deny_session),
    Case("aws.ec2_instance.isolate", isolate),
)
