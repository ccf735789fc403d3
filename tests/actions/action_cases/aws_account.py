"""Changing actions on an AWS account as a whole, each where it has something to do."""

from stage import DATA, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action
from irkit.world.aws.roots import Roots


def remove_root_credentials(stage: Stage) -> Action:
    """A member account whose root user has one of everything."""
    root = stage.world.aws.cloud.own(Roots).of(DATA)
    root.password = True
    root.keys["AKIAROOTROOTROOTROOT"] = "Active"
    root.certificates["CERTROOTROOTROOTROOTROOTROOT"] = "Active"
    root.mfa.append(f"arn:aws:iam::{DATA}:mfa/root")
    return changing("aws.account.remove_root_credentials", account=DATA)


CASES = (
    Case(
        "aws.account.remove_root_credentials",
        remove_root_credentials,
        "iam:DeleteLoginProfile",
        returns=False,
    ),
)
