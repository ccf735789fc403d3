"""A fan-out over many users under Okta's rate limit, killed in the middle and resumed.

`python -m benchmarks.rows.killed [USERS [LIMIT]]`: suspend each user of the generated company under
the org's limit of reads of a user a minute. A user is read three times: for the plan, before the
write and after it. What the limit allows is LIMIT calls in each window for all these reads, and the
time of the last window's calls. The process that acts is killed when half of the users are
suspended, and another one goes on; what that costs is in the calls made again and in the ratio.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import KILLED, ROOT, act, own_peak, say
from benchmarks.rows.rate_limit import lift_cap
from irkit.actions.load import catalogue
from irkit.engine.books import checked
from irkit.engine.walk import Book
from irkit.world.okta.limits import Bucket

sys.path.insert(0, str(ROOT / "tests"))
from lab import laboratory  # the tests' own world and workspace

_WINDOW = 60.0
_READS = 3
_READ = "GET /api/v1/users/{id}"
_WRITE = "POST /api/v1/users/{id}/lifecycle/suspend"
_TEXT = """\
irkit: 1
playbook: everybody
title: Everybody
version: 1.0.0
about: Suspend every user.
inputs:
  users: {type: list of okta.user, ask: "Whom to suspend"}
guards:
  limit: {okta.user: 1000000}
steps:
  - phase: Out
    steps:
      - do: okta.user.suspend
        for_each: {user: inputs.users}
        concurrency: 64
        with: {user: "{{ user }}"}
"""


def main(count: int, limit: int) -> None:
    """Measure and print."""
    with (
        TemporaryDirectory() as folder,
        laboratory(Path(folder), intruder=False, fixture="generated", users=count) as lab,
    ):
        lab.world.okta_server.world.limits.buckets = (Bucket(pattern=_READ, limit=limit),)
        lift_cap(lab)
        lab.reseal()
        book = Book(main=checked(_TEXT.encode(), "everybody.yaml", catalogue()))
        users = list(lab.world.okta.tables.users)[5 : count + 5]
        run_id = lab.start(book, users=",".join(users))
        worker = ("-m", "benchmarks.worker", str(lab.root), run_id)
        began, before = time.time(), len(lab.world.calls.all())
        planned = act(*worker)
        lab.approve(run_id)
        first = act(*worker, "step.verified", str(len(users) // 2), ends=KILLED)
        killed_at = time.time()
        last = act(*worker)
        seconds = time.time() - began
        calls = lab.world.calls.since(before)
        run = lab.run_of(run_id)
    assert run.outcome == "completed", run.outcome
    reads = sorted(call.at for call in calls if call.operation == _READ and call.status < 400)
    writes = [call for call in calls if call.operation == _WRITE]
    back = next(at for at in reads if at > killed_at) - killed_at
    pace = (reads[limit - 1] - began) / limit if len(reads) > limit else seconds / len(reads)
    full = (_READS * len(users) - 1) // limit
    allowed = full * _WINDOW + (_READS * len(users) - full * limit) * pace
    say(
        f"{len(users):,} users suspended under a limit of {limit:,} reads a minute, killed halfway",
        f"{seconds:.0f} s, {len(writes) - len(users)} writes and "
        f"{len(reads) - _READS * len(users)} reads beyond three a user, "
        f"{sum(call.status == 429 for call in calls)} calls refused, "
        f"{back:.1f} s from the kill to the next answer",
        f"{100 * allowed / seconds:.1f} % of what the limit allows ({allowed:.0f} s)",
        max(part.megabytes for part in (planned, first, last)),
        f"the world beside it {own_peak()} MB",
    )


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [10_000, 2_000][len(given) :]))
