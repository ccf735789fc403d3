"""The planted intruder: a contractor's stolen session, and all that was made of it in 90 minutes.

The story of the January 2022 intrusion at an Okta supplier, carried on into AWS. Every step is a
real request with the intruder's address, made while the world's clock is set back, so that both
logs tell the story to whoever reads them. Colleagues work beside the intruder; their sessions are
the bystanders that containment must not touch.
"""

import json
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from irkit.clock import parse_rfc3339
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws.moto_ec2 import IMAGE
from irkit.world.aws_query import AwsKey, credentials_in, element
from irkit.world.browser import Browser, secrets_of
from irkit.world.fixtures.acme_small import COLLEAGUE, DATA, PROD, VICTIM
from irkit.world.fixtures.build_okta import PASSWORD, SESSION, OktaIds
from irkit.world.okta.state import OktaState
from irkit.world.seats import Seat, Seats
from irkit.world.world_clock import WorldClock

INTRUDER_ADDRESS: Final = "203.0.113.66"
OFFICE_ADDRESS: Final = "198.51.100.23"
PLANTED_USER: Final = "svc-backup"
PIPELINE: Final = "ci-deploy"
PLANTED_MACHINE: Final = "kworker-7"

INTRUDER_AGENT: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"
_OFFICE_AGENT: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15"
_LOOKING: Final = ("s3:ListBuckets", "ec2:DescribeInstances", "iam:ListUsers")
_BACKUP_POLICY: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:*", "ec2:*", "iam:List*", "sts:*"], "Resource": "*"}
    ],
}


class Stage(Protocol):
    """What the story needs of a world."""

    @property
    def clock(self) -> WorldClock:
        """The clock that both simulators go by."""

    @property
    def okta(self) -> OktaState:
        """The org's state."""

    @property
    def okta_ids(self) -> OktaIds:
        """The ids of the fixture's people and applications."""

    @property
    def okta_url(self) -> str:
        """Where Okta is."""

    @property
    def aws_url(self) -> str:
        """Where AWS is."""

    @property
    def user_keys(self) -> Mapping[str, AwsKey]:
        """The keys of the fixture's IAM users."""

    @property
    def seats(self) -> Seats:
        """Where the intruder's seats go."""

    @property
    def bystanders(self) -> Seats:
        """Where the innocent seats go."""


