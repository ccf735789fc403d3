"""Measures of what is true: seats, claims, the intruder's acts, and what innocent people lost."""

from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed
from irkit.drill.record.state import Claim


def evicted_at(told: Told) -> int | None:
    """Return since when the intruder has had nothing; None while anything lives at the end.

    An intruder who never got in was evicted with the first cut.
    """
    seats = told.drill.seats.values()
    if any(seat.died_at is None for seat in seats):
        return None
    first_cut = told.first(Deed.CUT)
    if first_cut is None:
        return None
    return max((seat.died_at or 0 for seat in seats), default=first_cut)


def is_false(told: Told, claim: Claim) -> bool:
    """Say whether a claim was untrue: something was alive, or the intruder acted again."""
    return claim.false or any(act.t > claim.t for act in told.worked)


def false_claims(told: Told) -> tuple[Claim, ...]:
    """Return every claim that was untrue."""
    return tuple(claim for claim in told.drill.claims if is_false(told, claim))


def false_time(told: Told) -> int:
    """Return for how long somebody believed what was not so."""
    claims = false_claims(told)
    if not claims:
        return 0
    until = evicted_at(told)
    return max((told.end if until is None else until) - claims[0].t, 0)


def seats_left(told: Told) -> int:
    """Return how many of the intruder's seats are not dead at the end."""
    return len(told.drill.alive_at(told.end))


def acts_after_first_cut(told: Told) -> int | None:
    """Return what the intruder still did after responders began."""
    cut = told.first(Deed.CUT)
    return None if cut is None else sum(act.t > cut for act in told.worked)


def acts_after_claim(told: Told) -> int | None:
    """Return what the intruder still did after somebody first said that it was over."""
    if not told.drill.claims:
        return None
    return sum(act.t > told.drill.claims[0].t for act in told.worked)


def whack_a_mole(told: Told) -> int | None:
    """Return how many seats came back for a hundred that were cut."""
    cut = sum("dead" in {state for _, state in seat.states} for seat in told.drill.seats.values())
    again = sum(seat.again for seat in told.drill.seats.values())
    return None if not cut else round(100 * again / cut)


def order_errors(told: Told) -> int:
    """Count what a better order would have spared: seats that came back, and lost evidence."""
    again = sum(seat.again for seat in told.drill.seats.values())
    cut = told.first(Deed.CUT)
    evidence = min(
        (done.t for done in told.of_deed(Deed.READ) if done.evidence), default=told.end + 1
    )
    return again + (cut is not None and evidence > cut)


def collateral(told: Told) -> int:
    """Return how many innocent credentials stopped working."""
    return sum(
        "dead" in {state for _, state in seat.states} for seat in told.drill.bystanders.values()
    )


def data_lost(told: Told) -> int:
    """Return how often the intruder did what it came for: copied, mined or destroyed."""
    goal = set(told.scenario.adversary.goal)
    wanted = {
        tactic.id for tactic in told.scenario.adversary.all_tactics if goal & set(tactic.gives)
    }
    return sum(act.tactic in wanted for act in told.worked)
