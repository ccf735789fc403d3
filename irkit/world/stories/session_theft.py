"""Administrators' cookies are stolen from a support case, as in October 2023.

The files that were handed to support had them. With one of them an API token was made, with another
one somebody went on into AWS; no password and no factor is in other hands.
"""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Final

from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from irkit.model.access import CredentialKind as Kind
from irkit.secret import Secret
from irkit.world.aws_query import credentials_in
from irkit.world.fixtures.acme_small import DOMAIN, PROD
from irkit.world.fixtures.build_okta import PASSWORD
from irkit.world.okta.records import Support
from irkit.world.seats import Seat
from irkit.world.stories.ground import Ground, ago, browser, take

ADMINISTRATOR: Final = f"sasha.novak@{DOMAIN}"
HELPER: Final = f"rui.tanaka@{DOMAIN}"
ENGINEER: Final = f"dev.anand@{DOMAIN}"
"""An administrator of applications who works in AWS as well."""
MADE_USER: Final = "svc-metrics"
SECRET: Final = "orders/database"

_WHO: Final = (ADMINISTRATOR, HELPER, ENGINEER)
_LONG_AGO: Final = timedelta(days=200)
_ANYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def play(ground: Ground) -> None:
    """Steal the cookies, make a token, and go on into AWS."""
    _before(ground)
    with ago(ground, 80):
        sids = {who: browser(ground).sign_in(who, PASSWORD) for who in _WHO}
    for who, sid in sids.items():
        _okta_seat(ground, Kind.OKTA_SESSION, who, sid=sid)
    with ago(ground, 60):
        user = ground.okta_ids.users[ADMINISTRATOR]
        _okta_seat(ground, Kind.OKTA_API_TOKEN, ADMINISTRATOR, token=ground.okta.add_token(user))
    with ago(ground, 50):
        _goes_on(ground, sids[ENGINEER])


def _before(ground: Ground) -> None:
    """What was so before: an open support case, irkit's old token, a secret that rotates."""
    ground.okta.add_support_case("00012345", "Sign-in is slow")
    ground.okta.tables.support = Support(enabled=True, until=ground.clock() + timedelta(hours=8))
    ground.okta.assign_role(ground.okta_ids.users[ENGINEER], "APP_ADMIN")
    tokens = ground.okta.tables.api_tokens
    for key, token in tuple(tokens.items()):
        tokens[key] = replace(token, created=token.created - _LONG_AGO)
    with ground.aws.cloud.moto:
        secret = secretsmanager_backends[PROD]["us-east-1"].secrets[SECRET]
        assert isinstance(secret, FakeSecret), "the fixture's own, no copy of it"
        secret.rotation_requested = secret.rotation_enabled = True
        secret.rotation_lambda_arn = f"arn:aws:lambda:us-east-1:{PROD}:function:orders-api"
        secret.auto_rotate_after_days = 30


def _goes_on(ground: Ground, sid: str) -> None:
    """Into AWS with a stolen cookie, a key of a user, and one role further."""
    engineer = replace(browser(ground), sid=sid)
    role = f"arn:aws:iam::{PROD}:role/Developer"
    key = engineer.enter_aws(
        ground.okta_ids.aws_app, role, f"arn:aws:iam::{PROD}:saml-provider/okta"
    )
    label = f"session of {ENGINEER} in role Developer in {PROD}"
    take(ground, key, Kind.FEDERATED_ROLE_SESSION, ENGINEER, label)
    call = engineer.aws_call
    call(key, "iam", "CreateUser", UserName=MADE_USER)
    named = {"UserName": MADE_USER, "PolicyName": "metrics", "PolicyDocument": _ANYTHING}
    call(key, "iam", "PutUserPolicy", **named)
    made = credentials_in(call(key, "iam", "CreateAccessKey", UserName=MADE_USER))
    take(ground, made, Kind.LONG_TERM_KEY, MADE_USER, f"key {made.id} of {MADE_USER}")
    entered = {"RoleArn": f"arn:aws:iam::{PROD}:role/Deploy", "RoleSessionName": "metrics"}
    chained = credentials_in(call(key, "sts", "AssumeRole", **entered))
    label = f"session `metrics` in role Deploy in {PROD}, entered from Developer"
    take(ground, chained, Kind.CHAINED_ROLE_SESSION, ENGINEER, label)


def _okta_seat(ground: Ground, kind: Kind, user: str, **secrets: str) -> None:
    ground.seats.add(
        Seat(
            id=f"{kind.replace('_', '-')}:{user.partition('@')[0]}",
            kind=kind,
            label=f"Okta {kind.removeprefix('okta_').replace('_', ' ')} of {user}",
            user=user,
            credentials={name: Secret(part) for name, part in secrets.items()},
            okta_url=ground.okta_url,
            aws_url=ground.aws_url,
        )
    )
