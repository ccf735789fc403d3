"""AWS's own managed policies, as far as containment uses them. moto is run without any."""

from typing import Final

from moto.iam.models import AWSManagedPolicy, IAMBackend
from moto.moto_api._internal import mock_random

from irkit.canonical import Json

DENY_ALL: Final = "arn:aws:iam::aws:policy/AWSDenyAll"

_DENY_ALL: Final[Json] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "DenyAll", "Effect": "Deny", "Action": ["*"], "Resource": "*"}],
}


def give_aws_policies(iam: IAMBackend) -> None:
    """Let an account have AWS's own policies; their ids are the same everywhere, never drawn."""
    drawn = mock_random.getstate()
    policy = AWSManagedPolicy.from_data(
        "AWSDenyAll",
        iam.account_id,
        "us-east-1",
        {
            "DefaultVersionId": "v1",
            "Path": "/",
            "Document": _DENY_ALL,
            "CreateDate": "2019-05-01T22:36:14+00:00",
            "UpdateDate": "2019-05-01T22:36:14+00:00",
        },
    )
    mock_random.setstate(drawn)
    policy.id = "ANPAIRKITAWSDENYALL00"
    iam.managed_policies[policy.arn] = policy
