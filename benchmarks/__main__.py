"""`python -m benchmarks [NAME …]`: run all benchmarks or some, each in a process of its own."""

import subprocess
import sys
from typing import Final

from benchmarks.measure import ROOT

BENCHMARKS: Final = {
    "help": "irkit --help against a bare Typer hello-world",
    "lint": "irkit lint of 20 playbooks against the same",
    "cold-run": "a cold run to its first durable intent against the same",
    "trail-append": "appending against this machine's fdatasync rate",
    "trail-verify": "verifying a trail, in records a second",
    "sequential": "the engine's cost of one change after another against the fdatasync rate",
    "fan-out": "the engine's fan-out over 10,000 changes",
    "fan-out-100k": "the same over 100,000",
    "plan": "the plan of the demo playbook against the same calls by a straight script",
    "rate-limit": "a fan-out over 10,000 users under Okta's rate limit (some minutes)",
    "killed": "the same with its writes, killed halfway and resumed (a quarter of an hour)",
    "sweep": "an inventory sweep over 50 accounts and 20 regions, and one that is killed",
}


def main(names: list[str]) -> int:
    """Run the benchmarks called `names`, or all of them."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"there is no benchmark {', '.join(unknown)}; there are:")
        for name, about in BENCHMARKS.items():
            print(f"  {name:14} {about}")
        return 64
    worst = 0
    for name in names or BENCHMARKS:
        module = f"benchmarks.rows.{name.replace('-', '_')}"
        ran = subprocess.run([sys.executable, "-m", module], cwd=ROOT, check=False)
        worst = max(worst, ran.returncode)
    return worst


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
