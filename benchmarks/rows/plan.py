"""The plan of the demo playbook: at most 1.3 times the same calls made by a straight script.

Both look into the same simulated world, in turns. CloudTrail's lookups are paced at two a second
and account and region on both sides, as AWS has it.
"""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import anyio

from benchmarks.measure import ROOT, in_turns, middle, own_peak, say
from benchmarks.recorded import Recording, Tape
from irkit.engine.assembly import connected, context, open_and_prepare
from irkit.engine.memory import MemoryJournal
from irkit.engine.opening import Opening
from irkit.engine.runner import Runner

sys.path.insert(0, str(ROOT / "tests"))
from lab import Lab, laboratory  # the tests' own world and workspace
from lab_people import REQUESTER

_ROUNDS = 5
_TARGET = 1.3
_PLAYBOOK = "okta-user-federated-to-aws"
_SUSPECT = "kai.contractor@acme.example"


async def _plan(lab: Lab, tape: Tape | None) -> float:
    session, book = lab.session, lab.book(_PLAYBOOK)
    journal = MemoryJournal(clock=session.clock)
    started = time.perf_counter()
    async with connected(session, book, lab.around(), run_id="", dry=True) as (opened, _):
        connections = cast("Any", Recording(opened, tape)) if tape is not None else opened
        opening = Opening(book=book, given={"user": _SUSPECT}, mode="drill", requester=REQUESTER)
        run_id = await open_and_prepare(
            session, opening, connections, journal=journal, blobs=journal.blobs
        )
        made = context(
            session, book, lab.around(), connections, run_id=run_id, journal=journal, consent=None
        )
        driven = await Runner(made).drive()
    assert driven.run.plan is not None
    assert any(True for _ in driven.run.plan.changes)
    return time.perf_counter() - started


async def _script(lab: Lab, tape: Tape) -> float:
    session, book = lab.session, lab.book(_PLAYBOOK)
    started = time.perf_counter()
    async with connected(session, book, lab.around(), run_id="", dry=True) as (connections, _):
        await tape.play(connections.readers(None, ("okta", "aws")))
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    with TemporaryDirectory() as folder, laboratory(Path(folder)) as lab:
        tape = Tape()
        anyio.run(_plan, lab, tape)
        found = in_turns(
            _ROUNDS,
            {
                "script": lambda: anyio.run(_script, lab, tape),
                "plan": lambda: anyio.run(_plan, lab, None),
            },
        )
    floor, value = middle(found["script"]), middle(found["plan"])
    say(
        "plan of the demo playbook",
        f"{value:.2f} s",
        f"{value / floor:.2f} x a straight script ({floor:.2f} s), target <= {_TARGET}",
        own_peak(),
        f"{len(tape.calls)} calls, the world in the same process",
    )


if __name__ == "__main__":
    main()
