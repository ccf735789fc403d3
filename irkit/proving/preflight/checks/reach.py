"""Were the approvers reached when they were last asked, and did they sign in time?

Only a signed answer counts (`irkit approvers ping`, then `approvers test`). Where the test file
asks for answers, enough people must have given a recent one; a ping nobody answered is always told.
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import timedelta

from irkit.clock import words
from irkit.diagnostics import IrkitError
from irkit.engine import reach
from irkit.engine.checking import Finding, State, bad, good
from irkit.engine.enrolment import signers
from irkit.engine.reach import Ping
from irkit.proving.preflight.checks.approvers import needs, who_may
from irkit.proving.preflight.site import Site


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield who did not answer, and whether enough did."""
    try:
        with site.session.journal(writing=False) as journal:
            last = reach.latest(reach.pings(journal.replay()))
    except IrkitError:
        yield Finding(
            subject="reach",
            state=State.UNKNOWN,
            what="not looked at, because the trail cannot be read",
            remedy="see `trail`",
        )
        return
    for finding in (*_silent(site, last), *_enough(site, last)):
        yield finding


def _silent(site: Site, last: Mapping[str, Ping]) -> Iterator[Finding]:
    for name, ping in last.items():
        if ping.in_time or site.session.clock() < ping.until:
            continue
        ago = words(site.session.clock() - ping.at)
        given = words(ping.until - ping.at)
        when = "did not answer" if ping.answered is None else "answered too late"
        person = site.session.policy.people.get(name)
        other = f" ({person.reach})" if person is not None and person.reach else ""
        yield Finding(
            subject="reach",
            state=State.BAD,
            what=f"{name} was asked {ago} ago and {when}, with {given} to do it",
            remedy=f"reach them another way{other}, then: irkit approvers ping {name}",
        )


def _enough(site: Site, last: Mapping[str, Ping]) -> Iterator[Finding]:
    within = site.demands.ack_within
    able, wrong = _answered(site, last, within)
    yield from wrong
    if within is None:
        told = f"{', '.join(sorted(able))} answered" if able else "no answers are asked for"
        yield good("reach", told)
        return
    short = False
    for part, need in needs(site):
        can = who_may(site, need, able)
        if len(can) < need.need:
            short = True
            yield Finding(
                subject="reach",
                state=State.BAD,
                what=f"{part} needs {need.need} approvals, and {len(can)} of those who may give "
                f"one answered within {words(within)} in {words(site.demands.asked_within)}",
                remedy="irkit approvers ping",
            )
    if not short:
        yield good("reach", f"{', '.join(sorted(able))} answered within {words(within)}")


def _answered(
    site: Site, last: Mapping[str, Ping], within: timedelta | None
) -> tuple[set[str], list[Finding]]:
    """Return who gave a recent, timely and true answer; and the answers that are not theirs."""
    able, wrong = set(), []
    listed = signers(site.session.workspace)
    for name, ping in last.items():
        if ping.answered is None or not ping.in_time:
            continue
        try:
            reach.signed_by(ping, listed)
        except IrkitError as error:
            wrong.append(bad("reach", error.diagnostics[0]))
            continue
        recent = site.session.clock() - ping.answered <= site.demands.asked_within
        if recent and (within is None or ping.answered - ping.at <= within):
            able.add(name)
    return able, wrong
