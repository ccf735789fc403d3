"""Further seats, one by one: credentials that are not part of the story but exist in the wild.

`plant` makes one of them real and returns the seat. Where a seat leaves traces depends on how it
was made: what a request made is in the logs, what lay there before the logs begin is not.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws.cloud import Cloud
from irkit.world.aws.issue import find_role, issue, role_credential
from irkit.world.aws_query import AwsKey, credentials_in
from irkit.world.browser import secrets_of
from irkit.world.fixtures.acme_small import OUTSIDE, PROD, VICTIM
from irkit.world.fixtures.permissions import DEPLOY, trusted_by
from irkit.world.intruder import PIPELINE
from irkit.world.leaked_key import leak_key
from irkit.world.rogue_provider import trust_rogue
from irkit.world.seats import Seat
from irkit.world.stories.breached_provider import steal_key
from irkit.world.stories.ground import Ground, browser

OUTSIDE_USER: Final = "operator"
"""The intruder's own IAM user, in the intruder's own account."""
TRUSTING_ROLE: Final = "vendor-sync"
"""The role that lets the intruder's account in."""

_HOURS: Final = 6
_ANYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def plant(ground: Ground, kind: CredentialKind) -> Seat:
    """Give the intruder one more credential of `kind`, and return its seat.

    Raises:
        IrkitError: if there is no way to make one (IRK804).
    """
    maker = _MAKERS.get(kind)
    if maker is None:
        raise IrkitError(
            Diagnostic(
                code="IRK804",
                summary=f"the world cannot plant a seat of kind `{kind}`",
                help="plant_intruder() makes those of the story; one by one: "
                + ", ".join(sorted(_MAKERS)),
            )
        )
    seat = maker(ground)
    return ground.seats.add(replace(seat, okta_url=ground.okta_url, aws_url=ground.aws_url))


def _api_token(ground: Ground) -> Seat:
    token = ground.okta.add_token(ground.okta_ids.users[VICTIM], "sync")
    return Seat(
        id="okta-token:kai.contractor",
        kind=CredentialKind.OKTA_API_TOKEN,
        label=f"Okta API token of {VICTIM}",
        user=VICTIM,
        credentials={"token": Secret(token)},
    )


def _access_token(ground: Ground) -> Seat:
    client = ground.okta_ids.apps["Support console"]
    user = ground.okta_ids.users[VICTIM]
    refresh = ground.okta.add_refresh_token(user, client, ("openid", "offline_access"))
    answer = browser(ground).post(
        "/oauth2/v1/token", {"grant_type": "refresh_token", "refresh_token": refresh}
    )
    return Seat(
        id="okta-access:kai.contractor",
        kind=CredentialKind.OKTA_ACCESS_TOKEN,
        label=f"Okta access token of {VICTIM}",
        user=VICTIM,
        expires_at=ground.okta.now().replace(microsecond=0) + timedelta(hours=1),
        credentials={"token": Secret(str(answer["access_token"]))},
    )


def _role_session(ground: Ground) -> Seat:
    reply = browser(ground).aws_call(
        ground.user_keys[PIPELINE],
        "sts",
        "AssumeRole",
        RoleArn=f"arn:aws:iam::{PROD}:role/Deploy",
        RoleSessionName="ci-build",
    )
    label = f"session `ci-build` in role Deploy in {PROD}"
    return _aws_seat(credentials_in(reply), CredentialKind.ROLE_SESSION, PIPELINE, label)


def _federation_token(ground: Ground) -> Seat:
    """Made by a user of its own, because such a session needs a user who may make it."""
    cloud = ground.aws.cloud
    with cloud.moto:
        iam = cloud.iam(PROD)
        iam.create_user("us-east-1", "svc-federate").id = cloud.new_user_id(PROD)
        iam.put_user_policy("svc-federate", "own", _ANYTHING)
        made = iam.create_access_key("svc-federate")
    key = AwsKey(id=made.access_key_id, secret=Secret(made.secret_access_key))
    reply = browser(ground).aws_call(
        key, "sts", "GetFederationToken", Name="sync", Policy=_ANYTHING
    )
    label = f"GetFederationToken session `sync` of svc-federate in {PROD}"
    kind = CredentialKind.GET_FEDERATION_TOKEN
    return _aws_seat(credentials_in(reply), kind, "svc-federate", label)


def _instance_session(ground: Ground) -> Seat:
    """The credentials of a machine's role, read from the machine."""
    cloud = ground.aws.cloud
    with cloud.moto:
        found = find_role(cloud.present(), f"arn:aws:iam::{PROD}:role/app-server")
        if found is None:
            raise RuntimeError("the fixture has no role `app-server`")
        account, role = found
        credential = role_credential(
            CredentialKind.INSTANCE_SESSION, account, role, "i-0abc1234567890def"
        )
        session = issue(
            cloud, credential=credential, holder=role, duration=_HOURS * 3600, policies=None
        )
    key = AwsKey(id=session.access_key_id, secret=session.secret, token=session.token)
    label = f"machine's session in role app-server in {PROD}"
    seat = _aws_seat(key, CredentialKind.INSTANCE_SESSION, "app-server", label)
    return replace(seat, calls=("s3:ListBuckets",))


def _external_trust(ground: Ground) -> Seat:
    """A role that an account outside the organization may enter at any time."""
    role_arn = _trusting_role(ground.aws.cloud)
    key = ground.user_keys[OUTSIDE_USER]
    seat = _aws_seat(key, CredentialKind.EXTERNAL_TRUST, OUTSIDE_USER, "")
    return replace(
        seat,
        id=f"trust:{TRUSTING_ROLE}",
        label=f"trust of role {TRUSTING_ROLE} in {PROD} in account {OUTSIDE}",
        calls=(f"sts:AssumeRole {role_arn}",),
    )


def _trusting_role(cloud: Cloud) -> str:
    with cloud.moto:
        iam = cloud.iam(PROD)
        trust = json.dumps(trusted_by(f"arn:aws:iam::{OUTSIDE}:root"))
        role = iam.create_role(TRUSTING_ROLE, trust, "/", None, "", [], "3600")
        iam.put_role_policy(TRUSTING_ROLE, "sync", json.dumps(DEPLOY))
        return role.arn


def _aws_seat(key: AwsKey, kind: CredentialKind, user: str, label: str) -> Seat:
    return Seat(
        id=f"aws:{key.id}",
        kind=kind,
        label=label,
        user=user,
        account=PROD,
        calls=("s3:ListBuckets", "ec2:DescribeInstances"),
        credentials=secrets_of(key),
    )


_MAKERS: Final[Mapping[CredentialKind, Callable[[Ground], Seat]]] = MappingProxyType(
    {
        CredentialKind.EXTERNAL_TRUST: _external_trust,
        CredentialKind.GET_FEDERATION_TOKEN: _federation_token,
        CredentialKind.INSTANCE_SESSION: _instance_session,
        CredentialKind.LONG_TERM_KEY: leak_key,
        CredentialKind.OKTA_ACCESS_TOKEN: _access_token,
        CredentialKind.OKTA_API_TOKEN: _api_token,
        CredentialKind.OKTA_IDP: trust_rogue,
        CredentialKind.ROLE_SESSION: _role_session,
        CredentialKind.SAML_SIGNING_KEY: steal_key,
    }
)
