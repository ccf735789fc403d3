"""Changing actions on IAM users, keys and roles, each where it has something to do."""

from stage import PROD, VICTIM, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


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


CASES = (
    Case("aws.iam_key.deactivate", deactivate_key, "iam:UpdateAccessKey"),
    Case("aws.iam_key.rotate_to_secret", rotate_key, "iam:CreateAccessKey"),
    Case("aws.iam_user.quarantine", quarantine, "iam:PutUserPolicy"),
    Case("aws.iam_role.revoke_sessions", revoke_role_sessions, "iam:PutRolePolicy", settles=False),
    Case("aws.iam_role.deny_session", deny_session, "iam:PutRolePolicy"),
)
