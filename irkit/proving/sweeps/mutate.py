"""The sweep over mutants: a step that no test misses is a step that nobody has tested."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from irkit.diagnostics import IrkitError
from irkit.engine.books import recorded_book
from irkit.engine.walk import Book
from irkit.proving.sweeps.mutants import Mutant, mutants
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.suite import Suite
from irkit.proving.testing.trying import Trial

SWEEP: Final = "mutate"


@dataclass(frozen=True, slots=True, kw_only=True)
class MutantPiece:
    """One mutant, and the cases that should notice it."""

    mutant: Mutant
    suite: Suite
    book: Book
    exits: Exits

    @property
    def name(self) -> str:
        """Return what was done to the playbook."""
        return self.mutant.name

    def run(self) -> Done:
        """Try case after case until one notices."""
        began = time.monotonic()
        found = next(self._noticed(), "")
        return Done(
            sweep=SWEEP,
            playbook=self.suite.playbook,
            item=self.name,
            found=found or "every case passed",
            wrong=() if found else ("no case notices it",),
            seconds=time.monotonic() - began,
        )

    def _noticed(self) -> Iterator[str]:
        try:
            main = recorded_book(self.mutant.source, self.book.main.file, {}).main
        except IrkitError as error:
            yield f"cannot be read: {error.diagnostics[0].summary}"
            return
        mutated = replace(self.book, main=main)
        for case in self.suite.cases:
            trial = Trial(case=case, book=mutated, file=self.suite.file, exits=self.exits)
            result = trial.run()
            if not result.passed:
                told = [check.about for check in result.failed]
                told += [item.summary for item in result.error]
                yield f"noticed by `{case.name}`: {told[0]}"


def mutant_pieces(suite: Suite, book: Book, exits: Exits) -> tuple[MutantPiece, ...]:
    """Return a piece for every mutant of the playbook."""
    return tuple(
        MutantPiece(mutant=mutant, suite=suite, book=book, exits=exits)
        for mutant in mutants(book.main)
    )
