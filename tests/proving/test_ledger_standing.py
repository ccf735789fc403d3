"""How a level stands: what counts as proven, what takes it back, and when it is due again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from irkit.proving.canary.history import Flown
from irkit.proving.ledger.reading import heard
from irkit.proving.ledger.standing import Standing, State, standing
from irkit.proving.policy import Rule
from irkit.proving.proof import Level, Outcome, Proof, Recorded
from irkit.proving.subject import Subject

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOW_IS = Subject(playbook="p", actions={"okta.user.get": "a"}, irkit="i", environment="e")
BEFORE = replace(NOW_IS, playbook="old")
RULE = Rule(every=6 * HOUR, max_age=24 * HOUR)


def tried(
    *when: tuple[float, Outcome] | tuple[float, Outcome, Subject],
) -> tuple[Recorded, ...]:
    """Return attempts, each some hours ago; the oldest is given first."""
    return tuple(
        Recorded(
            n=n,
            at=NOW - hours * HOUR,
            by="alice",
            proof=Proof(
                playbook="x",
                level=Level.PREFLIGHT,
                outcome=outcome,
                subject=more[0] if more else NOW_IS,
                where="live acme",
                took=timedelta(),
            ),
        )
        for n, (hours, outcome, *more) in enumerate(when)
    )


def judged(attempts: Sequence[Recorded], rule: Rule | None = RULE) -> Standing:
    """Judge attempts as everything is now."""
    return standing(attempts, NOW_IS, rule, NOW)


PASSED, FAILED, UNKNOWN = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("attempts", "state"),
    [
        (tried(), State.NEVER),
        (tried((2, PASSED)), State.PROVEN),
        (tried((24, PASSED)), State.PROVEN),
        (tried((25, PASSED)), State.OVERDUE),
        (tried((2, FAILED)), State.FAILED),
        (tried((2, UNKNOWN)), State.FAILED),
        (tried((3, PASSED), (2, FAILED)), State.FAILED),
        (tried((3, PASSED), (2, UNKNOWN)), State.FAILED),
        (tried((3, FAILED), (2, PASSED)), State.PROVEN),
        (tried((2, PASSED, BEFORE)), State.STALE),
        (tried((2, FAILED, BEFORE)), State.FAILED),
        (tried((30, PASSED, BEFORE)), State.STALE),
        (tried((3, PASSED), (2, FAILED, BEFORE)), State.PROVEN),
        (tried((3, PASSED, BEFORE), (2, FAILED)), State.FAILED),
    ],
)
def test_a_level_stands_by_its_last_attempt_as_everything_is_now(
    attempts: tuple[Recorded, ...], state: State
) -> None:
    """Only a pass of what is there now counts, unless a later attempt takes it back."""
    assert judged(attempts).state is state


def test_nothing_is_wanted_where_no_policy_asks() -> None:
    """Without a rule a level is shown as it is and is not held against anybody."""
    assert judged(tried(), None).state is State.UNASKED
    assert not judged(tried((9_999, FAILED)), None).wanting
    assert judged(tried((2, FAILED))).wanting


def test_a_playbook_that_cannot_be_loaded_proves_nothing() -> None:
    """A proof of a playbook that is no longer readable is stale."""
    found = standing(tried((2, PASSED)), None, RULE, NOW)
    assert (found.state, found.changed) == (State.STALE, ("playbook",))


def test_a_stale_proof_says_what_changed_and_keeps_its_age() -> None:
    """The last proof that passed is shown with what is another one now."""
    found = judged(tried((30, PASSED, BEFORE)))
    assert found.changed == ("playbook",)
    assert found.overdue_by == 6 * HOUR
    assert found.passed is not None
    assert found.passed.at == NOW - 30 * HOUR


def test_a_proof_of_the_same_thing_counts_though_another_passed_since() -> None:
    """What was changed and changed back is proven by the attempt before the change."""
    found = judged(tried((5, PASSED), (2, PASSED, BEFORE)))
    assert found.state is State.PROVEN
    assert found.passed is not None
    assert found.passed.at == NOW - 5 * HOUR


@pytest.mark.parametrize(
    ("attempts", "rule", "due"),
    [
        (tried(), RULE, 0),
        (tried((2, PASSED)), RULE, 4),
        (tried((2, FAILED)), RULE, 4),
        (tried((2, PASSED, BEFORE)), RULE, 0),
        (tried((2, PASSED, BEFORE)), replace(RULE, on_change=False), 4),
        (tried((2, FAILED, BEFORE)), RULE, 0),
        (tried((2, PASSED)), Rule(), None),
        (tried((2, FAILED)), Rule(), None),
        (tried((2, PASSED, BEFORE)), Rule(), 0),
        (tried((2, PASSED)), None, None),
    ],
)
def test_it_is_due_when_the_policy_says(
    attempts: tuple[Recorded, ...], rule: Rule | None, due: int | None
) -> None:
    """Never tried is due now, a change is due now if the policy minds it, else after `every`."""
    assert judged(attempts, rule).due == (None if due is None else NOW + due * HOUR)


@pytest.mark.parametrize(
    ("hours", "missed"),
    [((), 0), ((5,), 0), ((11,), 0), ((12,), 1), ((25,), 3), ((25, 1), 3), ((20, 13, 7, 1), 0)],
)
def test_windows_in_which_nobody_tried_are_counted(hours: tuple[int, ...], missed: int) -> None:
    """A whole window without an attempt is missed, and stays visible after one came."""
    assert judged(tried(*((hour, PASSED) for hour in hours))).missed == missed


def test_what_was_missed_long_ago_is_forgotten() -> None:
    """Missed windows are counted over thirty days."""
    days = 24
    found = judged(tried((90 * days, PASSED), (40 * days, PASSED)))
    assert found.missed == 30 * 4 - 1


def awaited(attempts: Sequence[Recorded], until: datetime = NOW + HOUR) -> tuple[Recorded, ...]:
    """Return attempts of which the last has still to be seen by somebody."""
    *before, last = attempts
    return (*before, replace(last, pending=until))


@pytest.mark.parametrize(
    ("attempts", "state"),
    [
        (awaited(tried((2, PASSED))), State.AWAITING),
        (awaited(tried((3, PASSED), (2, PASSED))), State.PROVEN),
        (awaited(tried((3, FAILED), (2, PASSED))), State.AWAITING),
        (awaited(tried((30, PASSED), (2, PASSED))), State.AWAITING),
        (awaited(tried((3, PASSED, BEFORE), (2, PASSED))), State.AWAITING),
        (awaited(tried((3, PASSED), (2, PASSED, BEFORE))), State.PROVEN),
    ],
)
def test_what_somebody_has_still_to_see_proves_nothing_and_takes_nothing_back(
    attempts: Sequence[Recorded], state: State
) -> None:
    """A pass that is not decided leaves what was proven before, and is no proof itself."""
    found = judged(attempts)
    assert found.state is state
    assert found.wanting == (state is State.AWAITING)
    assert found.due == NOW - 2 * HOUR + RULE.every if RULE.every else None


def test_a_silent_soc_fails_the_canary_once_its_time_is_over() -> None:
    """Until then it is waited for; a word in time decides it, a word too late does not."""
    (one,) = tried((2, PASSED))
    flight = Flown(id="01", playbook="x", user="u", at=NOW, seen_by=NOW + HOUR)
    assert heard(one, None, NOW) == one
    assert heard(one, replace(flight, seen_by=None), NOW + 9 * HOUR) == one
    assert heard(one, flight, NOW).pending == NOW + HOUR
    assert heard(one, replace(flight, seen=NOW + HOUR / 2), NOW + 9 * HOUR) == one
    for silent in (flight, replace(flight, seen=NOW + 2 * HOUR)):
        failed = heard(one, silent, NOW + 3 * HOUR)
        assert (failed.proof.outcome, failed.pending) == (FAILED, None)
        assert "the SOC did not say by" in failed.proof.problems[-1]
