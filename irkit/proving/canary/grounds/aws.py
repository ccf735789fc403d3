"""A canary at AWS: one IAM user that is tagged as one, whose every access key is the canary's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from irkit.actions.arn import Principal, principal
from irkit.actions.base import SeatState
from irkit.actions.resolve import resolve
from irkit.actions.shape import entries, text, texts
from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.providers.aws.gateway import AwsReader, AwsWriter
from irkit.providers.aws.live import AwsConnection as Live
from irkit.providers.aws.settings import Account, AwsSettings, StaticKeys
from irkit.providers.call import ANYTHING, CallError, Outcome
from irkit.proving.canary.grounds import Found, Ground, Site, no_canary
from irkit.proving.canary.orders import Orders
from irkit.proving.canary.planted import Planted
from irkit.proving.canary.writing import Writing
from irkit.secret import Secret
from irkit.workspace.config import AwsConnection

SWEEPS: Final = ("iam:delete_access_key", "iam:delete_user_policy")
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
class AwsGround(Ground):
    """The canary's user and what can be done to it."""

    connection: AwsConnection
    writer: AwsWriter
    user: Principal

    @property
    def reader(self) -> AwsReader:
        """Return the reading handle."""
        return self.readers.aws

    async def write(
        self, operation: str, more: Mapping[str, Json], secrets: tuple[str, ...] = ()
    ) -> tuple[Json, Mapping[str, Secret]]:
        """Do something to the user, recorded before."""
        parameters = {"UserName": self.user.name, **more}
        with self.writing.of(f"iam:{operation}", more):
            reply, found = await self.writer.send(
                "iam", operation, parameters, account=self.user.account, secrets=secrets
            )
        return reply.body, found

    def holder(self, planted: Planted) -> Live:
        """Return a connection that holds a planted credential; use it as a context."""
        settings = AwsSettings(
            source=StaticKeys(
                key_id=planted.id,
                secret_key=planted.held["secret"],
                session_token=planted.held.get("token"),
            ),
            accounts=(Account(id=self.user.account),),
            regions="all",
            endpoint_url=self.connection.endpoint_url or None,
            user_agent="irkit-canary",
            session_name="irkit-canary",
        )
        return Live.open(settings, clock=self.writing.session.clock)

    async def state(self, planted: Planted) -> SeatState:
        """Let the holder list buckets."""
        try:
            async with self.holder(planted) as live:
                await live.reader().call("s3", "list_buckets", account=self.user.account)
        except CallError as error:
            said_no = error.outcome is Outcome.REJECTED and error.error in _REFUSED
            return SeatState.DEAD if said_no else SeatState.UNKNOWN
        return SeatState.ALIVE

    async def sweep(self) -> tuple[str, ...]:
        """Take away every key and every policy of irkit's."""
        swept = []
        for key in await self._keys():
            await self.write("delete_access_key", {"AccessKeyId": key})
            swept.append(f"key {key}")
        for name in await self._policies():
            await self.write("delete_user_policy", {"PolicyName": name})
            swept.append(f"policy {name}")
        return tuple(swept)

    async def left(self) -> tuple[str, ...]:
        """Return its keys and the policies of irkit's."""
        keys = [f"key {key}" for key in await self._keys()]
        return (*keys, *(f"policy {name}" for name in await self._policies()))

    async def unrestored(self, planted: Sequence[Planted]) -> tuple[str, ...]:
        """Return the policies that are still there, and the planted keys that are not."""
        left = [f"the undo left the policy {policy}" for policy in await self._policies()]
        keys = await self._keys()
        lost = [p.id for p in planted if p.kind == "long_term_key" and p.id not in keys]
        return (*left, *(f"the undo lost the key {key}" for key in lost))

    async def _keys(self) -> tuple[str, ...]:
        """Return the ids of the user's access keys; outside of a canary it has none."""
        reply = await self.reader.call(
            "iam",
            "list_access_keys",
            {"UserName": self.user.name},
            account=self.user.account,
        )
        return tuple(text(key, "AccessKeyId") for key in entries(reply.body, "AccessKeyMetadata"))

    async def _policies(self) -> tuple[str, ...]:
        """Return the names of the user's inline policies that irkit puts there."""
        reply = await self.reader.call(
            "iam",
            "list_user_policies",
            {"UserName": self.user.name},
            account=self.user.account,
        )
        return tuple(name for name in texts(reply.body, "PolicyNames") if name.startswith("IRKit"))


async def find(site: Site, orders: Orders) -> Found:
    """Find the canary's user, and make sure that it is one.

    Raises:
        IrkitError: IRK870 if it is not tagged as one, IRK270 if there is no such user, IRK208 if
            no connection leads to its account.
    """
    user = principal("user", orders.user)
    for connection in site.session.workspace.of("aws"):
        readers = site.connections.readers(connection.name, ("aws",))
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
    reply = await readers.aws.call(
        "iam", "list_user_tags", {"UserName": user.name}, account=user.account
    )
    tags = {text(tag, "Key"): text(tag, "Value") for tag in entries(reply.body, "Tags")}
    name, value = orders.tag
    if tags.get(name) != value:
        raise no_canary(orders.user, orders.mark)
    return Found(target=resolved.target, connection=connection.name, readers=readers)


def stand(site: Site, found: Found, writing: Writing, orders: Orders) -> AwsGround:
    """Return the ground of a user that was found."""
    connection = site.session.workspace.connections[found.connection]
    assert isinstance(connection, AwsConnection), "it was found through one"
    return AwsGround(
        writing=writing,
        readers=found.readers,
        connection=connection,
        writer=site.connections.writers(found.connection, ("aws",), ANYTHING).aws,
        user=principal("user", orders.user),
    )
