"""Would the run go on if the identity provider were down, or were what is under attack?"""

from collections.abc import AsyncIterator

from irkit.engine.checking import Finding, State, good
from irkit.proving.preflight.site import Site


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield the connections whose credentials come from the identity provider."""
    used = [connection for provider in sorted(site.needs) for connection in site.used(provider)]
    leaning = [connection.name for connection in used if connection.depends_on_idp]
    for name in leaning:
        yield Finding(
            subject="independence",
            state=State.BAD,
            what=f"`{name}` depends on the identity provider, which may be what is under attack",
            remedy="give it credentials of its own, then say `depends_on_idp: no`",
        )
    if used and not leaning:
        yield good("independence", "no connection depends on the identity provider")
