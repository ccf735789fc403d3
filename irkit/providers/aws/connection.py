"""The reader and the writer of all pinned accounts, over any `Backend`.

Reads are repeated within bounds and paged to the end or to an error, never to a shorter list; an
operation that is not known to read is refused here. Writes leave once, with the writing role.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from irkit.canonical import Json, JsonObject
from irkit.log import logger
from irkit.providers.aws.backend import Backend, Cursor, Entry, Operation, Raw
from irkit.providers.aws.credentials import HOME_REGION, SOURCE, Credentials
from irkit.providers.aws.json_form import take_secrets, to_json
from irkit.providers.aws.outcomes import cursor_loop, not_rehearsed, refused_here
from irkit.providers.aws.reads import is_read
from irkit.providers.aws.settings import AwsSettings
from irkit.providers.call import BeforeSend, CallError, Outcome, Purpose, Reply
from irkit.providers.limits import RateLimits
from irkit.providers.retry import Patience, repeat_read
from irkit.providers.server_clock import ServerClock
from irkit.secret import Secret

_MANY_PAGES: Final = 10_000
_WOULD_HAVE: Final = "DryRunOperation"


class AwsCalls:
    """Sends calls with the right credentials; what reader and writer have in common."""

    def __init__(
        self,
        settings: AwsSettings,
        backend: Backend,
        credentials: Credentials,
        *,
        limits: RateLimits,
        server_clock: ServerClock,
        patience: Patience,
    ) -> None:
        """Use `backend` for the accounts of `settings`."""
        self.settings = settings
        self.backend = backend
        self.credentials = credentials
        self.limits = limits
        self.server_clock = server_clock
        self.patience = patience

    async def once(
        self,
        operation: Operation,
        entry: Entry,
        *,
        before_send: BeforeSend | None = None,
        purpose: str = "",
        turn: str = "",
    ) -> Raw:
        """Wait for the rate limit and send the call once."""
        keys = await self.credentials.keys(entry)
        bucket = bucket_of(operation, entry)
        pace = self._pace(operation)
        await self.limits.use_turn(turn, purpose, bucket, per_second=pace)
        try:
            raw = await self.backend.send(operation, keys, before_send=before_send)
            logger().debug("call.answered", call=operation.title, request_id=raw.request_id)
        except CallError as error:
            if error.outcome is Outcome.THROTTLED and error.retry_after:
                self.limits.block(bucket, error.retry_after)
            raise
        finally:
            self.limits.release(bucket, None)
        self.server_clock.saw(raw.date)
        return raw

    def reading(self, account: str) -> Entry:
        """Return whose credentials read in `account`."""
        return Entry(account=account, rights=self.settings.read_rights)

    def _pace(self, operation: Operation) -> int:
        lookup = (operation.service, operation.name) == ("cloudtrail", "lookup_events")
        return self.settings.lookups_per_second if lookup else 0

    async def read(self, operation: Operation, entry: Entry) -> Raw:
        """Send a read, again if need be; what is no read is not sent."""
        if not is_read(operation.service, operation.name):
            raise refused_here(operation.title)
        return await repeat_read(
            lambda: self.once(operation, entry),
            limits=self.limits,
            bucket=bucket_of(operation, entry),
            patience=self.patience,
        )


class Reader:
    """Reads of the pinned accounts (`AwsReader`)."""

    def __init__(self, calls: AwsCalls) -> None:
        """Read through `calls`."""
        self._calls = calls

    def accounts(self) -> tuple[str, ...]:
        """Return the pinned account ids."""
        return tuple(account.id for account in self._calls.settings.accounts)

    def now(self) -> datetime:
        """Return AWS's clock."""
        return self._calls.server_clock.now()

    async def regions(self, account: str) -> tuple[str, ...]:
        """Return the enabled regions of `account` that the configuration includes."""
        wanted = self._calls.settings.regions
        enabled = await self._enabled(account)
        return tuple(name for name in enabled if wanted == "all" or name in wanted)

    async def regions_left_out(self, account: str) -> tuple[str, ...]:
        """Return the enabled regions of `account` that the configuration leaves out."""
        wanted = self._calls.settings.regions
        if wanted == "all":
            return ()
        return tuple(name for name in await self._enabled(account) if name not in wanted)

    async def _enabled(self, account: str) -> list[str]:
        reply = await self.call("ec2", "describe_regions", account=account)
        body = cast("Mapping[str, list[Mapping[str, str]]]", reply.body)
        return sorted(region["RegionName"] for region in body["Regions"])

    async def caller(self, account: str) -> JsonObject:
        """Return `GetCallerIdentity` of the reading credentials, and what they depend on.

        `AccessKeyId` is the key in use, `Source` the identity of the first credentials, `WriteRole`
        the ARN of the role changes would be made with (empty: the first credentials).
        """
        pinned = self._calls.settings.account(account)
        found = await self._calls.credentials.caller(self._calls.reading(account))
        write = pinned.write_role
        return {
            **found,
            "Source": await self._calls.credentials.caller(SOURCE),
            "WriteRole": self._calls.settings.role_arn(account, write) if write else "",
        }

    async def call(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Json] | None = None,
        *,
        account: str,
        region: str = HOME_REGION,
        root_through: str = "",
    ) -> Reply:
        """Make one read."""
        asked = Operation(
            service=service, name=operation, region=region, parameters=parameters or {}
        )
        entry = replace(self._calls.reading(account), root_through=root_through)
        raw = await self._calls.read(asked, entry)
        cursor = self._calls.backend.cursor(service, operation)
        if self._next(asked, cursor, raw) is not None:
            raise cursor_loop(asked.title, "go on, and only the first was asked for")
        return _reply(raw)

    async def pages(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Json] | None = None,
        *,
        account: str,
        region: str = HOME_REGION,
    ) -> AsyncIterator[Reply]:
        """Yield all pages of a read; an error on any page is raised."""
        cursor = self._calls.backend.cursor(service, operation)
        given: dict[str, Json | Secret] = dict(parameters or {})
        seen: set[tuple[str, ...]] = set()
        while True:
            asked = Operation(service=service, name=operation, region=region, parameters=given)
            raw = await self._calls.read(asked, self._calls.reading(account))
            yield _reply(raw)
            tokens = self._next(asked, cursor, raw)
            if tokens is None or cursor is None:
                return
            if tokens in seen or len(seen) == _MANY_PAGES:
                raise cursor_loop(asked.title, f"repeat after {len(seen) + 1}")
            seen.add(tokens)
            given |= {
                name: token for name, token in zip(cursor.inputs, tokens, strict=False) if token
            }

    def _next(self, asked: Operation, cursor: Cursor | None, raw: Raw) -> tuple[str, ...] | None:
        """Return the tokens of the next page, None at the end."""
        if cursor is None:
            return None
        pick = self._calls.backend.pick
        if cursor.more and not pick(cursor.more, raw.result):
            return None
        tokens = tuple(str(pick(output, raw.result) or "") for output in cursor.outputs)
        if any(tokens):
            return tokens
        if cursor.more:
            raise cursor_loop(asked.title, "go on, it says, but not where")
        return None


