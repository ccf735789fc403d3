"""Changing actions that give defenders back what an intruder took, each with something to do."""

from by_hand import by_hand
from stage import DATA, PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action


def restore_trail(stage: Stage) -> Action:
    """A trail that somebody stopped, shrank and told to look away."""
    with by_hand(stage, "s3") as s3:
        s3.create_bucket(Bucket="acme-trail")
    with by_hand(stage, "cloudtrail") as cloudtrail:
        cloudtrail.create_trail(
            Name="acme", S3BucketName="acme-trail", IncludeGlobalServiceEvents=False
        )
        cloudtrail.put_event_selectors(
            TrailName="acme",
            EventSelectors=[
                {
                    "ReadWriteType": "ReadOnly",
                    "IncludeManagementEvents": True,
                    "DataResources": [
                        {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::acme-invoices/"]}
                    ],
                }
            ],
        )
    return changing("aws.cloudtrail.restore", trail="acme", account=PROD)


def restore_detector(stage: Stage) -> Action:
    """A detector that somebody suspended."""
    with by_hand(stage, "guardduty", DATA) as guardduty:
        guardduty.create_detector(Enable=False)
    return changing("aws.guardduty.restore", account=DATA, region="us-east-1")


def protect_key(stage: Stage) -> Action:
    """A key about to be deleted, with a grant for a stranger."""
    with by_hand(stage, "kms", DATA) as kms:
        key = kms.create_key()["KeyMetadata"]["Arn"]
        grant = kms.create_grant(
            KeyId=key,
            GranteePrincipal="arn:aws:iam::999900001111:user/operator",
            Operations=["Decrypt"],
        )["GrantId"]
        kms.schedule_key_deletion(KeyId=key.rpartition("/")[2], PendingWindowInDays=7)
    return changing("aws.kms_key.protect", key=key, grants=[grant])


CASES = (
    Case(
        "aws.cloudtrail.restore",
        restore_trail,
        returns=False,
        first_write="cloudtrail:StartLogging",
    ),
    Case(
        "aws.guardduty.restore",
        restore_detector,
        returns=False,
        first_write="guardduty:UpdateDetector",
    ),
    Case("aws.kms_key.protect", protect_key, returns=False, first_write="kms:CancelKeyDeletion"),
)
