"""Is the policy the sealed one, and can every class of change be approved under it?"""

from collections.abc import AsyncIterator

from irkit.diagnostics import IrkitError
from irkit.engine import checking
from irkit.engine.checking import Finding, State, bad, good
from irkit.proving.preflight.site import Site


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield how the policy stands."""
    for finding in checking.policy(site.session):
        yield Finding(
            subject="policy",
            state=finding.state,
            what=finding.what,
            remedy=finding.remedy,
            code=finding.code,
        )
    try:
        _ = [signer.public for signer in site.session.signers]  # the policy names the trail's keys
        with site.session.journal(writing=False) as journal:
            consent = site.session.consent(journal)
    except IrkitError:
        yield Finding(
            subject="policy",
            state=State.UNKNOWN,
            what="not compared with the sealed one, because the trail cannot be used",
            remedy="see `trail`",
        )
        return
    try:
        site.session.check_policy(consent)
    except IrkitError as error:
        yield bad("policy", error.diagnostics[0])
        return
    yield good("policy", "it is the sealed one")
