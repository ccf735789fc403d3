"""Do the clocks agree? Signatures of calls, cut-offs and records all go by them."""

from collections.abc import AsyncIterator

from irkit.clock import words
from irkit.engine.checking import Finding, State, good
from irkit.proving.preflight.site import Site


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield how far each provider's `Date` header is from this machine's clock."""
    for provider in sorted(site.needs):
        for finding in site.blind("clocks", provider):
            yield finding
        for connection in site.open(provider):
            reader = site.readers(connection)
            handle = reader.okta_reader or reader.aws_reader
            assert handle is not None, "an open connection has a reader"
            skew = handle.now() - site.session.clock()
            way = "ahead of" if skew.total_seconds() > 0 else "behind"
            told = f"{connection.name} is {words(abs(skew))} {way} this machine"
            if abs(skew) <= site.demands.skew:
                yield good("clocks", f"{connection.name} agrees within {words(site.demands.skew)}")
                continue
            yield Finding(
                subject="clocks",
                state=State.BAD,
                what=f"{told}, more than {words(site.demands.skew)}",
                remedy="set this machine's clock: timedatectl set-ntp true",
            )
