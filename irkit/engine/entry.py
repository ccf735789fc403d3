"""How a connection is entered: is it the world or the real thing, and which accounts has it.

Nothing else is asked of a connection before these.
"""

from dataclasses import replace

from irkit.actions.shape import entries, text
from irkit.clock import Clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.providers.aws.settings import Account, AwsSettings
from irkit.providers.call import CallError, Outcome
from irkit.providers.marker import is_world
from irkit.workspace.config import (
    AwsConnection,
    Connection,
    Mode,
    OktaConnection,
    Organization,
)


def address_of(connection: Connection) -> str:
    """Return where a connection leads; nothing for AWS itself."""
    return connection.org_url if isinstance(connection, OktaConnection) else connection.endpoint_url


async def check_kind(name: str, url: str, mode: Mode) -> bool:
    """Return whether `url` is the world: in a drill every connection is, in live mode none is.

    Raises:
        IrkitError: IRK305 if it is the wrong one.
        CallError: if nothing answers there.
    """
    try:
        world = bool(url) and await is_world(url)
    except OSError as error:
        raise _unreachable(name, url) from error
    drill = mode is Mode.DRILL
    if world != drill:
        raise IrkitError(
            Diagnostic(
                code="IRK305",
                summary=f"this is a {mode} workspace and the connection "
                f"`{name}` is {'the' if world else 'not the'} simulated world",
                help="start it with: irkit world up" if drill else "name the real org_url",
            )
        )
    return world


async def accounts_of(
    connection: AwsConnection, settings: AwsSettings, clock: Clock
) -> tuple[Account, ...]:
    """Return the accounts: those listed, or the active ones of the organization.

    The organization is asked through its management account.
    """
    if connection.organization is not None:
        return await _of_organization(connection.organization, settings, clock)
    return tuple(
        Account(id=a.id, name=a.name, read_role=a.read_role, write_role=a.write_role)
        for a in connection.accounts
    )


async def _of_organization(
    organization: Organization, settings: AwsSettings, clock: Clock
) -> tuple[Account, ...]:
    from irkit.providers.aws.live import AwsConnection as Live  # noqa: PLC0415  # heavy

    entry = Account(id=organization.management, read_role=organization.read_role)
    found: list[Account] = []
    async with Live.open(replace(settings, accounts=(entry,)), clock=clock) as live:
        pages = live.reader().pages(
            "organizations", "list_accounts", account=organization.management
        )
        async for page in pages:
            found.extend(
                Account(
                    id=text(item, "Id"),
                    name=text(item, "Name"),
                    read_role=organization.read_role,
                    write_role=organization.write_role,
                )
                for item in entries(page.body, "Accounts")
                if item["Status"] == "ACTIVE" and item["Id"] not in organization.exclude
            )
    return tuple(found)


def _unreachable(name: str, url: str) -> CallError:
    return CallError(
        Diagnostic(
            code="IRK502",
            summary=f"nothing answers at {url}, the address of the connection `{name}`",
            help=(
                "see whether the address is right and this machine reaches it; in an exercise the "
                "world is down: start it again in another terminal (irkit world up, or "
                "irkit drill run SCENARIO)"
            ),
        ),
        outcome=Outcome.NOT_SENT,
    )
