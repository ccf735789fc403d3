"""The real thing: AWS through botocore, in worker threads.

One botocore session, whose clients all accounts share. The SDK makes one attempt: repeating is
ours to decide, because it would repeat writes too. The environment is not read: its variables are
taken out of the session's configuration.
"""

import logging
import os
from collections.abc import Mapping
from functools import cache
from typing import Any, Final, Self, cast

import anyio
import anyio.to_thread
import botocore.config
import botocore.exceptions
import botocore.loaders
import botocore.session
import jmespath  # type: ignore[import-untyped]  # it comes with botocore
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES as SESSION_VARIABLES

from irkit.canonical import Json, JsonObject, thaw
from irkit.clock import Clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.iam_actions import iam_action
from irkit.providers.aws.addresses import is_address, without_account
from irkit.providers.aws.backend import Cursor, Keys, Operation, Raw
from irkit.providers.aws.clients import Clients, KeysInUse
from irkit.providers.aws.connection import AwsCalls, Reader, Rehearser, Writer
from irkit.providers.aws.credentials import Credentials
from irkit.providers.aws.outcomes import said_no, went_wrong
from irkit.providers.aws.secret_values import SecretReader
from irkit.providers.aws.settings import AwsSettings, Profile, StaticKeys
from irkit.providers.aws.signing_key import SigningKey
from irkit.providers.call import ANYTHING, BeforeSend, CallError, Outcome, Purpose
from irkit.providers.limits import OnWait, RateLimits
from irkit.providers.retry import Patience
from irkit.providers.server_clock import ServerClock, parse_date
from irkit.secret import MASK, Secret

_FILES: Final = frozenset({"config_file", "credentials_file"})

_NEVER_SENT: Final = (
    botocore.exceptions.ConnectTimeoutError,
    botocore.exceptions.EndpointConnectionError,
    botocore.exceptions.NoRegionError,
    botocore.exceptions.ProxyConnectionError,
    botocore.exceptions.SSLError,
    botocore.exceptions.UnknownEndpointError,
)
_INVALID: Final = (
    botocore.exceptions.ParamValidationError,
    botocore.exceptions.MissingParametersError,
)


class BotocoreBackend:
    """Sends calls through botocore (`Backend`)."""

    def __init__(self, settings: AwsSettings) -> None:
        """Make the one session, from `settings` alone."""
        for name in ("botocore", "urllib3"):
            logging.getLogger(name).setLevel(logging.WARNING)  # below that, bodies are logged
        self._settings = settings
        self._session = _session(settings)
        self._keys = KeysInUse()
        self._session.register_component("credential_provider", self._keys)
        self._clients = Clients(self._client)
        self._cursors: dict[tuple[str, str], Cursor | None] = {}
        self._threads = anyio.CapacityLimiter(settings.threads)

    async def send(
        self, operation: Operation, keys: Keys, *, before_send: BeforeSend | None = None
    ) -> Raw:
        """Send one call, once. A call under way is waited for even if its caller is cancelled."""
        client = await anyio.to_thread.run_sync(
            self._clients.get, operation.service, operation.region, limiter=self._threads
        )
        if before_send is not None:
            before_send()
        return await anyio.to_thread.run_sync(
            self._signed, client, operation, keys, limiter=self._threads
        )

    async def source(self) -> Keys:
        """Return the first credentials."""
        match self._settings.source:
            case StaticKeys() as static:
                return Keys(
                    key_id=static.key_id,
                    secret_key=static.secret_key,
                    session_token=static.session_token,
                )
            case Profile(name=name):
                return await anyio.to_thread.run_sync(_from_profile, self._settings, name)

    def cursor(self, service: str, operation: str) -> Cursor | None:
        """Return how the operation is paged."""
        asked = (service, operation)
        if asked not in self._cursors:
            self._cursors[asked] = _cursor(self._session, service, operation)
        return self._cursors[asked]

    def pick(self, expression: str, result: Mapping[str, object]) -> object:
        """Return what a cursor's expression finds in a result."""
        return cast("object", jmespath.search(expression, result))

    def close(self) -> None:
        """Close the connections of all clients."""
        self._clients.close()

    def _signed(self, client: Any, operation: Operation, keys: Keys) -> Raw:
        with self._keys.of(keys):
            return _call(client, operation)

    def _client(self, service: str, region: str) -> Any:
        made = self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._settings.endpoint_url,
            verify=self._settings.ca_bundle or True,
            config=_config(self._settings),
        )
        if service == "s3control" and is_address(self._settings.endpoint_url):
            made.meta.events.register("before-sign.s3-control", without_account)
        return made


