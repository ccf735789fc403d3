"""A fan-out over many users at a provider that does nothing: the engine's own cost."""

import time

import anyio

from benchmarks.measure import own_peak, say
from benchmarks.noop import Fixture
from benchmarks.trails import new_trail
from irkit.engine.runner import Driven, Runner

_CONCURRENCY = 64


def fan_out(changes: int) -> tuple[float, Driven]:
    """Return the changes a second, and how the run ended."""
    with new_trail() as journal:
        fixture = Fixture(journal, changes, concurrency=_CONCURRENCY)
        started = time.perf_counter()
        driven = anyio.run(Runner(fixture.context).drive)
        passed = time.perf_counter() - started
    return changes / passed, driven


def report(changes: int, *, rate: int, megabytes: int) -> None:
    """Measure one fan-out and print it against its targets; 0 is none."""
    base = own_peak()
    measured, driven = fan_out(changes)
    assert driven.run.outcome == "completed", driven.run.outcome
    peak = own_peak()
    targets = [f"{measured / rate:.2f} x target {rate:,}"] if rate else []
    if megabytes:
        targets.append(f"memory {peak / megabytes:.2f} x target {megabytes} MB")
    say(
        f"engine fan-out {changes:,}",
        f"{measured:,.0f} changes/s",
        ", ".join(targets),
        peak,
        f"{base} MB before it",
    )
