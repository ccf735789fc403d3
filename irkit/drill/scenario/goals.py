"""What an exercise can be measured by, and the targets that a scenario sets."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Measure(StrEnum):
    """Everything that is measured, all of it from the trail and the providers' own log."""

    TIME_TO_DETECT = "time_to_detect"
    TIME_TO_DECLARE = "time_to_declare"
    TIME_TO_DECIDE = "time_to_decide"
    TIME_TO_FIRST_CUT = "time_to_first_cut"
    TIME_TO_EVICT = "time_to_evict"
    FALSE_ALL_CLEARS = "false_all_clears"
    FALSE_ALL_CLEAR_TIME = "false_all_clear_time"
    SEATS_LEFT = "seats_left"
    ACTS_AFTER_FIRST_CUT = "acts_after_first_cut"
    ACTS_AFTER_CLAIM = "acts_after_claim"
    WHACK_A_MOLE = "whack_a_mole"
    ORDER_ERRORS = "order_errors"
    COLLATERAL = "collateral"
    EVIDENCE_BEFORE_CHANGE = "evidence_before_change"
    APPROVAL_P50 = "approval_p50"
    APPROVAL_P90 = "approval_p90"
    BLOCKED_TIME = "blocked_time"
    MISSED_STEPS = "missed_steps"
    LATE_STEPS = "late_steps"
    INVESTIGATION_F1 = "investigation_f1"
    COMMS_ON_TIME = "comms_on_time"
    DATA_LOST = "data_lost"
    GUARD_REFUSALS = "guard_refusals"
    RETRIES = "retries"
    PEAK_DECISIONS = "peak_decisions"
    LONGEST_SILENCE = "longest_silence"
    BUSIEST_SHARE = "busiest_share"


class Unit(StrEnum):
    """What a measure counts in. Times are in whole seconds."""

    SECONDS = "seconds"
    COUNT = "count"
    PERCENT = "percent"


TIMES: Final = frozenset(
    {
        Measure.TIME_TO_DETECT,
        Measure.TIME_TO_DECLARE,
        Measure.TIME_TO_DECIDE,
        Measure.TIME_TO_FIRST_CUT,
        Measure.TIME_TO_EVICT,
    }
)
"""How long it took until something happened; without a value it did not."""

_SECONDS: Final = TIMES | frozenset(
    {
        Measure.FALSE_ALL_CLEAR_TIME,
        Measure.APPROVAL_P50,
        Measure.APPROVAL_P90,
        Measure.BLOCKED_TIME,
        Measure.LONGEST_SILENCE,
    }
)
_PERCENT: Final = frozenset(
    {
        Measure.WHACK_A_MOLE,
        Measure.EVIDENCE_BEFORE_CHANGE,
        Measure.INVESTIGATION_F1,
        Measure.COMMS_ON_TIME,
        Measure.BUSIEST_SHARE,
    }
)
MORE_IS_BETTER: Final = frozenset(
    {Measure.EVIDENCE_BEFORE_CHANGE, Measure.INVESTIGATION_F1, Measure.COMMS_ON_TIME}
)
"""All others are better the smaller they are."""

UNITS: Final[Mapping[Measure, Unit]] = MappingProxyType(
    {
        measure: Unit.SECONDS
        if measure in _SECONDS
        else Unit.PERCENT
        if measure in _PERCENT
        else Unit.COUNT
        for measure in Measure
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """What is to be reached: `target` is the most, or the least, that the measure may be."""

    id: str
    text: str
    measure: Measure
    target: int
    csf: str = ""

    def met(self, value: int | None) -> bool | None:
        """Say whether a measured value reaches the target; None where it was not measured."""
        if value is None:
            return None
        return value >= self.target if self.measure in MORE_IS_BETTER else value <= self.target
