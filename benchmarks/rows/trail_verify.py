"""Verifying a trail: at least 150,000 records a second with orjson, and the same verdict without.

The floor is what nothing can do without: reading the file and hashing each line and each node.
"""

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import ROOT, middle, say
from benchmarks.trails import draft, new_trail

_RECORDS = 100_000
_COMMIT = 64
_ROUNDS = 3
_TARGET = 150_000
_ONE = """
import json, resource, sys, time
if sys.argv[2] == "stdlib":
    sys.modules["orjson"] = None
from pathlib import Path
from irkit.trail.verify import verify
started = time.perf_counter()
verdict = verify(Path(sys.argv[1]), deep=sys.argv[2] == "deep")
seconds = time.perf_counter() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
found = [str(verdict.outcome), [f.code for f in verdict.findings]]
print(json.dumps({"seconds": seconds, "peak": peak, "found": found}))
"""


def _floor(journal: Path) -> float:
    """Return the seconds it takes to read the file and hash each line and each inner node."""
    node = bytes(65)
    started = time.perf_counter()
    with journal.open("rb") as file:
        for line in file:
            hashlib.sha256(line).digest()
            hashlib.sha256(node).digest()
    return time.perf_counter() - started


def _verified(trail: Path, how: str) -> dict[str, object]:
    ran = subprocess.run(
        [sys.executable, "-c", _ONE, str(trail), how],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, object] = json.loads(ran.stdout)
    return found


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, new_trail(Path(folder)) as journal:
        trail = Path(folder) / "trail"
        for start in range(0, _RECORDS, _COMMIT):
            journal.append(*(draft(start + offset) for offset in range(_COMMIT)))
        size = journal.head().size
        floors: list[float] = []
        rounds: dict[str, list[dict[str, object]]] = {"orjson": [], "stdlib": [], "deep": []}
        for _ in range(_ROUNDS):
            floors.append(_floor(trail / "journal.jsonl"))
            for how, found in rounds.items():
                found.append(_verified(trail, how))
    verdicts = {json.dumps(one["found"]) for found in rounds.values() for one in found}
    same = "verdicts identical" if len(verdicts) == 1 else f"VERDICTS DIFFER: {verdicts}"
    floor = middle(floors)
    for how, found in rounds.items():
        seconds = middle([float(str(one["seconds"])) for one in found])
        rate = size / seconds
        target = f"{rate / _TARGET:.2f} x target {_TARGET:,}" if how == "orjson" else "no target"
        say(
            f"trail verify, {how}",
            f"{rate:,.0f} records/s",
            f"{floor / seconds:.2f} x read and hash ({size / floor:,.0f}/s), {target}",
            max(int(str(one["peak"])) for one in found),
            same,
        )


if __name__ == "__main__":
    main()
