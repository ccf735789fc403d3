"""Changing actions on secrets, each where it has something to do."""

import json

from by_hand import by_hand
from stage import PROD, Stage, changing

from action_cases.case import Case
from irkit.actions.base import Action

SECRET = "orders/database"


def rotate(stage: Stage) -> Action:
    """A secret that a function rotates."""
    with by_hand(stage, "secretsmanager") as manager:
        manager.rotate_secret(
            SecretId=SECRET,
            RotationLambdaARN=f"arn:aws:lambda:us-east-1:{PROD}:function:orders-api",
            RotationRules={"AutomaticallyAfterDays": 30},
            RotateImmediately=False,
        )
    return changing("aws.secret.rotate", secret=SECRET, account=PROD)


def deny(stage: Stage) -> Action:
    """A secret that another account may read."""
    allowed = {
        "Sid": "Partner",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
        "Action": "secretsmanager:GetSecretValue",
        "Resource": "*",
    }
    with by_hand(stage, "secretsmanager") as manager:
        policy = {"Version": "2012-10-17", "Statement": allowed}
        manager.put_resource_policy(SecretId=SECRET, ResourcePolicy=json.dumps(policy))
    return changing(
        "aws.secret.deny_access",
        secret=SECRET,
        account=PROD,
        principal=f"arn:aws:iam::{PROD}:role/Developer",
    )


CASES = (
    Case(
        "aws.secret.rotate",
        rotate,
        settles=False,
        returns=False,
        first_write="secretsmanager:RotateSecret",
    ),
    Case("aws.secret.deny_access", deny, first_write="secretsmanager:PutResourcePolicy"),
)
