"""Where a canary is: the one IAM user, the handles on its account, and what is written there.

Everything here is done to that user and to nobody else. Each write is recorded before it is made,
as a run's are; it needs no approval, because the user exists for this and holds nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from irkit.actions.arn import Principal, principal
from irkit.actions.base import Readers, SeatState
from irkit.actions.resolve import resolve
from irkit.actions.shape import entries, text, texts
from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.connections import OpenConnections
from irkit.engine.session import Session
from irkit.model.change import Target
from irkit.providers.aws.gateway import AwsReader, AwsWriter
from irkit.providers.aws.live import AwsConnection as Live
from irkit.providers.aws.settings import Account, AwsSettings, StaticKeys
from irkit.providers.call import ANYTHING, CallError, Outcome
from irkit.proving.canary.orders import Orders
from irkit.secret import Secret
from irkit.trail.journal import Journal
from irkit.trail.record import Draft
from irkit.workspace.config import AwsConnection

INTENT: Final = "canary.intent"
_REFUSED: Final = frozenset(
    {
        "AccessDenied",
        "AuthFailure",
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted:
    """One credential that a canary planted: the intruder's, for as long as the canary lasts."""

    kind: str
    id: str
    keys: StaticKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """The canary's user and what can be done to it."""

    session: Session
    journal: Journal
    connection: AwsConnection
    readers: Readers
    writer: AwsWriter
    user: Principal
    target: Target
    canary: str

    @property
    def reader(self) -> AwsReader:
        """Return the reading handle."""
        return self.readers.aws

    async def write(
        self, operation: str, more: Mapping[str, Json], secrets: tuple[str, ...] = ()
    ) -> tuple[Json, Mapping[str, Secret]]:
        """Record that something is about to be done to the user, and do it."""
        actor = self.session.actor
        body: dict[str, Json] = {
            "canary": self.canary,
            "call": f"iam:{operation}",
            "user": self.target.label,
            "with": dict(more),
        }
        self.journal.append(Draft(type=INTENT, actor=actor, body=body))
        parameters = {"UserName": self.user.name, **more}
        reply, found = await self.writer.send(
            "iam", operation, parameters, account=self.user.account, secrets=secrets
        )
        return reply.body, found

    def with_keys(self, keys: StaticKeys) -> Live:
        """Return a connection that holds planted credentials; use it as a context."""
        settings = AwsSettings(
            source=keys,
            accounts=(Account(id=self.user.account),),
            regions="all",
            endpoint_url=self.connection.endpoint_url or None,
            user_agent="irkit-canary",
            session_name="irkit-canary",
        )
        return Live.open(settings, clock=self.session.clock)

    async def state(self, planted: Planted) -> SeatState:
        """Use a planted credential as its holder would, and say whether it works."""
        try:
            async with self.with_keys(planted.keys) as live:
                await live.reader().call("s3", "list_buckets", account=self.user.account)
        except CallError as error:
            said_no = error.outcome is Outcome.REJECTED and error.error in _REFUSED
            return SeatState.DEAD if said_no else SeatState.UNKNOWN
        return SeatState.ALIVE

    async def keys(self) -> tuple[str, ...]:
        """Return the ids of the user's access keys; outside of a canary it has none."""
        reply = await self.reader.call(
            "iam",
            "list_access_keys",
            {"UserName": self.user.name},
            account=self.user.account,
        )
        return tuple(text(key, "AccessKeyId") for key in entries(reply.body, "AccessKeyMetadata"))

    async def policies(self) -> tuple[str, ...]:
        """Return the names of the user's inline policies that irkit puts there."""
        reply = await self.reader.call(
            "iam",
            "list_user_policies",
            {"UserName": self.user.name},
            account=self.user.account,
        )
        return tuple(name for name in texts(reply.body, "PolicyNames") if name.startswith("IRKit"))

    async def sweep(self) -> tuple[str, ...]:
        """Take away every key and every policy of irkit's that is left; return what was there."""
        swept = []
        for key in await self.keys():
            await self.write("delete_access_key", {"AccessKeyId": key})
            swept.append(f"key {key}")
        for name in await self.policies():
            await self.write("delete_user_policy", {"PolicyName": name})
            swept.append(f"policy {name}")
        return tuple(swept)


async def ground(
    session: Session,
    journal: Journal,
    connections: OpenConnections,
    orders: Orders,
    canary: str,
) -> Ground:
    """Find the canary's user, and make sure that it is one.

    Raises:
        IrkitError: IRK870 if it is not tagged as one, IRK270 if there is no such user, IRK208 if
            no connection leads to its account.
    """
    user = principal("user", orders.user)
    for connection in session.workspace.of("aws"):
        readers = connections.readers(connection.name, ("aws",))
        if isinstance(connection, AwsConnection) and user.account in readers.aws.accounts():
            break
    else:
        raise IrkitError(
            Diagnostic(
                code="IRK208",
                summary=f"no connection leads to the account of {orders.user}",
                help="list the account under a connection to aws in irkit.yaml",
            )
        )
    resolved = await resolve("aws.user", orders.user, readers)
    await _require_tag(readers.aws, user, orders)
    writer = connections.writers(connection.name, ("aws",), ANYTHING).aws
    return Ground(
        session=session,
        journal=journal,
        connection=connection,
        readers=readers,
        writer=writer,
        user=user,
        target=resolved.target,
        canary=canary,
    )


async def _require_tag(reader: AwsReader, user: Principal, orders: Orders) -> None:
    reply = await reader.call(
        "iam", "list_user_tags", {"UserName": user.name}, account=user.account
    )
    tags = {text(tag, "Key"): text(tag, "Value") for tag in entries(reply.body, "Tags")}
    name, value = orders.tag
    if tags.get(name) != value:
        raise IrkitError(
            Diagnostic(
                code="IRK870",
                summary=f"{orders.user} is not tagged {name}={value}, so it is no canary",
                help="make a user for this alone, and tag it; never tag a user that does work",
            )
        )
