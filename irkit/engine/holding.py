"""The hold: look again after the last cut, and only look.

Each look reads every changed target back, and where its state does not say it all asks the action
itself, as verification does. It asks the logs again for what they could not show yet, and
tries the seats whose credentials a drill supplied. What was lost is said aloud; it is made again
only where the approved part says `hold: reassert` and the target stands exactly as it did before.
"""

import anyio

from irkit.actions.base import SeatState, Verdict
from irkit.canonical import Json, thaw
from irkit.diagnostics import IrkitError
from irkit.engine.applying import state_now
from irkit.engine.commands import LookAgain
from irkit.engine.desk import Desk
from irkit.engine.leaves import ReadLeaf
from irkit.engine.reading import read_again
from irkit.engine.verifying import own_verdict
from irkit.engine.walk import Walk
from irkit.lang.expressions import names
from irkit.model.playbook import Hold, Playbook, all_steps
from irkit.model.run import ChangeState, Stage


async def look_again(desk: Desk, command: LookAgain) -> None:
    """Make one look and record it."""
    found = _Found()
    limiter = anyio.CapacityLimiter(desk.context.pace.tasks)
    async with anyio.create_task_group() as group:
        for state in desk.run.changes.values():
            if state.stage is Stage.VERIFIED and not state.undone:
                group.start_soon(_look_at, desk, state, found, limiter)
    added = 0
    for leaf in _log_reads(desk):
        added += await read_again(desk, leaf, desk.run.reads[leaf.path])
    seats: dict[str, Json] = dict(await _seats(desk))
    await desk.record(
        "hold.checked",
        {
            "look": command.index,
            "last": command.last and not added,
            "lost": list[Json](sorted(found.lost)),
            "unknown": list[Json](sorted(found.unknown)),
            "reassert": list[Json](sorted(found.reassert)),
            "added": added,
            "seats": seats,
        },
    )


class _Found:
    def __init__(self) -> None:
        self.lost: set[str] = set()
        self.unknown: set[str] = set()
        self.reassert: set[str] = set()


async def _look_at(
    desk: Desk, state: ChangeState, found: _Found, limiter: anyio.CapacityLimiter
) -> None:
    async with limiter:
        try:
            _, _, now = await state_now(desk, state)
            holds = now == thaw(state.resolved)
            verdict = Verdict.HOLDS if holds else await own_verdict(desk, state)
        except IrkitError:
            verdict = Verdict.UNKNOWN
    if verdict is Verdict.HOLDS:
        return
    if verdict is Verdict.UNKNOWN:
        found.unknown.add(state.change.id)
        return
    found.lost.add(state.change.id)
    part = desk.run.parts[state.part]
    if part.hold == Hold.REASSERT and now == thaw(state.change.before):
        found.reassert.add(state.change.id)


def _log_reads(desk: Desk) -> list[ReadLeaf]:
    """Return the reads of logs that gave the run its targets, to be made again."""
    logs = frozenset(path for path, fact in desk.run.reads.items() if fact.observed_through)
    over = _loop_names(desk.context.book.main)
    walk = Walk(desk.context.book, desk.run, desk.context.catalogue, now=desk.now(), revisit=logs)
    return [
        leaf
        for leaf in walk.walked().leaves
        if isinstance(leaf, ReadLeaf) and leaf.step.bind in over
    ]


def _loop_names(playbook: Playbook) -> frozenset[str]:
    """Return the names that any loop goes over."""
    loops = [getattr(step, "loop", None) for step in all_steps(playbook)]
    return frozenset().union(*(names(loop.over) for loop in loops if loop is not None))


async def note_seats(desk: Desk) -> None:
    """Record how the seats stand, if they stand otherwise than when they were last tried."""
    states = await _seats(desk)
    known = desk.run.seats[-1][1] if desk.run.seats else {}
    if states and states != known:
        await desk.record("seats.checked", {"seats": dict(states)})


async def _seats(desk: Desk) -> dict[str, str]:
    """Try every seat whose credential is held."""
    if not desk.context.seats:
        return {}
    probe = desk.context.connections.readers(None, ()).seats
    states: dict[str, str] = {}
    for seat, label in desk.context.seats.items():
        state = await probe.probe(seat) if probe else None
        states[label] = str(state or SeatState.UNKNOWN)
    return states
