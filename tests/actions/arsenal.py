"""All that an intruder can hold of one role and one user of an account, at once.

An action aimed at that role or user meets every kind of credential, and each says for itself
whether it was cut. The role is `Developer`, in which the story's intruder is already through Okta.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import boto3
from by_hand import by_hand
from stage import PROD, Stage

from irkit.canonical import Json
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws.issue import find_role, issue, role_credential
from irkit.world.aws_query import AwsKey
from irkit.world.browser import secrets_of
from irkit.world.fixtures.acme_small import OUTSIDE
from irkit.world.planting import OUTSIDE_USER
from irkit.world.seats import Seat

ARMED: Final = "svc-armed"
ROLE: Final = "Developer"

_DOOR: Final = "Jump"
"""The role from whose session the other one is entered."""
_LOOKS: Final = ("s3:ListBuckets", "ec2:DescribeInstances")
_ALL: Final[Mapping[str, Json]] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}


def arm(stage: Stage, account: str = PROD) -> None:
    """Give the intruder a user with everything a user can make, and every way into the role."""
    _Arms(stage, account).take()


@dataclass(frozen=True, slots=True)
class _Arms:
    stage: Stage
    account: str

    def take(self) -> None:
        """Make the user, open the role, and go in by each way."""
        key = self._user()
        self._of_the_user(key)
        self._open()
        self._into_the_role(key)

    def _user(self) -> AwsKey:
        with by_hand(self.stage, "iam", self.account) as iam:
            iam.create_user(UserName=ARMED)
            iam.put_user_policy(UserName=ARMED, PolicyName="all", PolicyDocument=json.dumps(_ALL))
            made = iam.create_access_key(UserName=ARMED)["AccessKey"]
        key = AwsKey(id=made["AccessKeyId"], secret=Secret(made["SecretAccessKey"]))
        self._hold(key, CredentialKind.LONG_TERM_KEY, f"key of {ARMED}")
        return key

    def _of_the_user(self, key: AwsKey) -> None:
        made = self._sts(key, lambda sts: sts.get_session_token())
        self._hold(made, CredentialKind.GET_SESSION_TOKEN, f"GetSessionToken session of {ARMED}")
        named: dict[str, str] = {"Name": "sync", "Policy": json.dumps(_ALL)}
        made = self._sts(key, lambda sts: sts.get_federation_token(**named))
        kind = CredentialKind.GET_FEDERATION_TOKEN
        self._hold(made, kind, f"GetFederationToken session of {ARMED}")

    def _open(self) -> None:
        """Let the user, another role and the intruder's own account into the role."""
        user = f"arn:aws:iam::{self.account}:user/{ARMED}"
        door = f"arn:aws:iam::{self.account}:role/{_DOOR}"
        with by_hand(self.stage, "iam", self.account) as iam:
            trust = json.dumps(_trust(user))
            iam.create_role(RoleName=_DOOR, AssumeRolePolicyDocument=trust)
            iam.put_role_policy(RoleName=_DOOR, PolicyName="all", PolicyDocument=json.dumps(_ALL))
            document = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
            document["Statement"] += _trust(user, door, f"arn:aws:iam::{OUTSIDE}:root")["Statement"]
            iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=json.dumps(document))

    def _into_the_role(self, key: AwsKey) -> None:
        where = f"role {ROLE} in {self.account}"
        entered = self._assume(key, ROLE, "armed")
        self._hold(entered, CredentialKind.ROLE_SESSION, f"session `armed` in {where}")
        chained = self._assume(self._assume(key, _DOOR, "jump"), ROLE, "chained")
        self._hold(chained, CredentialKind.CHAINED_ROLE_SESSION, f"session `chained` in {where}")
        self._hold(self._of_a_machine(), CredentialKind.INSTANCE_SESSION, f"machine in {where}")
        self._hold(
            self.stage.world.user_keys[OUTSIDE_USER],
            CredentialKind.EXTERNAL_TRUST,
            f"trust of {where}",
            f"sts:AssumeRole arn:aws:iam::{self.account}:role/{ROLE}",
        )

    def _of_a_machine(self) -> AwsKey:
        """Return what a machine with the role reads about itself."""
        cloud = self.stage.world.aws.cloud
        with cloud.moto:
            arn = f"arn:aws:iam::{self.account}:role/{ROLE}"
            found = find_role(cloud.present(), arn)
            assert found is not None
            account, role = found
            kind = CredentialKind.INSTANCE_SESSION
            credential = role_credential(kind, account, role, "i-0abc1234567890def")
            made = issue(cloud, credential=credential, holder=role, duration=3600, policies=None)
        return AwsKey(id=made.access_key_id, secret=made.secret, token=made.token)

    def _assume(self, key: AwsKey, role: str, name: str) -> AwsKey:
        arn = f"arn:aws:iam::{self.account}:role/{role}"
        return self._sts(key, lambda sts: sts.assume_role(RoleArn=arn, RoleSessionName=name))

    def _sts(self, key: AwsKey, call: Callable[[Any], Any]) -> AwsKey:
        client = boto3.Session().client(
            "sts",
            endpoint_url=self.stage.world.aws_url,
            region_name="us-east-1",
            aws_access_key_id=key.id,
            aws_secret_access_key=key.secret.reveal(),
            aws_session_token=key.token.reveal() if key.token else None,
        )
        try:
            made = call(client)["Credentials"]
        finally:
            client.close()
        return AwsKey(
            id=made["AccessKeyId"],
            secret=Secret(made["SecretAccessKey"]),
            token=Secret(made["SessionToken"]),
        )

    def _hold(self, key: AwsKey, kind: CredentialKind, label: str, *calls: str) -> None:
        seat = Seat(
            id=f"armed:{kind}",
            kind=kind,
            label=label,
            user=ARMED,
            account=self.account,
            calls=calls or _LOOKS,
            credentials=secrets_of(key),
            okta_url=self.stage.world.okta_url,
            aws_url=self.stage.world.aws_url,
        )
        self.stage.world.seats.add(seat)


def _trust(*principals: str) -> dict[str, Any]:
    """Return a trust policy that lets principals in."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": list(principals)},
        "Action": "sts:AssumeRole",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
