"""A fan-out over many users under Okta's rate limit: at least 95 % of what the limit allows.

`python -m benchmarks.rows.rate_limit [USERS [LIMIT]]`: plan a change for each user of the generated
company, which is one call each, with the org's own limit of calls a minute. The limit allows LIMIT
calls in each window; what it allows is those, and then the time the last window's calls take by
themselves, measured on the first one. With 10,000 users and the usual 2,000 it takes four minutes.
"""

import re
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from benchmarks.measure import ROOT, own_peak, say
from irkit.canonical import Json, JsonObject
from irkit.engine.assembly import connected, context
from irkit.engine.memory import MemoryJournal
from irkit.engine.runner import Runner
from irkit.engine.walk import Book
from irkit.lang import decode
from irkit.trail.record import Draft
from irkit.world.okta.limits import Bucket

sys.path.insert(0, str(ROOT / "tests"))
from lab import Lab, laboratory  # the tests' own world and workspace

_WINDOW = 60.0
_MEMORY = 250
_TEXT = """\
irkit: 1
playbook: everybody
title: Everybody
version: 1.0.0
about: Plan to suspend every user.
inputs:
  users: {type: list of okta.user, ask: "Whom to look at"}
steps:
  - do: okta.user.suspend
    for_each: {user: inputs.users}
    concurrency: 32
    with: {user: "{{ user }}"}
"""
_CALL = "GET /api/v1/users/{id}"


async def _look(lab: Lab, users: list[str]) -> None:
    """Plan to suspend every user."""
    session = lab.session
    playbook = decode.playbook(_TEXT, "everybody.yaml").playbook
    assert playbook is not None
    book = Book(main=playbook)
    journal = MemoryJournal(clock=session.clock)
    actor = session.actor
    opened: JsonObject = {"mode": "drill", "requester": actor.id, "title": "Everybody"}
    journal.append(Draft(type="run.opened", run="R", actor=actor, body=opened))
    inputs: JsonObject = {"inputs": {"users": list[Json](users)}, "labels": {}}
    journal.append(Draft(type="targets.resolved", run="R", actor=actor, body=inputs))
    async with connected(session, book, lab.around(), run_id="", dry=True) as (connections, _):
        around = lab.around(seats=False)
        surroundings = context(
            session, book, around, connections, run_id="R", journal=journal, consent=None
        )
        driven = await Runner(surroundings).drive()
    plan = driven.run.plan
    assert plan is not None
    made = sum(1 for _ in plan.changes) + len(driven.run.failed_steps)
    assert made == len(users), f"{made} of {len(users)} were planned"


def lift_cap(lab: Lab) -> None:
    """Let the workspace reach everybody: here the cap on targets is in the way."""
    file = lab.root / "irkit.yaml"
    file.write_text(re.sub(r"okta\.user: \d+", "okta.user: 1000000", file.read_text()))


def main(count: int, limit: int) -> None:
    """Measure and print."""
    with (
        TemporaryDirectory() as folder,
        laboratory(Path(folder), intruder=False, fixture="generated", users=count) as lab,
    ):
        lab.world.okta_server.world.limits.buckets = (Bucket(pattern=_CALL, limit=limit),)
        lift_cap(lab)
        users = [user.id for user in lab.world.okta.tables.users.values()][:count]
        before, base = len(lab.world.calls.all()), own_peak()
        started = time.time()
        anyio.run(_look, lab, users)
        seconds = time.time() - started
        calls = lab.world.calls.since(before)
    moments = sorted(call.at for call in calls if call.operation == _CALL and call.status < 400)
    refused = sum(call.status == 429 for call in calls)
    burst = min(limit, len(moments)) - 1
    pace = (moments[burst] - started) / (burst + 1)
    full = (len(moments) - 1) // limit
    allowed = full * _WINDOW + (len(moments) - full * limit) * pace
    say(
        f"fan-out of {len(users):,} users under a limit of {limit:,} a minute",
        f"{seconds:.0f} s for {len(calls):,} calls, {refused} refused",
        f"{100 * allowed / seconds:.1f} % of what the limit allows ({allowed:.0f} s), "
        "target >= 95 %",
        own_peak(),
        f"target <= {_MEMORY} MB, of which {base} MB before it with the world in the same process",
    )


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [10_000, 2_000][len(given) :]))
