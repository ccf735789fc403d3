"""The engine's cost of one change after another: at least 0.25 of the fdatasync rate.

Each change is probed, guarded, intended, sent, recorded and verified; the provider does nothing.
"""

import time

import anyio

from benchmarks.measure import in_turns, middle, own_peak, say
from benchmarks.noop import Fixture
from benchmarks.trails import fdatasync_rate, new_trail
from irkit.engine.runner import Runner

_CHANGES = 500
_ROUNDS = 5
_TARGET = 0.25


def one_after_another() -> float:
    """Return the changes a second of a run that makes one at a time."""
    with new_trail() as journal:
        fixture = Fixture(journal, _CHANGES, concurrency=1)
        started = time.perf_counter()
        driven = anyio.run(Runner(fixture.context).drive)
        passed = time.perf_counter() - started
    assert driven.run.outcome == "completed", driven.run.outcome
    return _CHANGES / passed


def main() -> None:
    """Measure and print."""
    found = in_turns(_ROUNDS, {"floor": lambda: fdatasync_rate(1.0), "engine": one_after_another})
    floor, value = middle(found["floor"]), middle(found["engine"])
    say(
        "engine sequential",
        f"{value:,.0f} changes/s ({1000 / value:.2f} ms each)",
        f"{value / floor:.2f} x fdatasync ({floor:,.0f}/s), target >= {_TARGET}",
        own_peak(),
    )


if __name__ == "__main__":
    main()
