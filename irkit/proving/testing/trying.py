"""Trying cases, in this process or in several at once: the same jobs, the same results."""

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from dataclasses import dataclass
from typing import TypeVar

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.walk import Book
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.results import CaseResult, judged
from irkit.proving.testing.suite import Case

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One case to be tried: everything a process needs that knows nothing else."""

    case: Case
    book: Book
    file: str
    exits: Exits

    def run(self) -> CaseResult:
        """Play the case and judge it; what cannot be played is a result as well."""
        from irkit.proving.testing.playing import play  # noqa: PLC0415  # the world is heavy

        began = time.monotonic()
        try:
            seen = play(self.case, self.book, self.exits)
        except IrkitError as error:
            return self._not_played(error.diagnostics, began)
        except Exception as error:  # noqa: BLE001  # a bug in one case must not end the others
            return self._not_played((_bug(error),), began)
        seconds = time.monotonic() - began
        return judged(self.book.main.id, self.file, self.case, seen, seconds)

    def _not_played(self, found: tuple[Diagnostic, ...], began: float) -> CaseResult:
        return CaseResult(
            playbook=self.book.main.id,
            case=self.case.name,
            file=self.file,
            span=self.case.span,
            seconds=time.monotonic() - began,
            error=found,
        )


def _bug(error: Exception) -> Diagnostic:
    inner: BaseException = error
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    return Diagnostic(
        code="IRK821",
        summary=f"the case could not be played: {type(inner).__name__}: {inner}",
        help="try it alone: irkit test -k NAME --jobs 1 --debug",
    )


def run_all(
    jobs: Sequence[_Job], work: Callable[[_Job], _Result], processes: int
) -> Iterator[tuple[_Job, _Result]]:
    """Yield each job with its result, as they are done; `work` must be known by its name."""
    if processes <= 1 or len(jobs) <= 1:
        for job in jobs:
            yield job, work(job)
        return
    method = multiprocessing.get_context("forkserver")
    method.set_forkserver_preload(["irkit.proving.testing.playing"])
    with ProcessPoolExecutor(min(processes, len(jobs)), mp_context=method) as pool:
        waiting = {pool.submit(work, job): job for job in jobs}
        try:
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def try_one(trial: Trial) -> CaseResult:
    """Try one case."""
    return trial.run()
