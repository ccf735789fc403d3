"""A rogue identity provider: an administrator's stolen session, and all that was made with it.

The story of August 2023: whoever has an administrator's session adds an identity provider of their
own and comes in through it as anybody, without a password and without a factor. Every step is a
real request, so that the log tells it.
"""

import json
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws_query import AwsKey, credentials_in
from irkit.world.browser import Browser, secrets_of
from irkit.world.fixtures.acme_small import DOMAIN, PROD
from irkit.world.fixtures.build_okta import PASSWORD, SESSION
from irkit.world.intruder import INTRUDER_ADDRESS, INTRUDER_AGENT, Stage
from irkit.world.okta.inbound_saml import OutsideProvider
from irkit.world.seats import Seat

ADMINISTRATOR: Final = f"sasha.novak@{DOMAIN}"
IMPERSONATED: Final = f"omar.aziz@{DOMAIN}"
"""A developer: the way into AWS."""
ALSO: Final = f"noor.haddad@{DOMAIN}"
MADE_USER: Final = "svc-mirror"
PROVIDER_NAME: Final = "Acme partners"
ISSUER: Final = "https://login.acme-partners.example/saml"

_IDPS: Final = "/api/v1/idps"
_CALLS: Final = ("s3:ListBuckets", "ec2:DescribeInstances", "iam:ListUsers")
_ANYTHING: Final = json.dumps(
    {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)


def add_provider(admin: Browser, provider: OutsideProvider, *, token: str = "") -> str:
    """Let the org trust a provider that may vouch for anybody; return the id it got.

    `admin` has an administrator's session, or `token` is one of an administrator's.
    """
    key = admin.post(f"{_IDPS}/credentials/keys", {"x5c": [provider.certificate()]}, token=token)
    made = admin.post(_IDPS, _content(provider.issuer, str(key["kid"])), token=token)
    return str(made["id"])


def add_routing(admin: Browser, idp: str) -> None:
    """Send the company's own people to the provider: they see its page when they sign in."""
    policy = admin.post("/api/v1/policies", {"type": "IDP_DISCOVERY", "name": "Partner routing"})
    rule: JsonObject = {
        "type": "IDP_DISCOVERY",
        "name": "Partners",
        "actions": {"idp": {"providers": [{"type": "SAML2", "id": idp}]}},
    }
    admin.post(f"/api/v1/policies/{policy['id']}/rules", rule)


def provider_seat(browser: Browser, provider: OutsideProvider, idp: str) -> Seat:
    """Return the provider as a seat: who holds its key comes in as anybody."""
    return Seat(
        id=f"okta-idp:{idp}",
        kind=CredentialKind.OKTA_IDP,
        label=f"Okta identity provider {PROVIDER_NAME}",
        user=idp,
        credentials={
            "idp_id": Secret(idp),
            "issuer": Secret(provider.issuer),
            "key": Secret(provider.pem()),
        },
        okta_url=browser.okta_url,
        aws_url=browser.aws_url,
    )


def trust_rogue(stage: Stage) -> Seat:
    """Play the story; return the provider's seat. The others are put on the stage."""
    return _Rogue(stage).play()


@dataclass(frozen=True, slots=True)
class _Rogue:
    """Whoever has the administrator's session."""

    stage: Stage

    def play(self) -> Seat:
        """Take the session, add the provider, come in through it, and go on into AWS."""
        outside = self._browser()
        with self._ago(55):
            admin = replace(outside, sid=outside.sign_in(ADMINISTRATOR, PASSWORD))
            self.stage.seats.add(self._session(ADMINISTRATOR, admin.sid))
        with self._ago(50):
            provider = OutsideProvider.new(ISSUER)
            idp = add_provider(admin, provider)
            add_routing(admin, idp)
        with self._ago(45):
            for login in (ALSO, IMPERSONATED):
                sid = outside.come_through(provider, idp, login)
                self.stage.seats.add(self._session(login, sid))
        with self._ago(40):
            self._enters_aws(replace(outside, sid=sid))
        return provider_seat(outside, provider, idp)

    def _ago(self, minutes: int) -> AbstractContextManager[None]:
        return self.stage.clock.earlier(timedelta(minutes=minutes))

    def _browser(self) -> Browser:
        return Browser(
            okta_url=self.stage.okta_url,
            aws_url=self.stage.aws_url,
            address=INTRUDER_ADDRESS,
            user_agent=INTRUDER_AGENT,
        )

    def _session(self, login: str, sid: str) -> Seat:
        return Seat(
            id=f"okta-session:{login.partition('@')[0]}",
            kind=CredentialKind.OKTA_SESSION,
            label=f"Okta session of {login}",
            user=login,
            credentials={"sid": Secret(sid)},
            okta_url=self.stage.okta_url,
            aws_url=self.stage.aws_url,
        )

    def _enters_aws(self, impostor: Browser) -> None:
        """On into AWS as somebody else, and a key to come back with."""
        key = impostor.enter_aws(
            self.stage.okta_ids.aws_app,
            f"arn:aws:iam::{PROD}:role/Developer",
            f"arn:aws:iam::{PROD}:saml-provider/okta",
        )
        ends = self.stage.clock().replace(microsecond=0) + SESSION
        label = f"session of {IMPERSONATED} in role Developer in {PROD}"
        seat = self._aws_seat(key, CredentialKind.FEDERATED_ROLE_SESSION, IMPERSONATED, label)
        self.stage.seats.add(replace(seat, expires_at=ends))
        call = impostor.aws_call
        call(key, "iam", "CreateUser", UserName=MADE_USER)
        named = {"UserName": MADE_USER, "PolicyName": "mirror", "PolicyDocument": _ANYTHING}
        call(key, "iam", "PutUserPolicy", **named)
        made = credentials_in(call(key, "iam", "CreateAccessKey", UserName=MADE_USER))
        label = f"key {made.id} of {MADE_USER}"
        self.stage.seats.add(self._aws_seat(made, CredentialKind.LONG_TERM_KEY, MADE_USER, label))
        entered = {"RoleArn": f"arn:aws:iam::{PROD}:role/Deploy", "RoleSessionName": "sync"}
        chained = credentials_in(call(key, "sts", "AssumeRole", **entered))
        label = f"session `sync` in role Deploy in {PROD}, entered from Developer"
        kind = CredentialKind.CHAINED_ROLE_SESSION
        self.stage.seats.add(self._aws_seat(chained, kind, IMPERSONATED, label))

    def _aws_seat(self, key: AwsKey, kind: CredentialKind, user: str, label: str) -> Seat:
        return Seat(
            id=f"aws:{key.id}",
            kind=kind,
            label=label,
            user=user,
            account=PROD,
            calls=_CALLS,
            credentials=secrets_of(key),
            okta_url=self.stage.okta_url,
            aws_url=self.stage.aws_url,
        )


def _content(issuer: str, kid: str) -> JsonObject:
    """Return a provider that links whomever it names, and lets the suspended in again."""
    return {
        "type": "SAML2",
        "name": PROVIDER_NAME,
        "protocol": {
            "type": "SAML2",
            "endpoints": {
                "sso": {"url": f"{issuer}/sso", "binding": "HTTP-POST"},
                "acs": {"binding": "HTTP-POST", "type": "INSTANCE"},
            },
            "credentials": {"trust": {"issuer": issuer, "kid": kid}},
        },
        "policy": {
            "provisioning": {
                "action": "AUTO",
                "profileMaster": False,
                "groups": {"action": "NONE"},
                "conditions": {
                    "deprovisioned": {"action": "NONE"},
                    "suspended": {"action": "UNSUSPEND"},
                },
            },
            "accountLink": {"action": "AUTO", "filter": None},
            "subject": {
                "userNameTemplate": {"template": "idpuser.subjectNameId"},
                "matchType": "USERNAME",
            },
            "maxClockSkew": 0,
        },
    }
