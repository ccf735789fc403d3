"""Appending to a trail against the fdatasync rate: 0.5 with one writer, 2 with group commit."""

import time
from concurrent.futures import ThreadPoolExecutor

from benchmarks.measure import in_turns, middle, own_peak, say
from benchmarks.trails import draft, fdatasync_rate, new_trail
from irkit.trail.journal import Journal

_ROUNDS = 5
_SECONDS = 1.0
_WRITERS = 64
_BATCH = 256


def one_writer() -> float:
    """Return the records a second of one caller that waits for each."""
    with new_trail() as journal:
        done, started = 0, time.perf_counter()
        while (passed := time.perf_counter() - started) < _SECONDS:
            journal.append(draft(done))
            done += 1
    return done / passed


def group_commit() -> float:
    """Return the records a second of many callers that each wait for their own."""
    with new_trail() as journal, ThreadPoolExecutor(_WRITERS) as pool:
        started = time.perf_counter()
        counts = list(pool.map(lambda _: _until(journal, started), range(_WRITERS)))
        passed = time.perf_counter() - started
    return sum(counts) / passed


def batches() -> float:
    """Return the records a second of one caller that hands over 256 at a time."""
    with new_trail() as journal:
        done, started = 0, time.perf_counter()
        while (passed := time.perf_counter() - started) < _SECONDS:
            journal.append(*(draft(done + offset) for offset in range(_BATCH)))
            done += _BATCH
    return done / passed


def _until(journal: Journal, started: float) -> int:
    done = 0
    while time.perf_counter() - started < _SECONDS:
        journal.append(draft(done))
        done += 1
    return done


def main() -> None:
    """Measure and print."""
    found = in_turns(
        _ROUNDS,
        {
            "floor": lambda: fdatasync_rate(_SECONDS),
            "one": one_writer,
            "group": group_commit,
            "batch": batches,
        },
    )
    floor = middle(found["floor"])
    for name, key, target in (
        ("one writer", "one", "0.5"),
        (f"{_WRITERS} writers, group commit", "group", "2"),
        (f"one writer, {_BATCH} at a time", "batch", "none"),
    ):
        value = middle(found[key])
        say(
            f"trail append, {name}",
            f"{value:,.0f} records/s",
            f"{value / floor:.2f} x fdatasync ({floor:,.0f}/s), target >= {target}",
            own_peak(),
        )


if __name__ == "__main__":
    main()
