"""The sweep over faults: everything the world can do wrong, at each write of the plan.

Whatever happens, success is not said of what is not so, and nothing is done twice.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from irkit.diagnostics import IrkitError
from irkit.engine.walk import Book
from irkit.proving.sweeps.baseline import Baseline
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.suite import Broken, Case, Suite
from irkit.world.faults import Fault, FaultKind

SWEEP: Final = "faults"
AT_WRITES: Final = tuple(kind for kind in FaultKind if kind is not FaultKind.STALE_READ)
"""Every fault but stale reads, which no write can meet."""

_SECONDS: Final = 0.5
_NEVER_SHOWN: Final = 600.0
_ALWAYS: Final = 1_000_000
_READS: Final = {"okta": "GET *", "aws": "iam:*"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPiece:
    """The case with one fault in it."""

    fault: Fault
    case: Case
    suite: Suite
    book: Book
    exits: Exits
    baseline: Baseline

    @property
    def name(self) -> str:
        """Return which fault, and where."""
        fault = self.fault
        which = f"#{fault.nth}" if fault.times == 1 else f"for {fault.seconds:g} s"
        return f"{fault.kind} at {fault.provider} {fault.operation} {which}"

    def run(self) -> Done:
        """Play the case with the fault in it."""
        from irkit.proving.testing.playing import play  # noqa: PLC0415  # the world is heavy

        began = time.monotonic()
        broken = replace(self.case, faults=(Broken(fault=self.fault),), twice=False, undo=False)
        try:
            seen = play(broken, self.book, self.exits)
        except IrkitError as error:
            return self._done(began, "not played", error.diagnostics[0].summary)
        always = [
            f"{check.about}: {check.found}"
            for check in seen.always
            if not check.holds and check.about != "people"
        ]
        wrong = (*self.baseline.lies(seen), *self.baseline.repeats(seen.first), *always)
        return self._done(began, seen.first.result, *wrong)

    def _done(self, began: float, found: str, *wrong: str) -> Done:
        return Done(
            sweep=SWEEP,
            playbook=self.suite.playbook,
            item=self.name,
            found=found,
            wrong=wrong,
            seconds=time.monotonic() - began,
        )


def fault_pieces(
    suite: Suite, book: Book, exits: Exits, baseline: Baseline
) -> tuple[FaultPiece, ...]:
    """Return a piece for every fault at every write, and for reads that lag behind."""
    return tuple(
        FaultPiece(
            fault=fault,
            case=suite.swept,
            suite=suite,
            book=book,
            exits=exits,
            baseline=baseline,
        )
        for fault in _faults(baseline)
    )


def _faults(baseline: Baseline) -> Iterator[Fault]:
    for provider, operation, nth in baseline.writes:
        for kind in AT_WRITES:
            yield Fault(
                kind=kind, provider=provider, operation=operation, nth=nth, seconds=_SECONDS
            )
    for provider in dict.fromkeys(provider for provider, _, _ in baseline.writes):
        for seconds in (_SECONDS, _NEVER_SHOWN):
            yield Fault(
                kind=FaultKind.STALE_READ,
                provider=provider,
                operation=_READS[provider],
                times=_ALWAYS,
                seconds=seconds,
            )
