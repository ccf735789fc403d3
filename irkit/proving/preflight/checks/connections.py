"""Does every provider answer, is it the pinned tenant, and who is irkit there?"""

from collections.abc import AsyncIterator
from typing import Final

from irkit.engine.checking import Finding, State, bad, identity
from irkit.proving.preflight.site import Site

_SECRET_CODES: Final = frozenset({"IRK152", "IRK153", "IRK154", "IRK158"})
"""What `secrets` tells."""


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield one line for each connection that the playbook needs."""
    for provider in sorted(site.needs):
        for item in site.closed.get(provider, ()):
            if item.code in _SECRET_CODES:
                yield Finding(
                    subject="connections",
                    state=State.UNKNOWN,
                    what=f"{provider} is not asked, because a secret cannot be used",
                    remedy="see `secrets`",
                )
            else:
                yield bad("connections", item)
        for connection in site.open(provider):
            yield await identity(connection, "connections", site.readers(connection))
