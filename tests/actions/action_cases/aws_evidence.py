"""Changing actions that keep evidence in AWS, each where it has something to do."""

from by_hand import by_hand
from stage import DATA, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action

VAULT = "acme-evidence"


def vault(stage: Stage) -> None:
    """Make a bucket in which objects can be locked."""
    with by_hand(stage, "s3", DATA) as s3:
        s3.create_bucket(Bucket=VAULT, ObjectLockEnabledForBucket=True)


def snapshot(stage: Stage) -> Action:
    """A machine with a disk."""
    return changing("aws.evidence.snapshot", instance=stage.machine("web-1"))


def seal(stage: Stage) -> Action:
    """A line of evidence, and a bucket for it."""
    vault(stage)
    return changing("aws.evidence.seal", bucket=VAULT, account=DATA, content="who came when")


CASES = (
    Case("aws.evidence.snapshot", snapshot, returns=False, first_write="ec2:CreateSnapshots"),
    Case("aws.evidence.seal", seal, returns=False, first_write="s3:PutObject"),
)
