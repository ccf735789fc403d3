"""Measures of friction and of the load on people: what the trail shows of them, and no more.

What somebody typed and irkit did not understand, help that was opened, and time before a screen
leave no record, so nothing here pretends to know them.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from irkit.drill.measures.told import Told
from irkit.drill.measures.truth import evicted_at
from irkit.drill.record.deeds import Deed

_MINUTE: Final = 60
_BY_PEOPLE: Final = frozenset({Deed.OPENED, Deed.APPROVED, Deed.REFUSED, Deed.ANSWERED})


def guard_refusals(told: Told) -> int:
    """Return how often a guard of irkit's refused what somebody wanted."""
    return len(told.of_deed(Deed.STOPPED))


def retries(told: Told) -> int:
    """Return how often a change had to be sent once more."""
    return len(told.of_deed(Deed.RETRIED))


def peak_decisions(told: Told) -> int:
    """Return the most that people decided, signed or said within one minute, all together."""
    times = sorted(t for t, _ in by_people(told))
    return max((sum(t <= other < t + _MINUTE for other in times) for t in times), default=0)


def longest_silence(told: Told) -> int | None:
    """Return the longest time in which responders did nothing while the intruder had something."""
    seats = told.drill.seats.values()
    if not seats:
        return None
    start, until = min(seat.since for seat in seats), evicted_at(told)
    end = told.end if until is None else until
    moments = {t for t, _ in by_people(told)} | {done.t for done in told.deeds}
    times = [start, *sorted(t for t in moments if start < t < end), end]
    return max(after - before for before, after in pairwise(times))


def busiest_share(told: Told) -> int | None:
    """Return which share of what people did one person did, None where one played alone."""
    if told.drill.solo:
        return None
    who = Counter(name for _, name in by_people(told))
    return round(100 * max(who.values()) / who.total()) if who else None


def by_people(told: Told) -> Iterator[tuple[int, str]]:
    """Yield when and by whom something was decided, signed, answered or said."""
    drill = told.drill
    yield from ((done.t, done.by) for done in told.deeds if done.deed in _BY_PEOPLE)
    for said in (*drill.declared, *drill.decided, *drill.asked, *drill.posts, *drill.notes):
        yield said.t, said.by
    yield from ((heard.t, heard.voice) for heard in drill.heard)
    yield from ((answer.t, answer.by) for answer in drill.answered)
    yield from ((claim.t, claim.by) for claim in drill.claims if not claim.run)
