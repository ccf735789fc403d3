"""Is there room under the providers' rate limits for a run tonight?"""

from collections.abc import AsyncIterator

from irkit.engine.checking import Finding, State, good
from irkit.proving.preflight.site import Site


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield the endpoints of which too little is left; only Okta tells."""
    for finding in site.blind("limits", "okta"):
        yield finding
    for connection in site.open("okta"):
        known = site.connections.headroom(connection.name)
        short = [
            (bucket, left, limit)
            for bucket, left, limit in known
            if left * 100 < limit * site.demands.left_percent
        ]
        for bucket, left, limit in short:
            yield Finding(
                subject="limits",
                state=State.BAD,
                what=f"{connection.name}: {left} of {limit} calls are left of {bucket}",
                remedy="something else uses the same limit: find it, or give irkit's token its own",
            )
        if known and not short:
            percent = site.demands.left_percent
            yield good("limits", f"{connection.name}: {percent}% or more left of {len(known)}")
