"""The story of a run or a case, gathered from the trail for a report."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from irkit.diagnostics import IrkitError
from irkit.engine.books import recorded_book
from irkit.engine.history import inflate
from irkit.engine.session import Session
from irkit.engine.walk import Book
from irkit.model.run import Run
from irkit.report.case_story import together
from irkit.report.residual_rows import residual_rows
from irkit.report.seats import last_seen
from irkit.report.story import story, surroundings_of
from irkit.report.story_model import Story, Surroundings, TrailHead
from irkit.trail.journal import Journal
from irkit.trail.record import Record


def story_of(
    session: Session, journal: Journal, runs: Sequence[Run], labels: Mapping[str, str]
) -> Story:
    """Return one story of `runs`, the oldest first; `labels` are the names of seats by id."""
    head = journal.head()
    trail = TrailHead(origin=journal.origin, size=head.size, root=b64encode(head.root).decode())
    told = [
        story(run, _entries(journal, run.id), _around(session, run, labels, trail)) for run in runs
    ]
    return together(told) if len(told) > 1 else told[0]


def _around(
    session: Session, run: Run, labels: Mapping[str, str], trail: TrailHead
) -> Surroundings:
    book = _book(run)
    around = Surroundings(
        org=session.workspace.org,
        seats=last_seen(run, labels),
        residual=residual_rows(book, session.catalogue) if book else (),
        trail=trail,
    )
    return surroundings_of(book.main, around) if book else around


def _book(run: Run) -> Book | None:
    """Return the playbook the run carries; None where this version cannot read it any more."""
    with suppress(IrkitError):
        return recorded_book(run.playbook_source, run.playbook_file, run.calls)
    return None


def _entries(journal: Journal, run: str) -> Iterator[Record]:
    for record in journal.replay(run):
        yield replace(record, body=inflate(record, journal.blobs).body)