class Planting:
    """Plays the story on a stage, once."""

    def __init__(self, stage: Stage) -> None:
        """Prepare the two browsers."""
        self._stage = stage
        self._office = Browser(
            okta_url=stage.okta_url,
            aws_url=stage.aws_url,
            address=OFFICE_ADDRESS,
            user_agent=_OFFICE_AGENT,
        )
        self._outside = replace(self._office, address=INTRUDER_ADDRESS, user_agent=INTRUDER_AGENT)

    def colleagues(self) -> None:
        """Let the innocent work, whose seats containment must not touch."""
        with self._ago(95):
            self._colleague_works()

    def play(self) -> None:
        """Do everything, and put the seats on the stage."""
        self.colleagues()
        with self._ago(90):
            self._steal_session()
        with self._ago(84):
            self._enrol_factor()
        with self._ago(80):
            self._take_refresh_token()
        with self._ago(75):
            self._enter_aws("Support", PROD)
            developer = self._enter_aws("Developer", PROD)
            self._enter_aws("Developer", DATA)
        with self._ago(50):
            backup = self._make_key(developer)
        with self._ago(45):
            self._make_session_token(backup)
        with self._ago(30):
            self._start_machine(developer)
        with self._ago(20):
            self._chain(developer)

    def _end(self, after: timedelta) -> datetime:
        return self._stage.clock().replace(microsecond=0) + after

    def _ago(self, minutes: int) -> AbstractContextManager[None]:
        return self._stage.clock.earlier(timedelta(minutes=minutes))

    def _colleague_works(self) -> None:
        """A colleague is in the same role, and the pipeline has its key: both are innocent."""
        sid = self._office.sign_in(COLLEAGUE, PASSWORD)
        colleague = replace(self._office, sid=sid)
        self._stage.bystanders.add(self._okta_seat("session", COLLEAGUE, sid=sid))
        seat, _ = self._entered(colleague, COLLEAGUE, "Support", PROD)
        self._stage.bystanders.add(seat)
        key = self._stage.user_keys[PIPELINE]
        kind, label = CredentialKind.LONG_TERM_KEY, f"key {key.id} of {PIPELINE}"
        self._stage.bystanders.add(self._aws_seat(key, kind, PIPELINE, label))

    def _steal_session(self) -> None:
        """The contractor signs in at the office; the cookie ends up elsewhere."""
        sid = self._office.sign_in(VICTIM, PASSWORD)
        self._outside = replace(self._outside, sid=sid)
        self._stage.seats.add(self._okta_seat("session", VICTIM, sid=sid))

    def _enrol_factor(self) -> None:
        """An authenticator of the intruder's own, to come back with."""
        made = self._outside.post(
            "/api/v1/users/me/factors?activate=true",
            {"factorType": "token:software:totp", "provider": "GOOGLE"},
        )
        seat = self._okta_seat(
            "factor",
            VICTIM,
            login=VICTIM,
            password=PASSWORD,
            factor_id=str(made["id"]),
            pass_code="000000",
        )
        self._stage.seats.add(seat)

    def _take_refresh_token(self) -> None:
        """A token of the support console, which outlives the session."""
        user = self._stage.okta_ids.users[VICTIM]
        client = self._stage.okta_ids.apps["Support console"]
        self._stage.okta.add_grant(user, client, "okta.users.read.self")
        token = self._stage.okta.add_refresh_token(user, client, ("openid", "offline_access"))
        self._stage.seats.add(self._okta_seat("oauth", VICTIM, token=token))

    def _enter_aws(self, role: str, account: str) -> AwsKey:
        seat, key = self._entered(self._outside, VICTIM, role, account)
        self._stage.seats.add(seat)
        for service, action in (
            ("sts", "GetCallerIdentity"),
            ("iam", "ListUsers"),
            ("ec2", "DescribeInstances"),
        ):
            self._outside.aws_call(key, service, action)
        return key

    def _entered(
        self, browser: Browser, login: str, role: str, account: str
    ) -> tuple[Seat, AwsKey]:
        key = browser.enter_aws(
            self._stage.okta_ids.aws_app,
            f"arn:aws:iam::{account}:role/{role}",
            f"arn:aws:iam::{account}:saml-provider/okta",
        )
        label = f"session of {login} in role {role} in {account}"
        kind = CredentialKind.FEDERATED_ROLE_SESSION
        seat = self._aws_seat(key, kind, login, label, account)
        return replace(seat, expires_at=self._end(SESSION)), key

    def _make_key(self, developer: AwsKey) -> AwsKey:
        """A user with a key: access that needs no Okta."""
        call = self._outside.aws_call
        call(developer, "iam", "CreateUser", UserName=PLANTED_USER)
        policy = json.dumps(_BACKUP_POLICY)
        call(
            developer,
            "iam",
            "PutUserPolicy",
            UserName=PLANTED_USER,
            PolicyName="backup",
            PolicyDocument=policy,
        )
        made = call(developer, "iam", "CreateAccessKey", UserName=PLANTED_USER)
        key = credentials_in(made)
        label = f"key {key.id} of {PLANTED_USER}"
        seat = self._aws_seat(key, CredentialKind.LONG_TERM_KEY, PLANTED_USER, label)
        self._stage.seats.add(seat)
        return key

    def _make_session_token(self, backup: AwsKey) -> None:
        """A session that survives the deactivation of the key."""
        key = credentials_in(self._outside.aws_call(backup, "sts", "GetSessionToken"))
        label = f"GetSessionToken session of {PLANTED_USER}"
        seat = self._aws_seat(key, CredentialKind.GET_SESSION_TOKEN, PLANTED_USER, label)
        # Such a session has no IAM, so a probe must not count IAM's refusal.
        self._stage.seats.add(replace(seat, calls=_LOOKING[:2], expires_at=self._end(SESSION)))

    def _start_machine(self, developer: AwsKey) -> None:
        """A machine of the intruder's own."""
        self._outside.aws_call(
            developer,
            "ec2",
            "RunInstances",
            **{
                "ImageId": IMAGE,
                "InstanceType": "c5.4xlarge",
                "MinCount": "1",
                "MaxCount": "1",
                "TagSpecification.1.ResourceType": "instance",
                "TagSpecification.1.Tag.1.Key": "Name",
                "TagSpecification.1.Tag.1.Value": PLANTED_MACHINE,
            },
        )

    def _chain(self, developer: AwsKey) -> None:
        """From one role into the next, whose sessions live on when the first role's are cut."""
        reply = self._outside.aws_call(
            developer,
            "sts",
            "AssumeRole",
            RoleArn=f"arn:aws:iam::{PROD}:role/Deploy",
            RoleSessionName="deploy-check",
        )
        label = f"session `deploy-check` in role Deploy in {PROD}, entered from Developer"
        key, kind = credentials_in(reply), CredentialKind.CHAINED_ROLE_SESSION
        seat = self._aws_seat(key, kind, VICTIM, label)
        expires_at = parse_rfc3339(element(reply, "Expiration"))
        self._stage.seats.add(replace(seat, expires_at=expires_at))

    def _okta_seat(self, kind: str, user: str, /, **secrets: str) -> Seat:
        kinds = {
            "session": CredentialKind.OKTA_SESSION,
            "factor": CredentialKind.OKTA_FACTOR,
            "oauth": CredentialKind.OKTA_OAUTH_TOKEN,
        }
        return Seat(
            id=f"okta-{kind}:{user.partition('@')[0]}",
            kind=kinds[kind],
            label=f"Okta {kind} of {user}",
            user=user,
            credentials={name: Secret(value) for name, value in secrets.items()},
            okta_url=self._stage.okta_url,
            aws_url=self._stage.aws_url,
        )

    def _aws_seat(
        self, key: AwsKey, kind: CredentialKind, user: str, label: str, account: str = PROD
    ) -> Seat:
        return Seat(
            id=f"aws:{key.id}",
            kind=kind,
            label=label,
            user=user,
            account=account,
            calls=_LOOKING,
            credentials=secrets_of(key),
            okta_url=self._stage.okta_url,
            aws_url=self._stage.aws_url,
        )
