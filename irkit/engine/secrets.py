"""Reading the secrets that irkit.yaml refers to, wherever they are kept.

What AWS keeps is asked through the connection that pins its account, with the reading role and a
session that can do nothing else. As with every connection, it is found out first that this is the
world in a drill and not the world in earnest, and whose credentials these are.
"""

import os
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import anyio.to_thread

from irkit.clock import Clock
from irkit.engine.entry import accounts_of, address_of, check_kind
from irkit.providers.aws.settings import AwsSettings, Profile, Source, StaticKeys
from irkit.providers.call import CallError
from irkit.secret import Secret
from irkit.workspace import aws_secret
from irkit.workspace.config import KeySource, ProfileSource, SecretReference, Workspace
from irkit.workspace.secrets import AWS, resolve, unreadable

_NOT_THERE: Final = "ResourceNotFoundException"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """The secrets of a workspace, read when they are needed and kept nowhere."""

    workspace: Workspace
    clock: Clock
    user_agent: str

    async def read(self, reference: SecretReference) -> Secret:
        """Return the secret.

        Raises:
            IrkitError: if it is not there, or its place is not one of the workspace's.
            CallError: if AWS does not answer, or refuses.
        """
        if reference.scheme == AWS:
            return await self._from_aws(reference)
        work = partial(resolve, reference, root=self.workspace.root, environment=dict(os.environ))
        return await anyio.to_thread.run_sync(work)  # a keyring may take its time

    async def aws_source(self, source: ProfileSource | KeySource) -> Source:
        """Return where AWS's first credentials come from."""
        if isinstance(source, KeySource):
            token = source.session_token
            return StaticKeys(
                key_id=source.access_key_id,
                secret_key=await self.read(source.secret_access_key),
                session_token=await self.read(token) if token else None,
            )
        return Profile(name=source.profile)

    async def _from_aws(self, reference: SecretReference) -> Secret:
        from irkit.providers.aws.live import AwsConnection as Live  # noqa: PLC0415  # heavy

        place = aws_secret.find(reference, self.workspace.connections.values())
        await check_kind(place.connection.name, address_of(place.connection), self.workspace.mode)
        settings = AwsSettings(
            source=await self.aws_source(place.connection.source),
            accounts=(),
            endpoint_url=place.connection.endpoint_url or None,
            user_agent=self.user_agent,
            session_name="irkit-secrets",
        )
        accounts = await accounts_of(place.connection, settings, self.clock)
        own = next((item for item in accounts if item.id == place.account), None)
        if own is None:
            raise aws_secret.not_pinned(reference, place.account)
        async with Live.open(replace(settings, accounts=(own,)), clock=self.clock) as live:
            try:
                data = await live.secrets().value(
                    place.id, account=place.account, region=place.region
                )
            except CallError as error:
                if error.error == _NOT_THERE:
                    where = f"is not in account {place.account}, region {place.region}"
                    raise unreadable(reference, where) from None
                raise
        return aws_secret.value_of(reference, place, data)