class AwsConnection:
    """All pinned accounts: a reader, a writer, and one rate limiter for both."""

    def __init__(
        self, calls: AwsCalls, backend: BotocoreBackend, before_send: BeforeSend | None
    ) -> None:
        """Use `open` instead."""
        self._calls = calls
        self._backend = backend
        self._before_send = before_send

    @classmethod
    def open(
        cls,
        settings: AwsSettings,
        *,
        clock: Clock,
        before_send: BeforeSend | None = None,
        on_wait: OnWait | None = None,
        patience: Patience | None = None,
    ) -> "AwsConnection":
        """Prepare a connection; nothing is sent yet.

        Raises:
            IrkitError: if the settings may not be used.
        """
        backend = BotocoreBackend(settings.checked())
        limits = RateLimits("aws", on_wait=on_wait)
        patience = patience or Patience()
        server_clock = ServerClock(clock)
        credentials = Credentials(
            settings, backend, server_clock=server_clock, limits=limits, patience=patience
        )
        calls = AwsCalls(
            settings,
            backend,
            credentials,
            limits=limits,
            server_clock=server_clock,
            patience=patience,
        )
        return cls(calls, backend, before_send)

    def reader(self) -> Reader:
        """Return the handle that can only read."""
        return Reader(self._calls)

    def writer(self, purpose: Purpose = ANYTHING) -> Writer:
        """Return the handle that can write, for one `purpose` at a time."""
        return Writer(self._calls, self._before_send, purpose)

    def rehearser(self) -> Rehearser:
        """Return the handle that asks about changes and makes none."""
        return Rehearser(self._calls)

    def secrets(self) -> SecretReader:
        """Return the handle that reads irkit's own secrets."""
        return SecretReader(self._calls)

    def signing_key(self, arn: str, *, account: str, region: str) -> SigningKey:
        """Return the handle on a key that signs irkit's own records."""
        return SigningKey(self._calls, arn, account=account, region=region)

    async def check_tenant(self) -> tuple[str, ...]:
        """Return the account ids, each having been compared with its pinned one.

        Raises:
            IrkitError: if credentials are for another account.
        """
        reader = self.reader()
        for account in reader.accounts():
            await reader.caller(account)
        return reader.accounts()

    async def identity(self) -> JsonObject:
        """Return whose the first credentials are, as AWS says at this moment.

        Raises:
            IrkitError: if there are none.
            CallError: if AWS does not take them, or does not say.
        """
        return await self._calls.credentials.first()

    async def aclose(self) -> None:
        """Close the connections."""
        await anyio.to_thread.run_sync(self._backend.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _call(client: Any, operation: Operation) -> Raw:
    given = {name: _given(value) for name, value in operation.parameters.items()}
    try:
        result = getattr(client, operation.name)(**given)
    except botocore.exceptions.ClientError as error:
        raise _refusal(operation, error, _right(client, operation)) from None
    except _INVALID as error:
        reason = _masked(operation, str(error).replace("\n", " "))
        raise went_wrong(operation.title, Outcome.NOT_SENT, reason) from None
    except _NEVER_SENT as error:
        raise went_wrong(operation.title, Outcome.NOT_SENT, type(error).__name__) from None
    except Exception as error:  # noqa: BLE001 - the SDK's parsers stumble over foreign answers
        raise went_wrong(operation.title, Outcome.UNKNOWN, type(error).__name__) from None
    metadata = result.get("ResponseMetadata", {})
    headers = metadata.get("HTTPHeaders", {})
    said = set(result) - {"ResponseMetadata"} or metadata.get("RequestId")
    if not said:
        # Operations without a result succeed for the SDK whatever the body is.
        reason = f"HTTP {metadata.get('HTTPStatusCode')} that says nothing AWS says"
        raise went_wrong(operation.title, Outcome.SUSPICIOUS, reason)
    return Raw(
        result=result,
        status=metadata.get("HTTPStatusCode", 0),
        request_id=metadata.get("RequestId", ""),
        date=parse_date(headers.get("date", "")),
    )


def _given(value: "Json | Secret | bytes") -> object:
    match value:
        case Secret():
            return value.reveal()
        case bytes():
            return value
        case _:
            return thaw(value)


def _right(client: Any, operation: Operation) -> str:
    """Return the IAM action that allows the call."""
    model = client.meta.service_model
    name = client.meta.method_to_api_mapping[operation.name]
    own = operation.service if operation.service == "s3control" else model.signing_name
    return iam_action(own, name)


def _refusal(operation: Operation, error: Any, right: str) -> CallError:
    said = error.response.get("Error", {})
    metadata = error.response.get("ResponseMetadata", {})
    return said_no(
        operation.title,
        str(said.get("Code", "")),
        _masked(operation, str(said.get("Message", ""))),
        status=metadata.get("HTTPStatusCode", 0),
        request_id=metadata.get("RequestId", ""),
        right=right,
    )


def _masked(operation: Operation, text: str) -> str:
    """Return a message of AWS without the secrets of the call it may repeat."""
    for value in operation.parameters.values():
        if isinstance(value, Secret):
            text = text.replace(value.reveal(), MASK)
    return text


def _session(settings: AwsSettings) -> Any:
    """Make a session that reads no environment variable, and files only for a profile."""
    variables = {
        name: (key, None, default, convert)
        for name, (key, _, default, convert) in SESSION_VARIABLES.items()
    }
    profile = settings.source.name if isinstance(settings.source, Profile) else None
    if profile is None:
        for name in _FILES:
            variables[name] = (None, None, os.devnull, None)
    session = botocore.session.Session(session_vars=variables, profile=profile)
    session.register_component("data_loader", _loader())
    return session


@cache
def _loader() -> Any:
    """Service descriptions, read from disk once in a process: EC2's alone takes long."""
    return botocore.loaders.create_loader()


def _config(settings: AwsSettings) -> Any:
    return botocore.config.Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        max_pool_connections=settings.threads,
        user_agent_extra=settings.user_agent,
        ignore_configured_endpoint_urls=True,
        proxies=dict(settings.proxies),
        use_fips_endpoint=False,
        use_dualstack_endpoint=False,
    )


