"""How the intruder reaches the providers: a browser at the intruder's address, and what it needs.

Nothing here looks into the simulators: what an intruder does not get by an answer, it has not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from irkit.drill.adversary.holdings import Item
from irkit.drill.scenario.model import Entity, Holding
from irkit.model.access import CredentialKind
from irkit.secret import Secret
from irkit.world.aws_query import AwsKey, credentials_in, element
from irkit.world.browser import Browser, RefusedError, secrets_of
from irkit.world.probing import Reply
from irkit.world.seats import Seat
from irkit.world.world_clock import WorldClock

_TOO_MANY = 429
_FAILED = 500
_LOOKING = ("ec2:DescribeInstances", "s3:ListBuckets", "iam:ListUsers")


class WaitingError(Exception):
    """Somebody else has to do something first, such as approving a push."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What the verbs work with.

    Attributes:
        browser: The intruder's, with the intruder's address and user agent.
        clock: The world's clock, for what a seat says of its end.
        entities: What the scenario's names stand for.
        aws_app: The id of the application that leads into AWS.
        password: What everybody's password is in the fixture.
        outside: An account of the intruder's own, and the key in it.
        number: A number that no seat has yet.
    """

    browser: Browser
    clock: WorldClock
    entities: Mapping[str, Entity]
    aws_app: str
    password: str
    outside: tuple[str, AwsKey]
    number: int = 0

    def signed_in(self, item: Item) -> Browser:
        """Return the browser with an Okta session in it."""
        return replace(self.browser, sid=item.secret("sid"))

    def okta(self, item: Item, path: str, content: Mapping[str, str]) -> Mapping[str, object]:
        """Send something to Okta with a session or a token."""
        if item.held.kind is Holding.OKTA_TOKEN:
            return self.browser.post(path, content, token=item.secret("token"))
        return self.signed_in(item).post(path, content)

    def okta_seat(self, kind: CredentialKind, login: str, /, **secrets: str) -> Seat:
        """Return an Okta credential as a seat."""
        word = str(kind).removeprefix("okta_").replace("_", "-")
        return Seat(
            id=f"okta-{word}:{login.partition('@')[0]}:{self.number}",
            kind=kind,
            label=f"Okta {word.replace('-', ' ')} of {login}",
            user=login,
            credentials={name: Secret(value) for name, value in secrets.items()},
            okta_url=self.browser.okta_url,
            aws_url=self.browser.aws_url,
        )

    def aws_seat(
        self,
        kind: CredentialKind,
        key: AwsKey,
        label: str,
        *,
        user: str,
        account: str,
        lasts: timedelta | None = None,
    ) -> Seat:
        """Return an AWS credential as a seat."""
        ends = self.clock().replace(microsecond=0) + lasts if lasts else None
        # A GetSessionToken session has no IAM: a probe must not count IAM's refusal.
        calls = _LOOKING[:2] if kind is CredentialKind.GET_SESSION_TOKEN else _LOOKING
        return Seat(
            id=f"aws:{key.id}",
            kind=kind,
            label=label,
            user=user,
            account=account,
            expires_at=ends,
            calls=calls,
            credentials=secrets_of(key),
            okta_url=self.browser.okta_url,
            aws_url=self.browser.aws_url,
        )

    def aws(self, item: Item, service: str, action: str, **params: str) -> "Answer":
        """Call AWS with a credential."""
        key = self.trusted(item) if item.held.kind is Holding.AWS_TRUST else item.key
        return Answer(self.browser.aws_call(key, service, action, **params))

    def trusted(self, item: Item) -> AwsKey:
        """Enter by a trust: the intruder's own key in its own account opens the role."""
        assert item.seat is not None
        role = item.seat.calls[0].partition(" ")[2]
        reply = self.browser.aws_call(
            self.outside[1], "sts", "AssumeRole", RoleArn=role, RoleSessionName="sync"
        )
        return credentials_in(reply)

    def role(self, entity: str) -> tuple[str, str]:
        """Return the ARN and the account of a role that the scenario names."""
        found = self.entities[entity]
        return f"arn:aws:iam::{found.account}:role/{found.name}", found.account


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of AWS."""

    reply: Reply

    def first(self, name: str) -> str:
        """Return the first element of a name, empty if there is none."""
        return element(self.reply, name)

    def key(self) -> AwsKey:
        """Return the credentials in it."""
        return credentials_in(self.reply)


def is_outage(error: RefusedError) -> bool:
    """Say whether nothing was decided: no answer, a throttle, or a provider's own failure."""
    if error.reply is None:
        return True
    code = element(error.reply, "Code")
    return (
        error.reply.status == _TOO_MANY
        or error.reply.status >= _FAILED
        or "Throttl" in code
        or code == "RequestLimitExceeded"
    )


def said(error: RefusedError) -> str:
    """Return what a provider said, in a few words."""
    if error.reply is None:
        return "no answer"
    code = element(error.reply, "Code") or _okta_code(error.reply.body)
    return f"{error.reply.status} {code}".strip()


def _okta_code(body: bytes) -> str:
    _, _, rest = body.decode(errors="replace").partition('"errorCode":')
    return rest.strip().removeprefix('"').partition('"')[0]
