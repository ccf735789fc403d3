"""The sweep over crashes: killed at every record of the trail and resumed, the end is the same."""

import multiprocessing
import time
from dataclasses import dataclass
from typing import Final

from irkit.engine.walk import Book
from irkit.proving.sweeps.baseline import Baseline
from irkit.proving.sweeps.victim import act
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.bench import Bench
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.people import People
from irkit.proving.testing.playing import Play, staged
from irkit.proving.testing.provider_state import state_of
from irkit.proving.testing.suite import Case, Suite
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify

SWEEP: Final = "crash"
_TURNS: Final = 20
_PATIENCE: Final = 120.0
_OPENED: Final = 3
"""The records that open a run, before which there is nothing to resume."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrashPiece:
    """The case, killed at one record and resumed."""

    at: int
    case: Case
    suite: Suite
    book: Book
    exits: Exits
    baseline: Baseline

    @property
    def name(self) -> str:
        """Return where it is killed."""
        return f"killed at record {self.at}"

    def run(self) -> Done:
        """Let a process die there, resume in this one, and compare the end."""
        began = time.monotonic()
        with staged(self.case) as made:
            killed = _Killed(made, self)
            died = killed.run_until_death()
            wrong = killed.resumed()
        return Done(
            sweep=SWEEP,
            playbook=self.suite.playbook,
            item=self.name,
            found="died and resumed" if died else "over before that record",
            wrong=wrong,
            seconds=time.monotonic() - began,
        )


class _Killed:
    """One run on its bench, and the process that dies of it."""

    def __init__(self, bench: Bench, piece: CrashPiece) -> None:
        self._bench = bench
        self._piece = piece
        self._play = Play(bench, piece.case, piece.book, piece.exits)
        self._opening = bench.opening(piece.book, self._play.inputs())
        self._start = state_of(bench.world)
        self._since = bench.calls_so_far()
        self._people: People | None = None

    def run_until_death(self) -> bool:
        """Open the run, and let processes and people act until one process dies."""
        with self._bench.session.journal(writing=True) as journal:
            people = self._people = self._play.people(journal)
            self._bench.open(self._opening, people)
        for _turn in range(_TURNS):
            code = self._one_process()
            if code < 0:
                return True
            run = self._bench.run_of(self._opening.run_id)
            if run.closed:
                return False
            session = self._bench.session
            with session.journal(writing=True) as people.journal:
                if not people.act(run, session.consent(people.journal)):
                    return False
        return False

    def _one_process(self) -> int:
        method = multiprocessing.get_context("forkserver")
        method.set_forkserver_preload(["irkit.proving.sweeps.victim"])
        arguments = (
            str(self._bench.root),
            self._bench.requester,
            self._opening.run_id,
            self._piece.at,
        )
        process = method.Process(target=act, args=arguments)
        process.start()
        process.join(_PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise TimeoutError(f"{self._piece.name}: the process hangs")
        return process.exitcode

    def resumed(self) -> tuple[str, ...]:
        """Resume to the end, and return what is not as it is without a crash."""
        people, baseline = self._people, self._piece.baseline
        assert people is not None
        with self._bench.session.journal(writing=True) as people.journal:
            ending = self._play.resumed(self._opening, people, self._since)
            seen = self._play.snapshot(self._start, ending)
        wrong = list(baseline.repeats(ending))
        if ending.result != baseline.result:
            wrong.append(f"ends {ending.result} instead of {baseline.result}")
        wrong += baseline.differs(seen)
        verdict = verify(self._bench.session.workspace.trail_directory, deep=True)
        if verdict.outcome is Outcome.TAMPERED:
            wrong.append(f"the trail does not verify: {verdict.first}")
        return tuple(wrong)


def crash_pieces(
    suite: Suite, book: Book, exits: Exits, baseline: Baseline
) -> tuple[CrashPiece, ...]:
    """Return a piece for every record after those that open the run."""
    return tuple(
        CrashPiece(at=at, case=suite.swept, suite=suite, book=book, exits=exits, baseline=baseline)
        for at in range(_OPENED + 1, baseline.records + 1)
    )
