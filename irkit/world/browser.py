"""What a person does in a browser: sign in to Okta, pass a factor, go on into AWS by SAML.

Real requests to the simulators, with the address and user agent of whoever does it, so that logs
show what they would show.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from irkit.canonical import Json, JsonObject
from irkit.secret import Secret
from irkit.world.aws_query import AwsAsker, AwsKey, ask, credentials_in
from irkit.world.okta.inbound_saml import OutsideProvider
from irkit.world.okta_probe import come_through
from irkit.world.probing import Reply, exchange

_RESPONSE = re.compile(r'name="SAMLResponse" value="([^"]+)"')


class RefusedError(RuntimeError):
    """What was tried did not work; `reply` is the provider's answer, None if there was none."""

    def __init__(self, what: str, reply: Reply | None) -> None:
        """Keep the answer beside what was tried."""
        super().__init__(f"{what} failed: {reply}")
        self.what = what
        self.reply = reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """Somebody at a keyboard somewhere. `sid` is the Okta session cookie, if there is one."""

    okta_url: str
    aws_url: str
    address: str
    user_agent: str
    sid: str = ""

    @property
    def aws(self) -> AwsAsker:
        """The way this browser's owner calls AWS."""
        return AwsAsker(url=self.aws_url, headers=self._headers())

    def get(self, path: str) -> Reply:
        """Load a page of Okta."""
        return _answered(exchange(self.okta_url, "GET", path, self._headers()), path)

    def post(self, path: str, content: JsonObject, *, token: str = "") -> Mapping[str, Json]:
        """Send JSON to Okta and return the JSON it answers; with an API token if there is one."""
        headers = {**self._headers(), "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"SSWS {token}"
        body = json.dumps(content).encode()
        reply = _answered(exchange(self.okta_url, "POST", path, headers, body), path)
        return cast("Mapping[str, Json]", json.loads(reply.body))

    def sign_in(self, login: str, password: str) -> str:
        """Sign in with password and push, and return the session cookie's value."""
        passed = self.push(login, password)
        session = self.post("/api/v1/sessions", {"sessionToken": passed["sessionToken"]})
        return str(session["id"])

    def push(self, login: str, password: str) -> Mapping[str, Json]:
        """Begin to sign in with a password, send a push, and return what its holder said."""
        begun = self.post("/api/v1/authn", {"username": login, "password": password})
        embedded = cast("Mapping[str, list[Mapping[str, str]]]", begun["_embedded"])
        push = next(item["id"] for item in embedded["factors"] if item["factorType"] == "push")
        return self.post(
            f"/api/v1/authn/factors/{push}/verify", {"stateToken": begun["stateToken"]}
        )

    def come_through(self, provider: OutsideProvider, idp: str, login: str) -> str:
        """Come in as whom an identity provider of one's own vouches for; return the cookie."""
        reply = come_through(self.okta_url, provider, idp, login, self._headers())
        cookie = reply.cookie.partition(";")[0] if reply else ""
        if not cookie.startswith("sid="):
            raise RefusedError("sign-in through a provider", reply)
        return cookie.removeprefix("sid=")

    def enter_aws(self, app_id: str, role_arn: str, provider_arn: str) -> AwsKey:
        """Go from the Okta dashboard into an AWS role, and return the session's credentials."""
        page = self.get(f"/app/amazon_aws/{app_id}/sso/saml").body.decode()
        found = _RESPONSE.search(page)
        if found is None:
            raise RefusedError("sign-on to AWS", None)
        return credentials_in(
            self.aws_call(
                None,
                "sts",
                "AssumeRoleWithSAML",
                RoleArn=role_arn,
                PrincipalArn=provider_arn,
                SAMLAssertion=html.unescape(found[1]),
            )
        )

    def aws_call(self, key: AwsKey | None, service: str, action: str, **params: str) -> Reply:
        """Call AWS with a credential."""
        reply = ask(self.aws, key, service, action, **params)
        return _answered(reply, f"{service}:{action}")

    def _headers(self) -> dict[str, str]:
        headers = {"User-Agent": self.user_agent, "X-Forwarded-For": self.address}
        return headers | ({"Cookie": f"sid={self.sid}"} if self.sid else {})


def secrets_of(key: AwsKey) -> Mapping[str, Secret]:
    """Return a key's parts as a seat keeps them."""
    parts = {"access_key_id": Secret(key.id), "secret_access_key": key.secret}
    return parts | ({"session_token": key.token} if key.token else {})


def _answered(reply: Reply | None, what: str) -> Reply:
    """The planted story must work as told; an intruder who is fought must live with a no."""
    if reply is None or reply.status >= 300:  # noqa: PLR2004  # HTTP's own boundary
        raise RefusedError(what, reply)
    return reply
