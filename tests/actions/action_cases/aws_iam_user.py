"""Changing actions on one IAM user, each where it has something to do."""

from aws_hands import iam_of
from stage import PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action

CI = f"arn:aws:iam::{PROD}:user/ci-deploy"
DEVICE = f"arn:aws:iam::{PROD}:mfa/ci-deploy"


def delete_key(stage: Stage) -> Action:
    """The pipeline's key, which was switched off."""
    key = stage.world.user_keys["ci-deploy"].id
    with iam_of(stage) as iam:
        iam.update_access_key("ci-deploy", key, "Inactive")
    return changing("aws.iam_key.delete", user=CI, key=key)


def revoke_sessions(stage: Stage) -> Action:
    """The pipeline's user."""
    return changing("aws.iam_user.revoke_sessions", user=CI)


def disable_console(stage: Stage) -> Action:
    """A user with a password."""
    with iam_of(stage) as iam:
        iam.create_login_profile("ci-deploy", "correct-horse")
    return changing("aws.iam_user.disable_console", user=CI)


def reset_console_password(stage: Stage) -> Action:
    """A user with a password, and a secret to hand another one over."""
    with iam_of(stage) as iam:
        iam.create_login_profile("ci-deploy", "correct-horse")
    return changing("aws.iam_user.reset_console_password", user=CI, secret="orders/database")


def remove_mfa(stage: Stage) -> Action:
    """A user with a device."""
    with iam_of(stage) as iam:
        iam.enable_mfa_device("ci-deploy", DEVICE, "111111", "222222")
    return changing("aws.iam_user.remove_mfa", user=CI, device=DEVICE)


def disable_aux_credentials(stage: Stage) -> Action:
    """A user with two SSH keys, one of them switched off."""
    with iam_of(stage) as iam:
        iam.upload_ssh_public_key("ci-deploy", "ssh-rsa AAAA")
        off = iam.upload_ssh_public_key("ci-deploy", "ssh-rsa BBBB")
        iam.update_ssh_public_key("ci-deploy", off.ssh_public_key_id, "Inactive")
    return changing("aws.iam_user.disable_aux_credentials", user=CI)


def set_boundary(stage: Stage) -> Action:
    """A user without a boundary."""
    return changing("aws.iam_user.set_boundary", user=CI)


def remove_from_groups(stage: Stage) -> Action:
    """A user in two groups."""
    with iam_of(stage) as iam:
        for group in ("builders", "readers"):
            iam.create_group(group)
            iam.add_user_to_group(group, "ci-deploy")
    return changing("aws.iam_user.remove_from_groups", user=CI)


CASES = (
    Case("aws.iam_key.delete", delete_key, "iam:DeleteAccessKey", settles=False, returns=False),
    Case("aws.iam_user.revoke_sessions", revoke_sessions, "iam:PutUserPolicy", settles=False),
    Case("aws.iam_user.disable_console", disable_console, "iam:DeleteLoginProfile"),
    Case(
        "aws.iam_user.reset_console_password",
        reset_console_password,
        "iam:UpdateLoginProfile",
        returns=False,
    ),
    Case(
        "aws.iam_user.remove_mfa",
        remove_mfa,
        "iam:DeactivateMFADevice",
        settles=False,
        returns=False,
    ),
    Case("aws.iam_user.disable_aux_credentials", disable_aux_credentials, "iam:UpdateSSHPublicKey"),
    Case("aws.iam_user.set_boundary", set_boundary, "iam:PutUserPermissionsBoundary"),
    Case("aws.iam_user.remove_from_groups", remove_from_groups, "iam:RemoveUserFromGroup"),
)
