"""The table of seats: each credential from its birth to its end, with what shows it.

A seat is tried after every change of responders, and now and then besides. What killed it is not
recorded; what can have is: changes at its provider that went out before it was found dead, and that
nobody had looked after yet. Those that are known to cut its kind are named, and the very last one.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed, Done
from irkit.drill.record.state import Act, SeatLife
from irkit.drill.report.model import SeatRow
from irkit.report.times import passed

_SOON: Final = 60
"""Exercise seconds after a change in which what is found dead can be put down to it."""

_TOGETHER: Final = 2
"""Seconds of the trail's clock in which several changes may be followed by one look."""

Cutters = Mapping[str, tuple[str, ...]]


def seats(told: Told, cutters: Cutters) -> tuple[SeatRow, ...]:
    """Return the intruder's seats, the oldest first; `cutters` are what cuts each kind."""
    known = told.drill.seats.values()
    return tuple(_row(told, seat, _how(told, seat), cutters) for seat in known)


def bystanders(told: Told, cutters: Cutters) -> tuple[SeatRow, ...]:
    """Return the innocent credentials that were watched."""
    known = told.drill.bystanders.values()
    return tuple(_row(told, seat, "", cutters) for seat in known)


def _row(told: Told, seat: SeatLife, how: str, cutters: Cutters) -> SeatRow:
    died = seat.died_at
    cuts = () if died is None else _can_have(told, seat, died, cutters)
    return SeatRow(
        label=seat.label,
        id=seat.id,
        kind=seat.kind,
        born=seat.since,
        how=how,
        again=seat.again,
        state=seat.state,
        died=died,
        by_what=" or ".join(dict.fromkeys(_change(cut) for cut in cuts)),
        lived=max((told.end if died is None else died) - seat.since, 0),
        found_after=max((died or 0) - cuts[0].t, 0) if cuts else None,
        evidence=tuple(_evidence(told, seat)),
    )


def _change(cut: Done) -> str:
    return f"{cut.what}, {cut.label}" if cut.label else cut.what


def _can_have(told: Told, seat: SeatLife, died: int, cutters: Cutters) -> tuple[Done, ...]:
    """Return the changes that can have killed a seat, the first to be made first."""
    pairs = zip(seat.states, seat.records, strict=True)
    record = next(n for (t, state), n in pairs if (t, state) == (died, "dead"))
    sent = [done for done in told.of_deed(Deed.CUT) if 0 <= done.sent < record]
    last = max((done for done in sent if done.n < record), key=lambda done: done.n, default=None)
    since = died - _SOON if last is None else last.t - _TOGETHER * max(told.drill.speed, 1)
    mine = [
        done
        for done in sent
        if done.t > max(since, died - _SOON - 1) and _provider(done.what) == _provider(seat.kind)
    ]
    sharp = [done for done in mine if done.what in cutters.get(seat.kind, ())]
    found = [done for done in mine if done in sharp or done is last] or mine
    return tuple(sorted(found, key=lambda done: done.n))


def _provider(name: str) -> str:
    """Return whose an action or a kind of credential is: all but Okta's are AWS's."""
    return "okta" if name.startswith("okta") else "aws"


def _how(told: Told, seat: SeatLife) -> str:
    if not seat.by:
        return "held from the start"
    brought = [act for act in told.worked if act.tactic == seat.by and act.t <= seat.since]
    if not brought:
        return seat.by
    act = brought[-1]
    return f"{act.tactic} ({act.do}) with {_holder(told.drill.seats, act.using)}"


def _holder(known: Mapping[str, SeatLife], using: str) -> str:
    if not using:
        return "nothing"
    return known[using].label if using in known else using


def _evidence(told: Told, seat: SeatLife) -> Iterator[str]:
    for (t, state), n in zip(seat.states, seat.records, strict=True):
        yield f"record {n}: {state} when tried at {passed(t)}"
    mine = [act for act in told.drill.acts if act.using == seat.id]
    worked = [act for act in mine if act.worked]
    if worked:
        yield f"last used at {passed(worked[-1].t)}: {_call(worked[-1])}"
    died = seat.died_at
    if died is None:
        return
    refused = next((act for act in mine if not act.worked and act.t >= died), None)
    if refused is not None:
        yield f"refused at {passed(refused.t)}: {_call(refused)} was answered {refused.why}"


def _call(act: Act) -> str:
    return f"{act.tactic} ({act.do})"
