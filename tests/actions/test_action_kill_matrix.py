"""The catalogue against the world: what an action says it cuts is dead, what it does not is alive.

The intruder's own credentials are the judges.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest
from stage import DATA, PROD, VICTIM, Hands, Stage, changing, staged

from irkit.actions.base import Action
from irkit.model.change import fill_late
from irkit.world.seats import Seat


def suspend(stage: Stage) -> Action:
    """The person."""
    return changing("okta.user.suspend", user=VICTIM)


def revoke_sessions(stage: Stage) -> Action:
    """The person's sessions and tokens."""
    return changing("okta.user.revoke_sessions", user=VICTIM)


def revoke_oauth(stage: Stage) -> Action:
    """The person's tokens."""
    return changing("okta.user.revoke_oauth", user=VICTIM)


def quarantine(stage: Stage) -> Action:
    """The planted user."""
    return changing("aws.iam_user.quarantine", user="svc-backup", account=PROD)


def deactivate(stage: Stage) -> Action:
    """The planted key."""
    key = next(s.access_key_id for s in stage.world.seats if s.kind == "long_term_key")
    return changing("aws.iam_key.deactivate", user="svc-backup", account=PROD, key=key)


def deny(stage: Stage) -> Action:
    """The person on one role."""
    return changing("aws.iam_role.deny_session", role="Developer", account=PROD, session=VICTIM)


def revoke_role(stage: Stage) -> Action:
    """The role entered from the first one."""
    return changing("aws.iam_role.revoke_sessions", role="Deploy", account=PROD)


CASES = [
    (suspend, ()),
    (revoke_sessions, ("Okta session", "Okta oauth")),
    (revoke_oauth, ("Okta oauth",)),
    (quarantine, ("of svc-backup",)),
    (deactivate, ("key AKIA",)),
    (deny, (f"in role Developer in {PROD}",)),
    (revoke_role, ("of Deploy",)),
]


def in_reach(seat: Seat, labels: tuple[str, ...]) -> bool:
    """Say whether the action was aimed at the seat's principal."""
    return any(label in seat.label for label in labels)


@pytest.mark.parametrize(
    ("prepare", "labels"), CASES, ids=lambda item: getattr(item, "__name__", "")
)
def test_what_is_said_to_be_cut_is_cut_and_nothing_else(
    prepare: Callable[[Stage], Action], labels: tuple[str, ...]
) -> None:
    """Seats of a kind in `cuts` die, seats of a kind in `does_not_cut` live, so do bystanders."""
    with staged(intruder=True) as stage:
        action = prepare(stage)

        async def work(hands: Hands) -> None:
            seen = await action.probe(hands.readers)
            for change in action.plan(seen):
                now = hands.readers.aws.now().isoformat().replace("+00:00", "Z")
                resolved = replace(change, after=fill_late(change.after, now, {}))
                await action.apply(resolved, hands.readers, hands.writers)

        stage.do(work)
        spec = type(action).spec
        states = {seat.id: str(seat.probe()) for seat in stage.world.seats}
        for seat in stage.world.seats:
            if seat.kind in spec.cuts and in_reach(seat, labels):
                assert states[seat.id] == "dead", seat.label
            elif seat.kind in spec.does_not_cut or not in_reach(seat, labels):
                expected = {"alive"} if seat.kind in spec.does_not_cut else {"alive", "dead"}
                assert states[seat.id] in expected, seat.label
        assert {str(seat.probe()) for seat in stage.world.bystanders} == {"alive"}
        other = next(s for s in stage.world.seats if f"Developer in {DATA}" in s.label)
        assert states[other.id] == "alive"
