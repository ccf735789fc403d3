"""Plans that wait for a signature, as an approver without a terminal reads them.

The text is the one that is signed, and the four words are those of `irkit approve`: whoever has
both before them can be a voice, and signs later with their own key.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from irkit.drill.record.deeds import is_of
from irkit.drill.record.state import Drill
from irkit.engine import asked
from irkit.engine.runs import all_runs
from irkit.engine.session import Session
from irkit.trail.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Parts of a plan that wait, the lines of their text, and the words that stand for it."""

    run: str
    title: str
    by: str
    parts: tuple[str, ...]
    lines: tuple[str, ...]
    words: tuple[str, ...]


def waiting(drill: Drill, session: Session, journal: Journal) -> Iterator[Waiting]:
    """Yield what waits for a signature in the runs of a drill."""
    runs = [run for run in all_runs(journal) if run.plan and not run.closed and is_of(drill, run)]
    if not runs:
        return
    consent = session.consent(journal)
    for run in runs:
        parts = asked.waiting_parts(run, consent, session.clock())
        for request in asked.of_run(run, parts, journal, consent):
            yield Waiting(
                run=run.id,
                title=run.title,
                by=run.requester,
                parts=request.parts,
                lines=tuple(request.text.splitlines()),
                words=request.words,
            )
