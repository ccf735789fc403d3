"""How one level of one playbook stands: a pure rule over its proofs, its policy and the time.

Age is counted from the last attempt that passed with everything as it is now; whatever changed
since makes a proof one of something else. An attempt that failed, or could not tell, takes back
what passed before it. One that somebody has still to decide about proves nothing yet, and takes
nothing back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from irkit.proving.policy import Rule
from irkit.proving.proof import Outcome, Recorded
from irkit.proving.subject import Subject

LOOK_BACK: Final = timedelta(days=30)
"""How far back missed windows are counted."""


class State(StrEnum):
    """Whether it is proven, and if not, why not."""

    PROVEN = "proven"
    OVERDUE = "overdue"
    STALE = "stale"
    FAILED = "failed"
    AWAITING = "awaiting"
    """It passed, and somebody has still to say what they saw of it."""
    NEVER = "never"
    UNASKED = "unasked"
    """Never tried, and no policy asks for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a level stands. `passed` is the last attempt that passed, `last` the last of any outcome.

    `changed` names what is another one now than in `passed`. `due` is when the policy wants it
    tried next, None where it does not. `missed` counts the windows of `every` in which nobody tried
    it, over the last thirty days, by the policy as it is now. `pending` is until when somebody may
    still say what decides the last attempt.
    """

    state: State
    passed: Recorded | None = None
    last: Recorded | None = None
    changed: tuple[str, ...] = ()
    overdue_by: timedelta | None = None
    due: datetime | None = None
    missed: int = 0
    asked: bool = False
    pending: datetime | None = None

    @property
    def wanting(self) -> bool:
        """Say whether a policy asks for this level and does not have it."""
        return self.asked and self.state is not State.PROVEN


def standing(
    attempts: Sequence[Recorded], subject: Subject | None, rule: Rule | None, now: datetime
) -> Standing:
    """Judge the attempts at one level (the oldest first); without a subject nothing holds now."""
    latest, tried = _last(attempts), _same(attempts, subject)
    decided = [one for one in attempts if one.pending is None]
    last, same = _last(decided), _same(decided, subject)
    holds = same is not None and same.proof.outcome is Outcome.PASSED
    passed = same if holds else _last(o for o in decided if o.proof.outcome is Outcome.PASSED)
    overdue_by = _overdue_by(passed, rule, now)
    state = _state(last, passed, same, overdue_by, asked=rule is not None)
    pending = None if latest is None else latest.pending
    if pending is not None and latest is tried and state is not State.PROVEN:
        state = State.AWAITING
    return Standing(
        state=state,
        passed=passed,
        last=latest,
        changed=() if holds or passed is None else _changed(subject, passed.proof.subject),
        overdue_by=overdue_by,
        due=None if rule is None else _due(latest, tried, rule, now),
        missed=_missed([one.at for one in attempts], rule, now),
        asked=rule is not None,
        pending=pending,
    )


def _same(attempts: Iterable[Recorded], subject: Subject | None) -> Recorded | None:
    return _last(one for one in attempts if one.proof.subject == subject)


def _last(attempts: Iterable[Recorded]) -> Recorded | None:
    return max(attempts, key=lambda one: one.n, default=None)


def _changed(subject: Subject | None, then: Subject) -> tuple[str, ...]:
    return ("playbook",) if subject is None else subject.changed_since(then)


def _state(
    last: Recorded | None,
    passed: Recorded | None,
    same: Recorded | None,
    overdue_by: timedelta | None,
    *,
    asked: bool,
) -> State:
    if last is None:
        return State.NEVER if asked else State.UNASKED
    if same is None:
        return State.STALE if passed is not None else State.FAILED
    if same.proof.outcome is not Outcome.PASSED:
        return State.FAILED
    return State.PROVEN if overdue_by is None else State.OVERDUE


def _overdue_by(passed: Recorded | None, rule: Rule | None, now: datetime) -> timedelta | None:
    if passed is None or rule is None or rule.max_age is None:
        return None
    late = now - passed.at - rule.max_age
    return late if late > timedelta() else None


def _due(
    last: Recorded | None, same: Recorded | None, rule: Rule, now: datetime
) -> datetime | None:
    if last is None or (same is None and rule.on_change):
        return now
    return last.at + rule.every if rule.every is not None else None


def _missed(tried: Sequence[datetime], rule: Rule | None, now: datetime) -> int:
    """Count whole windows between attempts in which there was none."""
    if rule is None or rule.every is None or not tried:
        return 0
    since = max(tried[0], now - LOOK_BACK)
    moments = [since, *(moment for moment in tried if moment > since), now]
    return sum(max((late - early) // rule.every - 1, 0) for early, late in pairwise(moments))
