"""The catalogue against the world: what an action says it cuts is dead, what it does not is alive.

The intruder's own credentials are the judges.
"""

from dataclasses import replace

import pytest
from action_kills import KILLS, Kill
from arsenal import arm
from stage import Hands, staged

from irkit.actions.base import Action
from irkit.actions.load import catalogue
from irkit.model.access import CredentialKind
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


def judged(kill: Kill) -> set[CredentialKind]:
    """Carry out a kill and let the intruder's seats judge it; return the kinds that were there."""
    with staged(intruder=True) as stage:
        for kind in kill.plants:
            stage.world.plant(kind)
        if kill.armed:
            arm(stage, kill.armed)
        action = kill.prepare(stage)
        spec = type(action).spec
        assert spec.id == kill.action
        seats = tuple(stage.world.seats)
        before = {tried(seat) for seat in seats if not (kill.dead_already and in_reach(seat, kill))}
        assert before == {"alive"}
        stage.do(lambda hands: carry_out(action, hands))
        for seat in seats:
            state, aimed_at = tried(seat), in_reach(seat, kill)
            if aimed_at and (seat.kind in spec.cuts or kill.dead_already):
                assert state == "dead", seat.label
            elif not aimed_at or seat.kind in spec.does_not_cut:
                assert state == "alive", seat.label
        assert {tried(seat) for seat in stage.world.bystanders} == {"alive"}
        return {
            seat.kind
            for seat in seats
            if (in_reach(seat, kill) and seat.kind in spec.cuts)
            or (seat.kind in spec.does_not_cut and tried(seat) == "alive")
        }


NO_SEAT = frozenset({CredentialKind.CONSOLE_SESSION})
"""Kinds that the world has no seat of: it serves no console. A session of it is a role's or a
user's, and the evaluator judges it as such."""

HIDDEN = {
    "okta.user.reset_factors": {CredentialKind.OKTA_OAUTH_TOKEN, CredentialKind.OKTA_API_TOKEN},
}
"""Kinds that an action leaves alone and its precondition does not: the user is suspended before."""


@pytest.mark.parametrize("action", dict.fromkeys(kill.action for kill in KILLS))
def test_what_is_said_to_be_cut_is_cut_and_nothing_else(action: str) -> None:
    """Every kind in `cuts` dies, every kind in `does_not_cut` lives, and so do bystanders."""
    met = set[CredentialKind]().union(*(judged(kill) for kill in KILLS if kill.action == action))
    spec = catalogue()[action]
    said = {*spec.cuts, *spec.does_not_cut}
    assert said - met - NO_SEAT == HIDDEN.get(action, set())


def test_every_action_that_cuts_is_aimed_at_somebody() -> None:
    """No cell of the kill matrix is believed without a credential that says so."""
    cutting = {action for action, spec in catalogue().specs.items() if spec.cuts}
    assert cutting <= {kill.action for kill in KILLS}
