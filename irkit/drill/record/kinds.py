"""The types of a drill's records.

Each body names its `drill` and `t`, the exercise's time in whole seconds since it began: that is
not the trail's own time, because an exercise may be paused and may run faster than clocks do.
"""

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a record of a drill tells."""

    OPENED = "drill.opened"
    """The scenario, by its digest and its whole text, the style, the seed, and who plays."""
    CLOCK = "drill.clock"
    """From here the exercise's time runs at `speed` exercise seconds a second, or stands still."""
    JOINED = "drill.joined"
    """Somebody took a role."""
    ACT = "drill.act"
    """The intruder tried something; `worked` is what the providers said."""
    LOST = "drill.lost"
    """The intruder noticed that something does not work any more."""
    SEAT = "drill.seat"
    """A seat of the intruder is new, or its state has changed."""
    BYSTANDER = "drill.bystander"
    """The state of what an innocent person holds has changed."""
    INJECT = "drill.inject"
    """People were told something."""
    SKIPPED = "drill.skipped"
    """The facilitator left an inject out."""
    HINT = "drill.hint"
    """Help was given, for points."""
    BROKEN = "drill.broken"
    """Something was broken on purpose, or works again."""
    DECLARED = "drill.declared"
    """Somebody declared an incident."""
    SAID_CONTAINED = "drill.said_contained"
    """Somebody says contained; whoever runs the drill tries every seat and records the claim."""
    CLAIMED = "drill.claimed"
    """Contained was claimed, by a run or a person; with the seats that were alive then."""
    DECIDED = "drill.decided"
    """A decision of the scenario was taken."""
    ANSWERED = "drill.answered"
    """A question about what happened was answered."""
    ASKED = "drill.asked"
    """Approval of something was asked for, in words; `about` is what it is spoken of by."""
    HEARD = "drill.heard"
    """Somebody heard an approver's yes or no. A voice is no signature, and is told apart."""
    POSTED = "drill.posted"
    """Something was told to an audience."""
    NOTED = "drill.noted"
    """Somebody noted something."""
    JUDGED = "drill.judged"
    """The facilitator said whether an expectation was met."""
    ENDED = "drill.ended"
    """The exercise is over, and why."""
    SCORED = "drill.scored"
    """The scorecard, with its baselines."""


KINDS: Final = frozenset(str(kind) for kind in Kind)

SECRET: Final = frozenset(
    map(str, (Kind.ACT, Kind.LOST, Kind.SEAT, Kind.BYSTANDER, Kind.BROKEN, Kind.CLAIMED))
)
"""What tells the intruder's side: the facilitator's while the drill is on."""


class Ending(StrEnum):
    """Why an exercise ended."""

    EVICTED = "evicted"
    """The intruder had nothing left and had not come back."""
    GOAL = "goal"
    """The intruder reached its goal."""
    CLOCK = "clock"
    """The time was up."""
    STOPPED = "stopped"
    """The facilitator ended it."""
    REAL = "real"
    """A real incident began."""
    DIED = "died"
    """The process that ran it died and nobody took it up again."""


BROKEN_OFF: Final = frozenset({Ending.STOPPED, Ending.REAL, Ending.DIED})
"""Ends that say nothing about the responders."""
