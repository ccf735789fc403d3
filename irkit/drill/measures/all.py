"""Every measure of a drill by name; None is what could not be measured."""

from collections.abc import Mapping

from irkit.drill.measures import load, people, truth
from irkit.drill.measures.expectations import Judgement, judged
from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Evidence

Values = Mapping[Measure, int | None]


def measured(told: Told) -> Values:
    """Return every measure."""
    found = judged(told)
    return {**_times(told), **_truth(told), **_people(told, found), **_load(told)}


def _times(told: Told) -> Values:
    declared = min((said.t for said in told.drill.declared), default=None)
    return {
        Measure.TIME_TO_DETECT: told.since_it_began(told.first(Deed.READ)),
        Measure.TIME_TO_DECLARE: told.since_it_began(declared),
        Measure.TIME_TO_DECIDE: told.since_it_began(told.first(Deed.APPROVED)),
        Measure.TIME_TO_FIRST_CUT: told.since_it_began(told.first(Deed.CUT)),
        Measure.TIME_TO_EVICT: told.since_it_began(truth.evicted_at(told)),
    }


def _truth(told: Told) -> Values:
    return {
        Measure.FALSE_ALL_CLEARS: len(truth.false_claims(told)),
        Measure.FALSE_ALL_CLEAR_TIME: truth.false_time(told),
        Measure.SEATS_LEFT: truth.seats_left(told),
        Measure.ACTS_AFTER_FIRST_CUT: truth.acts_after_first_cut(told),
        Measure.ACTS_AFTER_CLAIM: truth.acts_after_claim(told),
        Measure.WHACK_A_MOLE: truth.whack_a_mole(told),
        Measure.ORDER_ERRORS: truth.order_errors(told),
        Measure.COLLATERAL: truth.collateral(told),
        Measure.DATA_LOST: truth.data_lost(told),
    }


def _people(told: Told, found: tuple[Judgement, ...]) -> Values:
    posts = [item for item in found if item.expectation.evidence is Evidence.POSTED]
    return {
        Measure.EVIDENCE_BEFORE_CHANGE: people.evidence_before_change(told),
        Measure.APPROVAL_P50: people.latency(told, 50),
        Measure.APPROVAL_P90: people.latency(told, 90),
        Measure.BLOCKED_TIME: people.blocked(told),
        Measure.MISSED_STEPS: sum(item.met is False and not item.late for item in found),
        Measure.LATE_STEPS: sum(item.late for item in found),
        Measure.INVESTIGATION_F1: people.investigation_f1(told),
        Measure.COMMS_ON_TIME: round(100 * sum(bool(item.met) for item in posts) / len(posts))
        if posts and not told.drill.solo
        else None,
    }


def _load(told: Told) -> Values:
    return {
        Measure.GUARD_REFUSALS: load.guard_refusals(told),
        Measure.RETRIES: load.retries(told),
        Measure.PEAK_DECISIONS: load.peak_decisions(told),
        Measure.LONGEST_SILENCE: load.longest_silence(told),
        Measure.BUSIEST_SHARE: load.busiest_share(told),
    }