class Writer:
    """Writes in the pinned accounts (`AwsWriter`), each sent once."""

    def __init__(self, calls: AwsCalls, before_send: BeforeSend | None, purpose: Purpose) -> None:
        """Write through `calls` for `purpose`; `before_send` may stop any of them."""
        self._calls = calls
        self._before_send = before_send
        self._purpose = purpose
        self._turn = ""

    async def take_turn(self) -> None:
        """Wait until a call for this purpose may be sent."""
        self._turn = await self._calls.limits.take_turn(self._purpose.name)

    def give_turn_back(self) -> None:
        """Give back a turn that was not used."""
        self._calls.limits.give_back(self._turn)
        self._turn = ""

    async def send(
        self,
        service: str,
        operation: str,
        parameters: "Mapping[str, Json | Secret] | None" = None,
        *,
        account: str,
        region: str = HOME_REGION,
        secrets: tuple[str, ...] = (),
        root_through: str = "",
    ) -> tuple[Reply, Mapping[str, Secret]]:
        """Send one write."""
        asked = Operation(
            service=service, name=operation, region=region, parameters=parameters or {}
        )
        entry = Entry(
            account=account, write=True, rights=self._purpose.rights, root_through=root_through
        )
        turn, self._turn = self._turn, ""
        raw = await self._calls.once(
            asked, entry, before_send=self._before_send, purpose=self._purpose.name, turn=turn
        )
        result, found = take_secrets(raw.result, secrets)
        return _reply(raw, result), found


class Rehearser:
    """Changes of EC2 that are asked about and never made (`AwsRehearser`)."""

    def __init__(self, calls: AwsCalls) -> None:
        """Ask through `calls`."""
        self._calls = calls

    async def rehearse(
        self, operation: str, parameters: Mapping[str, Json], *, account: str, region: str
    ) -> None:
        """Return if EC2 would carry the call out."""
        given = {**parameters, "DryRun": True}
        asked = Operation(service="ec2", name=operation, region=region, parameters=given)
        try:
            await self._calls.once(asked, Entry(account=account, write=True))
        except CallError as error:
            if error.error == _WOULD_HAVE:
                return
            raise
        raise not_rehearsed(asked.title)


def bucket_of(operation: Operation, entry: Entry) -> str:
    """Return what shares a rate limit: one operation of one account and region."""
    return f"{entry.account}/{operation.region}/{operation.service}:{operation.name}"


def _reply(raw: Raw, result: Mapping[str, object] | None = None) -> Reply:
    return Reply(
        status=raw.status,
        body=to_json(raw.result if result is None else result),
        request_id=raw.request_id,
        date=raw.date,
    )
