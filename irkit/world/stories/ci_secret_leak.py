"""A stolen token of the code host lets somebody run the pipeline, and so enter its role.

The pipeline signs in with a token of the code host and has no key. From its role a secret is read,
a further role entered, and a key of a new user made.
"""

import json
from datetime import timedelta
from typing import Final

from moto.secretsmanager.models import FakeSecret, secretsmanager_backends

from irkit.canonical import JsonObject
from irkit.model.access import CredentialKind as Kind
from irkit.world.aws.web_identity import Issuers
from irkit.world.aws_query import AwsKey, credentials_in
from irkit.world.fixtures.acme_small import PROD
from irkit.world.fixtures.permissions import allow, document, trusted_by
from irkit.world.stories.ground import HOME, Ground, ago, browser, intruder, take

HOST: Final = "token.actions.githubusercontent.com"
AUDIENCE: Final = "sts.amazonaws.com"
ROLE: Final = "release"
FURTHER_ROLE: Final = "release-data"
MADE_USER: Final = "svc-release"
SECRET: Final = "orders/database"

_RIGHTS: Final = document(
    allow(("secretsmanager:GetSecretValue", "sts:AssumeRole", "s3:*", "ec2:Describe*", "iam:*"))
)


def play(ground: Ground) -> None:
    """Run the pipeline with somebody else's commit."""
    _company(ground)
    with ago(ground, 50):
        session = _enters(ground)
    with ago(ground, 45), intruder(ground, session, "secretsmanager") as secrets:
        secrets.get_secret_value(SecretId=SECRET)
    with ago(ground, 40):
        _goes_on(ground, session)


def _company(ground: Ground) -> None:
    """Make the pipeline's provider and roles, and let the secret be rotated."""
    provider = f"arn:aws:iam::{PROD}:oidc-provider/{HOST}"
    statement: JsonObject = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {f"{HOST}:aud": AUDIENCE},
            "StringLike": {f"{HOST}:sub": "repo:acme/*"},
        },
    }
    cloud = ground.aws.cloud
    with cloud.moto:
        iam = cloud.iam(PROD)
        iam.create_open_id_connect_provider(f"https://{HOST}", [], [AUDIENCE], [])
        entered_by = (
            (ROLE, document(statement)),
            (FURTHER_ROLE, trusted_by(f"arn:aws:iam::{PROD}:role/{ROLE}")),
        )
        for name, trust in entered_by:
            iam.create_role(name, json.dumps(trust), "/", None, "", [], "3600")
            iam.put_role_policy(name, "release", json.dumps(_RIGHTS))
        secret = secretsmanager_backends[PROD][HOME].secrets[SECRET]
        assert isinstance(secret, FakeSecret), "it is a secret of the company's own"
        secret.rotation_requested = secret.rotation_enabled = True
        secret.rotation_lambda_arn = f"arn:aws:lambda:{HOME}:{PROD}:function:orders-api"


def _enters(ground: Ground) -> AwsKey:
    """Enter the role with a token that the code host gives to every run of the pipeline."""
    now = ground.clock()
    claims: JsonObject = {
        "iss": f"https://{HOST}",
        "aud": AUDIENCE,
        "sub": "repo:acme/orders:ref:refs/heads/fix-typo",
        "exp": int((now + timedelta(minutes=5)).timestamp()),
    }
    token = ground.aws.cloud.own(Issuers).of(HOST).issue_jwt(claims)
    reply = browser(ground).aws_call(
        None,
        "sts",
        "AssumeRoleWithWebIdentity",
        RoleArn=f"arn:aws:iam::{PROD}:role/{ROLE}",
        RoleSessionName="GitHubActions",
        WebIdentityToken=token,
    )
    key = credentials_in(reply)
    label = f"session `GitHubActions` in role {ROLE} in {PROD}"
    take(ground, key, Kind.FEDERATED_ROLE_SESSION, ROLE, label)
    return key


def _goes_on(ground: Ground, session: AwsKey) -> None:
    """Enter the further role, and make a key that needs no pipeline."""
    call = browser(ground).aws_call
    role = f"arn:aws:iam::{PROD}:role/{FURTHER_ROLE}"
    reply = call(session, "sts", "AssumeRole", RoleArn=role, RoleSessionName="migrate")
    label = f"session `migrate` in role {FURTHER_ROLE} in {PROD}, entered from {ROLE}"
    take(ground, credentials_in(reply), Kind.CHAINED_ROLE_SESSION, ROLE, label)
    call(session, "iam", "CreateUser", UserName=MADE_USER)
    call(
        session,
        "iam",
        "PutUserPolicy",
        UserName=MADE_USER,
        PolicyName="release",
        PolicyDocument=json.dumps(_RIGHTS),
    )
    key = credentials_in(call(session, "iam", "CreateAccessKey", UserName=MADE_USER))
    take(ground, key, Kind.LONG_TERM_KEY, MADE_USER, f"key {key.id} of {MADE_USER}")
