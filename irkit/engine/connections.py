"""The workspace's connections, opened when first asked for and closed together.

Reading handles are separate from writing ones; in a dry run there are no writing handles at all.
Tenants are checked against their pins before anything else is asked.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Self

from irkit.actions.base import Readers, SeatProbe, Writers
from irkit.canonical import JsonObject
from irkit.clock import Clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.entry import accounts_of, address_of, check_kind
from irkit.engine.least_privilege import LeastPrivileges
from irkit.engine.secrets import Secrets
from irkit.model.iam_rights import everywhere
from irkit.providers.aws.gateway import AwsRehearser
from irkit.providers.aws.settings import LOOKUPS_PER_SECOND, Account, AwsSettings
from irkit.providers.call import BeforeSend, CallError, Outcome, Purpose
from irkit.providers.limits import OnWait
from irkit.providers.okta.settings import OktaAuth, OktaSettings, PrivateKey, Ssws
from irkit.workspace.config import (
    AwsBreakGlass,
    AwsConnection,
    Connection,
    OktaConnection,
    TokenAuth,
    Workspace,
)


@dataclass(slots=True)
class OpenConnections:
    """Opens what a run needs. Use as an asynchronous context.

    With `privileges`, role sessions and access tokens are reduced to what they are needed for.
    `secrets` reads what connections refer to; where `workspace` is only a part of the whole, it
    knows the whole.
    """

    workspace: Workspace
    clock: Clock
    user_agent: str
    session_name: str
    dry: bool = False
    seats: SeatProbe | None = None
    before_send: BeforeSend | None = None
    on_wait: OnWait | None = None
    lookups_per_second: int = LOOKUPS_PER_SECOND
    privileges: LeastPrivileges | None = None
    secrets: Secrets | None = None
    worlds: dict[str, bool] = field(default_factory=dict)
    _open: dict[str, object] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _broken: dict[str, CallError] = field(default_factory=dict)
    _accounts: dict[str, tuple[Account, ...]] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def prepare(self, providers: frozenset[str]) -> tuple[Diagnostic, ...]:
        """Open every connection to `providers`; return which of them do not answer.

        One provider that is down must not keep the others closed, so a connection that does not
        answer is only reported, and tried again when it is needed.

        Raises:
            IrkitError: with all that is wrong with any of them, such as another tenant.
        """
        problems: list[Diagnostic] = []
        silent: list[Diagnostic] = []
        for connection in self.workspace.connections.values():
            if connection.provider not in providers:
                continue
            try:
                await self._prepare(connection)
            except CallError as error:
                answered = error.outcome in {Outcome.REJECTED, Outcome.SUSPICIOUS}
                (problems if answered else silent).extend(error.diagnostics)
                self._broken[connection.name] = error
            except IrkitError as error:
                problems += error.diagnostics
        if problems:
            raise IrkitError(*problems)
        return tuple(silent)

    @property
    def answering(self) -> bool:
        """Say whether any provider answers."""
        return bool(self._open)

    async def ensure(self, connection: str | None, needs: tuple[str, ...]) -> None:
        """Try again to open the connections a step needs that did not answer before.

        Raises:
            CallError: if one still does not answer.
        """
        for provider in needs:
            name = self._named(connection, provider)
            if name is not None and name in self._broken:
                await self._prepare(self.workspace.connections[name])
                del self._broken[name]

    async def _prepare(self, connection: Connection) -> None:
        if connection.name in self._open:
            return
        self.worlds[connection.name] = await check_kind(
            connection.name, address_of(connection), self.workspace.mode
        )
        match connection:
            case OktaConnection():
                await self._open_okta(connection)
            case AwsConnection():
                await self._open_aws(connection)

    async def _open_okta(self, connection: OktaConnection) -> None:
        from irkit.providers.okta.live import OktaConnection as Live  # noqa: PLC0415  # heavy

        settings = OktaSettings(
            org_url=connection.org_url,
            org_id=connection.org_id,
            auth=await self._okta_auth(connection),
            user_agent=self.user_agent,
        )
        live = Live.open(
            settings, clock=self.clock, before_send=self.before_send, on_wait=self.on_wait
        )
        self._stack.push_async_callback(live.aclose)
        await live.check_tenant()
        self._open[connection.name] = live

    async def _open_aws(self, connection: AwsConnection) -> None:
        from irkit.providers.aws.live import AwsConnection as Live  # noqa: PLC0415  # heavy

        settings = await self._aws_settings(connection)
        accounts = await accounts_of(connection, settings, self.clock)
        live = Live.open(
            replace(settings, accounts=accounts),
            clock=self.clock,
            before_send=self.before_send,
            on_wait=self.on_wait,
        )
        self._stack.push_async_callback(live.aclose)
        await live.check_tenant()
        self._accounts[connection.name] = accounts
        self._open[connection.name] = live

    async def identity(self, way: AwsBreakGlass) -> JsonObject:
        """Ask AWS, at this moment, whose the credentials of a break-glass way in are.

        It is all that is ever asked with them: no handle on them leaves this method.

        Raises:
            IrkitError: if the credentials are not there.
            CallError: if AWS does not take them, or does not say.
        """
        from irkit.providers.aws.live import AwsConnection as Live  # noqa: PLC0415  # heavy

        urls = [
            own.endpoint_url for own in self.workspace.of("aws") if isinstance(own, AwsConnection)
        ]
        named = AwsConnection(name=way.principal, source=way.source, endpoint_url=urls[0])
        settings = await self._aws_settings(named)
        own = (Account(id=way.account),)
        async with Live.open(replace(settings, accounts=own), clock=self.clock) as live:
            return await live.identity()

    async def _aws_settings(self, connection: AwsConnection) -> AwsSettings:
        return AwsSettings(
            source=await self._secrets.aws_source(connection.source),
            accounts=(),
            regions=connection.regions or "all",
            endpoint_url=connection.endpoint_url or None,
            user_agent=self.user_agent,
            session_name=self.session_name,
            read_rights=everywhere(self.privileges.iam.read) if self.privileges else (),
            lookups_per_second=self.lookups_per_second,
        )

    async def _okta_auth(self, connection: OktaConnection) -> OktaAuth:
        auth = connection.auth
        if isinstance(auth, TokenAuth):
            return Ssws(token=await self._secrets.read(auth.token))
        return PrivateKey(
            client_id=auth.client_id,
            key=await self._secrets.read(auth.private_key),
            key_id=auth.key_id,
            scopes=self._scopes(auth.scopes),
        )

    def _scopes(self, configured: tuple[str, ...]) -> tuple[str, ...]:
        """Return the scopes to ask for: of those configured, what this run needs.

        There is no token without a scope: where nothing is needed, it is one to read with.
        """
        if self.privileges is None:
            return configured
        needed = set(self.privileges.okta.read)
        if not self.dry:
            needed |= set(self.privileges.okta.write)
        reading = tuple(scope for scope in configured if scope.endswith(".read"))
        return tuple(s for s in configured if s in needed) or reading[:1] or configured[:1]

    @property
    def _secrets(self) -> Secrets:
        return self.secrets or Secrets(
            workspace=self.workspace, clock=self.clock, user_agent=self.user_agent
        )

    def _named(self, connection: str | None, provider: str) -> str | None:
        """Return the connection to use for `provider`: the one named, or the only one."""
        named = self.workspace.connections.get(connection or "")
        if named is not None and named.provider == provider:
            return named.name
        own = self.workspace.of(provider)
        return own[0].name if len(own) == 1 else None

    def readers(self, connection: str | None, needs: tuple[str, ...]) -> Readers:
        """Return the reading handles for a step that needs these providers."""
        federation: tuple[JsonObject, ...] = tuple(
            {
                "okta_app": item.okta_app,
                "saml_provider": item.saml_provider,
                "session_name": item.session_name,
                "accounts": list(item.accounts),
            }
            for item in self.workspace.federation
        )
        return Readers(
            okta_reader=self._handle("okta", connection, needs, lambda live: live.reader()),
            aws_reader=self._handle("aws", connection, needs, lambda live: live.reader()),
            seats=self.seats,
            federation=federation,
        )

    def writers(self, connection: str | None, needs: tuple[str, ...], purpose: Purpose) -> Writers:
        """Return the writing handles for one change; a dry run has none."""
        assert not self.dry, "a dry run has no writing handles"
        reduced = purpose if self.privileges else replace(purpose, rights=())

        def writer(live: Any) -> Any:
            return live.writer(reduced)

        return Writers(
            okta_writer=self._handle("okta", connection, needs, writer),
            aws_writer=self._handle("aws", connection, needs, writer),
        )

    def rehearser(self, connection: str | None) -> AwsRehearser | None:
        """Return the handle that asks EC2 about changes and makes none; None without AWS."""
        found: AwsRehearser | None = self._handle(
            "aws", connection, (), lambda live: live.rehearser()
        )
        return found

    def headroom(self, connection: str) -> tuple[tuple[str, int, int], ...]:
        """Return (endpoint, calls left, limit) of what an open connection has said of its limits.

        AWS says nothing of its own.
        """
        limits = getattr(self._open.get(connection), "limits", None)
        return limits.headroom() if limits is not None else ()

    def _handle(
        self,
        provider: str,
        connection: str | None,
        needs: tuple[str, ...],
        take: Callable[[Any], Any],
    ) -> Any:
        name = self._named(connection, provider)
        live = self._open.get(name or "")
        if live is not None:
            return take(live)
        if provider not in needs:
            return None
        if name in self._broken:
            raise self._broken[name]
        raise IrkitError(
            Diagnostic(
                code="IRK208",
                summary=f"the step needs a connection to {provider}, and it is not clear which",
                help="write `on: NAME` at the step, or configure one in irkit.yaml",
            )
        )

    def provider_now(self, tenant: str) -> datetime:
        """Return the clock of the provider behind `tenant`."""
        readers = self.readers(None, ())
        reader = readers.okta_reader if tenant.startswith("okta:") else readers.aws_reader
        return reader.now() if reader is not None else self.clock()

    def tenants(self) -> tuple[str, ...]:
        """Return the pinned tenants."""
        okta = [
            f"okta:{c.org_id}" for c in self.workspace.of("okta") if isinstance(c, OktaConnection)
        ]
        aws = [
            f"aws:{account.id}"
            for connection in self.workspace.of("aws")
            if isinstance(connection, AwsConnection)
            for account in self._accounts.get(connection.name, connection.accounts)
        ]
        return (*okta, *aws)
