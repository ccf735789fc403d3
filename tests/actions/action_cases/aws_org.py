"""Changing actions on an AWS organization, each where it has something to do."""

from stage import DATA, PROD, SANDBOX, VICTIM, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action

JOBS = f"arn:aws:iam::{DATA}:role/Developer"


def deny_person(stage: Stage) -> Action:
    """Somebody who comes through Okta."""
    return changing("aws.org.scp_deny_principal", who=VICTIM)


def deny_provider(stage: Stage) -> Action:
    """Everybody who comes through Okta."""
    return changing("aws.org.scp_deny_principal", who="okta", by="provider")


def protect(stage: Stage) -> Action:
    """A role of a member account."""
    return changing("aws.org.protect_quarantine", principal=JOBS)


def quarantine(stage: Stage) -> Action:
    """A member account."""
    return changing("aws.org.quarantine_account", account=SANDBOX)


CASES = (
    Case("aws.org.scp_deny_principal", deny_person, "organizations:CreatePolicy"),
    Case("aws.org.scp_deny_principal:provider", deny_provider, "organizations:AttachPolicy"),
    Case("aws.org.protect_quarantine", protect, "organizations:CreatePolicy"),
    Case("aws.org.quarantine_account", quarantine, "organizations:AttachPolicy"),
)


assert PROD not in {DATA, SANDBOX}, "service control policies do not bind the management account"
