"""A fan-out over many users under Okta's rate limit: at least 95 % of what the limit allows.

`python -m benchmarks.rows.rate_limit [USERS [LIMIT]]`: one read for each user of the generated
company, with the org's own limit of calls a minute. The limit allows a burst of LIMIT calls at the
beginning of each window; what it allows is that, and then the time the last window's calls take by
themselves, measured on the first one. With 10,000 users and the usual 2,000 it takes four minutes.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from benchmarks.measure import ROOT, own_peak, say
from irkit.actions.load import catalogue
from irkit.canonical import Json, JsonObject
from irkit.engine.assembly import connected, context
from irkit.engine.books import checked
from irkit.engine.memory import MemoryJournal
from irkit.engine.runner import Runner
from irkit.engine.walk import Book
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
about: Look at every user.
inputs:
  users: {type: list of okta.user, ask: "Whom to look at"}
steps:
  - read: okta.user.get
    for_each: {user: inputs.users}
    concurrency: 32
    with: {user: "{{ user }}"}
    as: found
  - require: found | length > 0
    say: "Nobody was found"
"""


async def _look(lab: Lab, users: list[str]) -> list[float]:
    """Read every user, and return the moments at which the answers were recorded."""
    session = lab.session
    book = Book(main=checked(_TEXT.encode(), "everybody.yaml", catalogue()))
    journal = MemoryJournal(clock=session.clock)
    actor = session.actor
    opened: JsonObject = {"mode": "drill", "requester": actor.id, "title": "Everybody"}
    journal.append(Draft(type="run.opened", run="R", actor=actor, body=opened))
    inputs: JsonObject = {"inputs": {"users": list[Json](users)}, "labels": {}}
    journal.append(Draft(type="targets.resolved", run="R", actor=actor, body=inputs))
    async with connected(session, book, lab.around(), run_id="", dry=True) as (connections, _):
        around = lab.around(seats=False)
        made = context(
            session, book, around, connections, run_id="R", journal=journal, consent=None
        )
        driven = await Runner(made).drive()
    facts = driven.run.reads.values()
    assert len(facts) == len(users), f"{len(facts)} of {len(users)} were read"
    assert not any(fact.error for fact in facts), "a read failed"
    return [fact.observed_at.timestamp() for fact in facts]


def main(count: int, limit: int) -> None:
    """Measure and print."""
    with (
        TemporaryDirectory() as folder,
        laboratory(Path(folder), intruder=False, fixture="generated", users=count) as lab,
    ):
        pattern = "GET /api/v1/users/{id}"
        lab.world.okta_server.world.limits.buckets = (Bucket(pattern=pattern, limit=limit),)
        users = [user.id for user in lab.world.okta.tables.users.values()][:count]
        before, base = len(lab.world.calls.all()), own_peak()
        started = time.time()
        moments = sorted(anyio.run(_look, lab, users))
        seconds = moments[-1] - started
        calls = len(lab.world.calls.all()) - before
    burst = min(limit, len(users)) - 1
    pace = (moments[burst] - started) / (burst + 1)
    full = (len(users) - 1) // limit
    allowed = full * _WINDOW + (len(users) - full * limit) * pace
    say(
        f"fan-out of {len(users):,} users under a limit of {limit:,} a minute",
        f"{seconds:.0f} s for {calls:,} calls",
        f"{100 * allowed / seconds:.1f} % of what the limit allows ({allowed:.0f} s), "
        "target >= 95 %",
        own_peak(),
        f"target <= {_MEMORY} MB, of which {base} MB before it with the world in the same process",
    )


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]]
    main(*(given + [10_000, 2_000][len(given) :]))
