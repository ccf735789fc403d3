"""Proving the break-glass access that irkit.yaml names, at the moment it is asked for."""

from collections.abc import Collection, Iterable

from irkit.actions.base import Readers
from irkit.actions.break_glass import WayIn, way_into_aws, way_into_okta
from irkit.actions.dependencies import super_admins
from irkit.diagnostics import IrkitError
from irkit.engine.connections import OpenConnections
from irkit.workspace.config import AwsBreakGlass


async def ways_in(connections: OpenConnections, readers: Readers) -> tuple[WayIn, ...]:
    """Return every way in that is named for the provider which is read, as `irkit check` asks.

    Raises:
        CallError: if the provider does not say.
    """
    if readers.aws_reader is not None:
        return await ways_into_aws(connections, readers)
    if not connections.workspace.break_glass.okta:
        return ()
    admins = {target.id for target in await super_admins(readers)}
    return await ways_into_okta(connections, readers, admins, ())


async def ways_into_aws(connections: OpenConnections, readers: Readers) -> tuple[WayIn, ...]:
    """Return every way into AWS; what cannot be proven is none, whatever the reason.

    Raises:
        CallError: if AWS does not say how the principal of working credentials stands.
    """
    ways = connections.workspace.break_glass.aws
    return tuple([await _way_into_aws(connections, readers, way) for way in ways])


async def _way_into_aws(
    connections: OpenConnections, readers: Readers, way: AwsBreakGlass
) -> WayIn:
    try:
        caller = await connections.identity(way)
    except IrkitError as error:
        return WayIn(name=way.principal, wrong=error.diagnostics[0].summary)
    return await way_into_aws(readers, way.principal, caller)


async def ways_into_okta(
    connections: OpenConnections,
    readers: Readers,
    admins: Collection[str],
    idps: Iterable[str],
) -> tuple[WayIn, ...]:
    """Return every way into Okta past the identity providers `idps`.

    Raises:
        CallError: if Okta does not say.
    """
    named = connections.workspace.break_glass
    idps = tuple(idps)
    return tuple(
        [
            await way_into_okta(
                readers,
                login,
                admins=admins,
                idps=idps,
                quarantine=named.quarantine,
                signed_in_within=named.signed_in_within,
            )
            for login in named.okta
        ]
    )
