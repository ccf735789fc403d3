"""Changing actions on one IAM role or managed policy, each where it has something to do."""

import json

from aws_hands import iam_of
from stage import PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.world.fixtures.permissions import ADMINISTRATOR, SUPPORT

DEPLOY = f"arn:aws:iam::{PROD}:role/Deploy"


def lock_trust(stage: Stage) -> Action:
    """A role that two principals may enter."""
    return changing("aws.iam_role.lock_trust", role=DEPLOY)


def prune_trust(stage: Stage) -> Action:
    """One of the two principals of a role."""
    return changing(
        "aws.iam_role.prune_trust", role=DEPLOY, trusted=f"arn:aws:iam::{PROD}:user/ci-deploy"
    )


def quarantine(stage: Stage) -> Action:
    """A role with sessions."""
    return changing("aws.iam_role.quarantine", role=DEPLOY)


def roll_back(stage: Stage) -> Action:
    """A policy that was widened."""
    with iam_of(stage) as iam:
        made = iam.create_policy("", "/", json.dumps(SUPPORT), "helpers", [])
        iam.create_policy_version(made.arn, json.dumps(ADMINISTRATOR), set_as_default=True)
    return changing("aws.iam_policy.rollback", policy=made.arn, to="v1")


CASES = (
    Case("aws.iam_role.lock_trust", lock_trust, "iam:UpdateAssumeRolePolicy"),
    Case("aws.iam_role.prune_trust", prune_trust, "iam:UpdateAssumeRolePolicy"),
    Case("aws.iam_role.quarantine", quarantine, "iam:PutRolePolicy"),
    Case("aws.iam_policy.rollback", roll_back, "iam:SetDefaultPolicyVersion"),
)
