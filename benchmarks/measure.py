"""Measuring: contenders take turns, so that what disturbs the machine disturbs all of them."""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
_KILO: Final = 1024
_LOOK_EVERY: Final = 0.05
ENDED: Final = (0, 3)
KILLED: Final = (-9,)
"""How a process may end: by itself, or by a kill that it was asked for."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One finished process: how long it took and how much memory it had at most."""

    seconds: float
    megabytes: int


def spawn(*arguments: str, cwd: Path | None = None) -> Ran:
    """Run this interpreter with `arguments` to its end, and measure it from outside."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=cwd or ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in ENDED:
        raise RuntimeError(f"{arguments}: {errors.decode()}")
    return Ran(seconds, usage.ru_maxrss // _KILO)


def act(*arguments: str, ends: tuple[int, ...] = ENDED) -> Ran:
    """Run this interpreter with `arguments` from a process that holds a world, and measure it.

    To a child's highest memory the kernel counts that of the process which started it; here that
    is the world's. So the child's own is asked for while it runs.
    """
    started = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors
        )
        peak = 0
        while process.poll() is None:
            peak = max(peak, _peak_of(process.pid))
            time.sleep(_LOOK_EVERY)
        seconds = time.perf_counter() - started
        if process.returncode not in ends:
            errors.seek(0)
            raise RuntimeError(f"{arguments}: {errors.read().decode()}")
    return Ran(seconds, peak)


def _peak_of(pid: int) -> int:
    """Return the highest memory of a running process in MB; 0 where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) // _KILO for line in lines if line.startswith("VmHWM")), 0)


def in_turns(
    rounds: int, contenders: Mapping[str, Callable[[], float]]
) -> Mapping[str, Sequence[float]]:
    """Measure every contender once a round; each returns seconds or a rate."""
    found: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, measure in contenders.items():
            found[name].append(measure())
    return found


def middle(values: Sequence[float]) -> float:
    """Return the median."""
    return statistics.median(values)


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def own_peak() -> int:
    """Return this process's highest memory so far in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // _KILO


def say(name: str, figure: str, ratio: str, megabytes: int, *notes: str) -> None:
    """Print one line of results."""
    print(", ".join((f"{name}: {figure}", ratio, f"{megabytes} MB", *notes)), flush=True)


def against(value: float, target: float) -> str:
    """Say how a ratio compares with its target."""
    return f"{value:.2f} x target {target:,.10g}"
