"""The provider's clock as irkit keeps it."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from irkit.providers.server_clock import ServerClock, parse_date

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


@given(
    skew=st.integers(-86_400_000, 86_400_000),
    waits=st.lists(st.integers(0, 5_000), min_size=1, max_size=10),
)
def test_the_clock_is_never_early_and_at_most_two_seconds_late(skew: int, waits: list[int]) -> None:
    """Whatever the skew, a cut-off covers every session that was issued before."""
    local = START
    clock = ServerClock(lambda: local)
    for wait in waits:
        local += timedelta(milliseconds=wait)
        true = local + timedelta(milliseconds=skew)
        clock.saw(true.replace(microsecond=0))
        assert true <= clock.now() <= true + timedelta(seconds=2)


def test_without_an_answer_it_is_this_machine_s() -> None:
    """Nothing is corrected before a provider has said the time."""
    clock = ServerClock(lambda: START)
    clock.saw(None)
    assert clock.now() == START


def test_only_dates_are_dates() -> None:
    """A header that is no date corrects nothing."""
    assert parse_date("Tue, 24 Nov 2026 03:00:00 GMT") == START
    assert parse_date("yesterday") is None
    assert parse_date("") is None