def _from_profile(settings: AwsSettings, name: str) -> Keys:
    try:
        found = _session(settings).get_credentials()
        frozen = found.get_frozen_credentials() if found else None
    except botocore.exceptions.BotoCoreError as error:
        raise _no_profile(name, type(error).__name__) from error
    if frozen is None:
        raise _no_profile(name, "it holds no credentials")
    return Keys(
        key_id=frozen.access_key,
        secret_key=Secret(frozen.secret_key),
        session_token=Secret(frozen.token) if frozen.token else None,
        expires_at=getattr(found, "_expiry_time", None),
    )


def _no_profile(name: str, reason: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK530",
            summary=f"the AWS profile `{name}` gives no credentials: {reason}",
            help=f"try `aws sts get-caller-identity --profile {name}`",
        )
    )


def _cursor(session: Any, service: str, operation: str) -> Cursor | None:
    try:
        model = session.get_paginator_model(service)
        rule = model.get_paginator(_api_name(operation, session, service))
    except (ValueError, botocore.exceptions.UnknownServiceError):
        return None
    return Cursor(
        inputs=_texts(rule["input_token"]),
        outputs=_texts(rule["output_token"]),
        more=rule.get("more_results", ""),
    )


def _api_name(operation: str, session: Any, service: str) -> str:
    from botocore import xform_name  # noqa: PLC0415 - the SDK's own spelling rule

    model = session.get_service_model(service)
    for name in model.operation_names:
        if xform_name(name) == operation:
            return cast("str", name)
    raise ValueError(operation)


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)
