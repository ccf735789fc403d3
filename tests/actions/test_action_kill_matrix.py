"""The catalogue against the world: what an action says it cuts is dead, what it does not is alive.

The intruder's own credentials are the judges.
"""

from dataclasses import replace

import pytest
from action_cases import KILLS, Kill
from stage import Hands, staged

from irkit.actions.base import Action
from irkit.model.change import fill_late
from irkit.world.seats import Seat


async def carry_out(action: Action, hands: Hands) -> None:
    """Probe, plan and make every change."""
    for change in action.plan(await action.probe(hands.readers)):
        now = hands.readers.aws.now().isoformat().replace("+00:00", "Z")
        resolved = replace(change, after=fill_late(change.after, now, {}))
        await action.apply(resolved, hands.readers, hands.writers)


def tried(seat: Seat) -> str:
    """Try a seat; one that got no answer on a busy machine is tried again."""
    for _ in range(3):
        state = str(seat.probe())
        if state != "unknown":
            return state
    return "unknown"


def in_reach(seat: Seat, kill: Kill) -> bool:
    """Say whether the action was aimed at the seat."""
    return any(part in seat.label for part in kill.reach)


@pytest.mark.parametrize("kill", KILLS, ids=lambda kill: kill.name)
def test_what_is_said_to_be_cut_is_cut_and_nothing_else(kill: Kill) -> None:
    """Seats of a kind in `cuts` die, of a kind in `does_not_cut` live, and so do bystanders."""
    with staged(intruder=True) as stage:
        for kind in kill.plants:
            stage.world.plant(kind)
        action = kill.prepare(stage)
        assert {tried(seat) for seat in stage.world.seats} == {"alive"}
        stage.do(lambda hands: carry_out(action, hands))
        spec = type(action).spec
        aimed_at = tuple(seat for seat in stage.world.seats if in_reach(seat, kill))
        if spec.cuts:
            assert any(seat.kind in spec.cuts for seat in aimed_at), "nobody there to be cut"
        for seat in stage.world.seats:
            state = tried(seat)
            if seat in aimed_at and seat.kind in spec.cuts:
                assert state == "dead", seat.label
            elif seat not in aimed_at or seat.kind in spec.does_not_cut:
                assert state == "alive", seat.label
        assert {tried(seat) for seat in stage.world.bystanders} == {"alive"}
