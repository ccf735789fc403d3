"""Changing actions on machines in AWS, each where it has something to do."""

from stage import Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def isolate(stage: Stage) -> Action:
    """A machine with two interfaces in different groups."""
    return changing("aws.ec2_instance.isolate", instance=stage.machine("db-proxy"))


CASES = (Case("aws.ec2_instance.isolate", isolate, "ec2:CreateSecurityGroup"),)
