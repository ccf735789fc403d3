"""Killed at every record and after every write, and resumed: same end, nothing done twice."""

import multiprocessing
import os
from collections import Counter
from collections.abc import Iterator
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest
from crash_victim import act
from lab import Lab, laboratory

from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify
from irkit.world.calls import Call

KAI = "kai.contractor@acme.example"
MOST_DEATHS = 120


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """A server that forks processes in which everything is imported."""
    here = Path(__file__).parent
    os.environ["PYTHONPATH"] = os.pathsep.join([str(here), str(here.parent)])
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["crash_victim"])
    return made


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world in which the intruder is alive, and a sealed workspace."""
    with laboratory(tmp_path) as made:
        yield made


def survive(lab: Lab, run_id: str, point: str, processes: ForkServerContext) -> int:
    """Let one process after the other act and die until the run is closed; count the deaths."""
    deaths = 0
    while not lab.run_of(run_id).closed:
        process = processes.Process(target=act, args=(str(lab.root), run_id, point))
        process.start()
        process.join(60)
        assert process.exitcode is not None, "it hangs"
        if process.exitcode < 0:
            deaths += 1
            assert deaths < MOST_DEATHS
            continue
        assert process.exitcode == 0
        tend(lab, run_id)
    return deaths


def tend(lab: Lab, run_id: str) -> None:
    """Do what people do: approve what waits, answer what was asked."""
    run = lab.run_of(run_id)
    if not run.closed and any(part.signable for part in run.parts.values()):
        lab.approve(run_id)
    for path in run.asked:
        if path not in run.answers:
            lab.answer(run_id, path, theirs=False)


def effects(lab: Lab, since: int) -> Counter[str]:
    """Count the writes that the providers carried out, by operation and target."""
    calls: tuple[Call, ...] = lab.world.calls.all()[since:]
    return Counter(
        f"{call.operation} {call.target}" for call in calls if call.write and call.status < 300
    )


def what_is_wrong(lab: Lab, run_id: str) -> list[str]:
    """Say what keeps a run from being contained, for whoever reads why this failed."""
    run = lab.run_of(run_id)
    stages = [f"{id_}: {state.stage}" for id_, state in run.changes.items() if not state.stage.good]
    journal = (lab.root / ".irkit/trail/journal.jsonl").read_text().splitlines()
    records = [
        line for line in journal if run_id in line and ('"why"' in line or '"error"' in line)
    ]
    return [*stages, *records]


REPEATABLE = ("DELETE /api/v1/users/{userId}/sessions", "DELETE /api/v1/users/{id}/sessions")
"""Ending sessions again ends nothing more, and Okta has no list of sessions to look at."""


@pytest.mark.parametrize("point", ["record", "sent"])
@pytest.mark.timeout(400)
def test_a_run_survives_being_killed_everywhere(
    lab: Lab, tmp_path: Path, processes: ForkServerContext, point: str
) -> None:
    """One process after the other dies; the run ends as if nobody had died."""
    book = lab.book("okta-user-federated-to-aws")
    since = len(lab.world.calls.all())
    run_id = lab.start(book, user=KAI)
    deaths = survive(lab, run_id, point, processes)
    assert deaths >= (30 if point == "record" else 5)
    run = lab.run_of(run_id)
    assert run.outcome == "contained", what_is_wrong(lab, run_id)
    assert all(state.stage.good for state in run.changes.values())
    assert {str(seat.probe()) for seat in lab.world.seats} == {"dead"}
    twice = {
        what: count
        for what, count in effects(lab, since).items()
        if count > 1 and not what.startswith(REPEATABLE) and "AssumeRole" not in what
    }
    assert twice == {}
    verdict = verify(lab.session.workspace.trail_directory, deep=True)
    assert verdict.outcome is not Outcome.TAMPERED
