"""A leaked key, as it is found in the wild: it worked before the logs begin, and was used since.

Whoever found it entered a role with it, and made a key of a further user to come back with.
"""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

from irkit.clock import parse_rfc3339
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws.simulator import AwsSimulator
from irkit.world.aws_query import AwsKey, credentials_in, element
from irkit.world.browser import Browser, secrets_of
from irkit.world.fixtures.acme_small import PROD
from irkit.world.fixtures.permissions import DEPLOY, trusted_by
from irkit.world.intruder import INTRUDER_ADDRESS, INTRUDER_AGENT, Stage
from irkit.world.seats import Seat

LEAKED_USER: Final = "svc-leaked"
ENTERED_ROLE: Final = "batch"
MADE_USER: Final = "svc-copy"

_CALLS: Final = ("s3:ListBuckets", "ec2:DescribeInstances")
_AGO: Final = timedelta(minutes=40)
_ANYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


class Ground(Stage, Protocol):
    """What the story needs of a world."""

    @property
    def aws(self) -> AwsSimulator:
        """The simulated AWS."""


def leak_key(ground: Ground) -> Seat:
    """Leak a key and let it be used; return its seat. The others are put on the ground."""
    leaked = _leaked(ground)
    finder = _Finder(ground, leaked)
    with ground.clock.earlier(_AGO):
        ground.seats.add(finder.enters())
        ground.seats.add(finder.makes_a_key())
    return _seat(ground, leaked, CredentialKind.LONG_TERM_KEY, LEAKED_USER, f"key {leaked.id}")


def _leaked(ground: Ground) -> AwsKey:
    """Make the user and its key straight in the account: neither is in any log."""
    cloud = ground.aws.cloud
    with cloud.moto:
        iam = cloud.iam(PROD)
        iam.create_user("us-east-1", LEAKED_USER).id = cloud.new_user_id(PROD)
        iam.put_user_policy(LEAKED_USER, "own", _ANYTHING)
        trust = json.dumps(trusted_by(f"arn:aws:iam::{PROD}:root"))
        iam.create_role(ENTERED_ROLE, trust, "/", None, "", [], "3600")
        iam.put_role_policy(ENTERED_ROLE, "deploy", json.dumps(DEPLOY))
        made = iam.create_access_key(LEAKED_USER)
    return AwsKey(id=made.access_key_id, secret=Secret(made.secret_access_key))


@dataclass(frozen=True, slots=True)
class _Finder:
    """Whoever found the key."""

    ground: Ground
    key: AwsKey

    def enters(self) -> Seat:
        """Enter a role: its session outlives the key."""
        reply = self._browser.aws_call(
            self.key,
            "sts",
            "AssumeRole",
            RoleArn=f"arn:aws:iam::{PROD}:role/{ENTERED_ROLE}",
            RoleSessionName="batch-job",
        )
        label = f"session `batch-job` in role {ENTERED_ROLE} in {PROD}"
        kind = CredentialKind.ROLE_SESSION
        seat = _seat(self.ground, credentials_in(reply), kind, LEAKED_USER, label)
        ends = parse_rfc3339(element(reply, "Expiration"))
        return replace(seat, expires_at=ends)

    def makes_a_key(self) -> Seat:
        """Make a user and a key, to come back with."""
        call = self._browser.aws_call
        call(self.key, "iam", "CreateUser", UserName=MADE_USER)
        call(
            self.key,
            "iam",
            "PutUserPolicy",
            UserName=MADE_USER,
            PolicyName="copy",
            PolicyDocument=_ANYTHING,
        )
        made = credentials_in(call(self.key, "iam", "CreateAccessKey", UserName=MADE_USER))
        kind = CredentialKind.LONG_TERM_KEY
        return _seat(self.ground, made, kind, MADE_USER, f"key {made.id}")

    @property
    def _browser(self) -> Browser:
        return Browser(
            okta_url=self.ground.okta_url,
            aws_url=self.ground.aws_url,
            address=INTRUDER_ADDRESS,
            user_agent=INTRUDER_AGENT,
        )


def _seat(ground: Ground, key: AwsKey, kind: CredentialKind, user: str, label: str) -> Seat:
    return Seat(
        id=f"aws:{key.id}",
        kind=kind,
        label=label if kind is not CredentialKind.LONG_TERM_KEY else f"{label} of {user}",
        user=user,
        account=PROD,
        calls=_CALLS,
        credentials=secrets_of(key),
        okta_url=ground.okta_url,
        aws_url=ground.aws_url,
    )
