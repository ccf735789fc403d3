"""A run in the trail, opened for a command that is about it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irkit.cli.opened import Invocation

if TYPE_CHECKING:
    from irkit.engine.consent import WorkspaceConsent
    from irkit.engine.walk import Book
    from irkit.model.quorum import Tally
    from irkit.model.run import Run
    from irkit.trail.journal import Journal


@dataclass(frozen=True, slots=True)
class AtRun:
    """The trail, who has approved what in it, and one run."""

    invocation: Invocation
    journal: "Journal"
    consent: "WorkspaceConsent"
    run: "Run"

    def book(self) -> "Book":
        """Return the playbook the run carries: as it was when the run was opened."""
        from irkit.engine.books import recorded_book  # noqa: PLC0415

        run = self.run
        return recorded_book(run.playbook_source, run.playbook_file, run.calls)

    def undone(self) -> "Run | None":
        """Return the run that this one takes back."""
        if not self.run.undoes:
            return None
        return self.invocation.session.run(self.journal, self.run.undoes)


@contextmanager
def at_run(invocation: Invocation, name: str, *, writing: bool = True) -> Iterator[AtRun]:
    """Open the trail at the run that `name` means.

    Raises:
        IrkitError: if there is no such run, or the trail cannot be trusted.
    """
    from irkit.engine.runs import find  # noqa: PLC0415

    with invocation.session.journal(writing=writing) as journal:
        run = find(journal, name)
        yield AtRun(invocation, journal, invocation.session.consent(journal), run)


def tallies(invocation: Invocation, run: "Run", consent: "WorkspaceConsent") -> "dict[str, Tally]":
    """Return the counted approvals of a run by part, as they count now."""
    if run.header is None:
        return {}
    now = invocation.clock()
    return {part: consent.tally(run, part, now) for part in run.parts}
