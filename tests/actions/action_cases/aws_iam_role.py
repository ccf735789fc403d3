"""Changing actions on one IAM role or managed policy, each where it has something to do."""

import json

from aws_hands import iam_of
from stage import PROD, Stage, changing

from action_cases.case import Case
from action_cases.kill import Kill
from irkit.actions.base import Action
from irkit.model.access import CredentialKind
from irkit.world.fixtures.acme_small import OUTSIDE
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


def lock_vendor(stage: Stage) -> Action:
    """The role that lets the intruder's account in."""
    return changing("aws.iam_role.lock_trust", role="vendor-sync", account=PROD)


def prune_vendor(stage: Stage) -> Action:
    """The intruder's account, beside another one."""
    with iam_of(stage) as iam:
        role = next(role for role in iam.roles.values() if role.name == "vendor-sync")
        trust = json.loads(role.assume_role_policy_document)
        trust["Statement"][0]["Principal"]["AWS"].append(f"arn:aws:iam::{PROD}:root")
        role.assume_role_policy_document = json.dumps(trust)
    return changing("aws.iam_role.prune_trust", role="vendor-sync", account=PROD, trusted=OUTSIDE)


def quarantine_deploy(stage: Stage) -> Action:
    """The role that was entered from the first one, and by the pipeline."""
    return changing("aws.iam_role.quarantine", role="Deploy", account=PROD)


def quarantine_machine(stage: Stage) -> Action:
    """The role of a machine."""
    return changing("aws.iam_role.quarantine", role="app-server", account=PROD)


_TRUST = (CredentialKind.EXTERNAL_TRUST,)

KILLS = (
    Kill(lock_vendor, ("trust of role vendor-sync",), plants=_TRUST),
    Kill(prune_vendor, ("trust of role vendor-sync",), plants=_TRUST),
    Kill(
        quarantine_deploy,
        (f"in role Deploy in {PROD}",),
        plants=(CredentialKind.ROLE_SESSION, *_TRUST),
    ),
    Kill(
        quarantine_machine,
        ("in role app-server",),
        plants=(CredentialKind.INSTANCE_SESSION,),
    ),
)
