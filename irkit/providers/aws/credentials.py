"""Credentials by account and purpose: read and write are different roles.

Where a connection asks for it, a session is reduced to the rights it is needed for.

A role is assumed once and used until five minutes before its end. Whatever credentials are used
in an account, their own `GetCallerIdentity` must name the pinned account before anything else is
asked with them.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, cast

import anyio

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.log import logger
from irkit.model.iam_rights import ROOT_TASKS
from irkit.providers.aws.backend import Backend, Entry, Keys, Operation
from irkit.providers.aws.json_form import to_json
from irkit.providers.aws.session_policy import session_policies
from irkit.providers.aws.settings import AwsSettings
from irkit.providers.call import CallError
from irkit.providers.limits import RateLimits
from irkit.providers.retry import Patience, repeat_read
from irkit.providers.server_clock import ServerClock
from irkit.secret import Secret

SOURCE: Final = Entry(account="")
HOME_REGION: Final = "us-east-1"

_RENEW_BEFORE: Final = timedelta(minutes=5)
_DURATION: Final = 3600
_ROOT_DURATION: Final = 900
_TOO_LARGE: Final = "PackedPolicyTooLarge"


class Credentials:
    """Gets, keeps and renews credentials."""

    def __init__(
        self,
        settings: AwsSettings,
        backend: Backend,
        *,
        server_clock: ServerClock,
        limits: RateLimits,
        patience: Patience,
    ) -> None:
        """Start with none."""
        self._settings = settings
        self._backend = backend
        self._server_clock = server_clock
        self._limits = limits
        self._patience = patience
        self._keys: dict[Entry, Keys] = {}
        self._callers: dict[Entry, JsonObject] = {}
        self._locks: dict[Entry, anyio.Lock] = {}

    async def keys(self, entry: Entry) -> Keys:
        """Return credentials for `entry` that are good for some minutes.

        Raises:
            IrkitError: if the account is not pinned, or the credentials are another account's.
            CallError: if the role cannot be assumed.
        """
        async with self._locks.setdefault(entry, anyio.Lock()):
            keys = self._keys.get(entry)
            if keys is None or self._ends(keys.expires_at):
                keys = await self._fresh(entry)
                self._callers[entry] = await self._identity(entry, keys)
                self._keys[entry] = keys
            return keys

    async def caller(self, entry: Entry) -> JsonObject:
        """Return `GetCallerIdentity` of the credentials for `entry`."""
        await self.keys(entry)
        return self._callers[entry]

    async def first(self) -> JsonObject:
        """Return `GetCallerIdentity` of the first credentials, got and asked anew.

        Raises:
            IrkitError: if there are none.
            CallError: if AWS does not take them, or does not say.
        """
        return await self._identity(SOURCE, await self._backend.source())

    def _ends(self, expires_at: datetime | None) -> bool:
        return expires_at is not None and expires_at - self._server_clock.now() <= _RENEW_BEFORE

    async def _fresh(self, entry: Entry) -> Keys:
        if entry.root_through:
            return await self._as_root(entry)
        role = self._role(entry)
        if not role:
            return await self._backend.source()
        source = await self.keys(SOURCE)
        parameters: dict[str, Json | Secret] = {
            "RoleArn": self._settings.role_arn(entry.account, role),
            "RoleSessionName": self._settings.session_name,
            "DurationSeconds": _DURATION,
        }
        if not entry.rights:
            return await self._assumed(parameters, source)
        *narrower, widest = session_policies(entry.rights, write=entry.write)
        for policy in narrower:
            try:
                return await self._assumed({**parameters, "Policy": policy}, source)
            except CallError as error:
                if error.error != _TOO_LARGE:
                    raise
                logger().warning("session.widened", account=entry.account, length=len(policy))
        return await self._assumed({**parameters, "Policy": widest}, source)

    async def _assumed(self, parameters: Mapping[str, "Json | Secret"], source: Keys) -> Keys:
        operation = Operation(
            service="sts", name="assume_role", region=HOME_REGION, parameters=parameters
        )
        return _issued(await self._repeated(operation, source))

    async def _as_root(self, entry: Entry) -> Keys:
        self._settings.account(entry.account)  # only as root of what is pinned
        task = f"arn:{self._settings.partition}:iam::aws:policy/root-task/{ROOT_TASKS[entry.write]}"
        operation = Operation(
            service="sts",
            name="assume_root",
            region=HOME_REGION,
            parameters={
                "TargetPrincipal": entry.account,
                "TaskPolicyArn": {"arn": task},
                "DurationSeconds": _ROOT_DURATION,
            },
        )
        through = await self.keys(replace(entry, account=entry.root_through, root_through=""))
        return _issued(await self._repeated(operation, through))

    def _role(self, entry: Entry) -> str:
        if entry == SOURCE:
            return ""
        account = self._settings.account(entry.account)
        return account.write_role if entry.write else account.read_role

    async def _identity(self, entry: Entry, keys: Keys) -> JsonObject:
        operation = Operation(service="sts", name="get_caller_identity", region=HOME_REGION)
        found = cast("JsonObject", to_json(await self._repeated(operation, keys)))
        if entry.account and found["Account"] != entry.account:
            raise IrkitError(
                Diagnostic(
                    code="IRK529",
                    summary=(
                        f"these credentials are for AWS account {found['Account']}, "
                        f"but {entry.account} is pinned"
                    ),
                    help="check `source` and the roles in `irkit.yaml`; nothing was changed",
                )
            )
        return {**found, "AccessKeyId": keys.key_id}

    async def _repeated(self, operation: Operation, keys: Keys) -> Mapping[str, object]:
        """Send an STS call again if need be: none of them changes anything that lasts."""
        raw = await repeat_read(
            lambda: self._backend.send(operation, keys),
            limits=self._limits,
            bucket=f"sts:{operation.name}",
            patience=self._patience,
        )
        self._server_clock.saw(raw.date)
        return raw.result


def _issued(answer: Mapping[str, object]) -> Keys:
    found = cast("Mapping[str, object]", answer["Credentials"])
    return Keys(
        key_id=cast("str", found["AccessKeyId"]),
        secret_key=Secret(cast("str", found["SecretAccessKey"])),
        session_token=Secret(cast("str", found["SessionToken"])),
        expires_at=cast("datetime", found["Expiration"]),
    )
