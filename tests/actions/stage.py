"""The world with irkit's own connections to it, for tests of actions."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import anyio

from irkit.actions.base import Action, Answer, Read, Readers, SeatProbe, Writers
from irkit.actions.load import build
from irkit.actions.shape import entries, text
from irkit.canonical import Json
from irkit.clock import system_clock
from irkit.model.iam_actions import iam_action
from irkit.model.iam_rights import everywhere
from irkit.model.spec import Spec
from irkit.providers.aws.live import AwsConnection
from irkit.providers.aws.settings import Account, AwsSettings, StaticKeys
from irkit.providers.call import Purpose
from irkit.providers.okta.live import OktaConnection
from irkit.providers.okta.settings import OktaSettings, Ssws
from irkit.providers.retry import Patience
from irkit.world.fixtures.acme_small import DATA, PROD, SANDBOX
from irkit.world.world import World

T = TypeVar("T")

VICTIM = "kai.contractor@acme.example"
REGIONS = ("eu-west-1", "us-east-1")

__all__ = ["DATA", "PROD", "REGIONS", "SANDBOX", "VICTIM", "Hands", "Stage", "staged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hands:
    """What an action is given."""

    readers: Readers
    writers: Writers

    async def read(self, action: str, **arguments: Json) -> Answer:
        """Carry out a read."""
        read = build(action, arguments)
        assert isinstance(read, Read)
        return await read.read(self.readers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A running world."""

    world: World

    def do(
        self,
        work: Callable[[Hands], Awaitable[T]],
        *,
        patience: Patience | None = None,
        seats: SeatProbe | None = None,
        rights: tuple[str, ...] = (),
        **aws: Any,
    ) -> T:
        """Do `work` with fresh connections and close them.

        With `rights`, what is written in AWS is written with these rights alone.
        """

        async def main() -> T:
            async with (
                self._okta(patience) as okta,
                self._aws(patience, **aws) as connection,
            ):
                await connection.check_tenant()
                readers = Readers(
                    okta_reader=okta.reader(),
                    aws_reader=connection.reader(),
                    seats=seats,
                    federation=(
                        {
                            "okta_app": self.world.okta_ids.aws_app,
                            "saml_provider": "okta",
                            "session_name": "login",
                        },
                    ),
                )
                writers = Writers(
                    okta_writer=okta.writer(),
                    aws_writer=connection.writer(Purpose(rights=everywhere(rights))),
                )
                return await work(Hands(readers=readers, writers=writers))

        return anyio.run(main)

    def read(self, action: str, **arguments: Json) -> Answer:
        """Carry out one read."""

        async def work(hands: Hands) -> Answer:
            return await hands.read(action, **arguments)

        return self.do(work)

    def user(self, login: str = VICTIM) -> str:
        """Return the Okta id of a person."""
        return self.world.okta_ids.users[login]

    def machine(self, name: str, account: str = PROD) -> str:
        """Return the ARN of a machine of the fixture by its name."""

        async def work(hands: Hands) -> str:
            reply = await hands.readers.aws.call(
                "ec2",
                "describe_tags",
                {"Filters": [{"Name": "value", "Values": [name]}]},
                account=account,
            )
            found = next(iter(entries(reply.body, "Tags")))
            return f"arn:aws:ec2:us-east-1:{account}:instance/{text(found, 'ResourceId')}"

        return self.do(work)

    def calls(self) -> int:
        """Return how many calls there were so far."""
        return len(self.world.calls.all())

    def undeclared(self, spec: Spec, since: int) -> set[str]:
        """Return the rights in AWS that irkit used after so many calls and `spec` does not name."""
        used = {
            iam_action(*call.operation.split(":"))
            for call in self.world.calls.all()[since:]
            if call.provider == "aws" and ":assumed-role/irkit-" in call.principal
        }
        rights = spec.permissions
        return used - {*rights.iam_read, *rights.iam_write, "sts:GetCallerIdentity"}

    def writes(self) -> int:
        """Return how many writing calls either provider got, irkit's sign-ins left out."""
        calls = self.world.calls.writes()
        return len([call for call in calls if call.operation != "sts:AssumeRole"])

    def _okta(self, patience: Patience | None) -> OktaConnection:
        settings = OktaSettings(
            org_url=self.world.okta_url,
            org_id=self.world.org_id,
            auth=Ssws(token=self.world.okta_token),
            user_agent="irkit/0.1 run/01TEST",
            timeout=2.0,
        )
        return OktaConnection.open(settings, clock=system_clock, patience=patience)

    def _aws(self, patience: Patience | None, **changes: Any) -> AwsConnection:
        accounts = tuple(
            Account(id=item.id, name=item.name, read_role="irkit-read", write_role="irkit-write")
            for item in self.world.accounts
        )
        options: dict[str, Any] = {
            "accounts": accounts,
            "regions": REGIONS,
            "lookups_per_second": 0,
            "read_timeout": 2.0,
            **changes,
        }
        settings = AwsSettings(
            source=StaticKeys(key_id=self.world.aws_key.id, secret_key=self.world.aws_key.secret),
            endpoint_url=self.world.aws_url,
            user_agent="irkit/0.1 run/01TEST",
            session_name="irkit-01TEST",
            **options,
        )
        return AwsConnection.open(settings, clock=system_clock, patience=patience)


@contextmanager
def staged(*, intruder: bool = False) -> Iterator[Stage]:
    """Start a world of its own for one test."""
    with World.start(lookups_per_second=0) as world:
        if intruder:
            world.plant_intruder()
        yield Stage(world=world)
        assert world.aws.failures == (), "the simulator broke"


def changing(action: str, **arguments: Json) -> Action:
    """Return a changing action."""
    built = build(action, arguments)
    assert isinstance(built, Action)
    return built
