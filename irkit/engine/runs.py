"""Finding runs in a trail: by id, the start of an id, as `last`, or by the name of their case."""

from collections.abc import Iterable
from dataclasses import replace

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.history import Inflated, inflate
from irkit.engine.session import Session
from irkit.model.fold import take
from irkit.model.run import Run, Stage
from irkit.trail.journal import Journal

LAST = "last"
_SHORTEST = 4
_LISTED = 5


def all_runs(journal: Journal) -> tuple[Run, ...]:
    """Return every run of the trail, the oldest first.

    A break-glass run may be confirmed after it was closed, by a record that belongs to no run.
    """
    runs: dict[str, Run] = {}
    for record in journal.replay():
        if record.run is not None:
            run = runs.setdefault(record.run, Run(id=record.run))
            take(run, inflate(record, journal.blobs))
        elif record.type == "breakglass.confirmed":
            named = runs.get(str(record.body.get("run")))
            if named is not None:
                _confirm(named, inflate(record, journal.blobs))
    return tuple(run for run in runs.values() if run.opened)


def as_they_stand(session: Session, runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return `runs`, where one whose process is gone in the middle of a change counts as stopped.

    Whoever is killed, or can record no more, does not say so. The change is in doubt.
    """
    known = tuple(runs)
    for run in known:
        said = run.closed or run.stopped or run.paused
        in_flight = any(one.stage is Stage.IN_FLIGHT for one in run.changes.values())
        if in_flight and not said and not session.acted_for(run.id):
            run.stopped = "the process that acted for it is gone"
    return known


def _confirm(run: Run, entry: Inflated) -> None:
    count, last = run.count, run.last_at
    take(run, replace(entry, body={}))
    run.count, run.last_at = count, last


def matching(runs: Iterable[Run], text: str) -> tuple[Run, ...]:
    """Return the runs that `text` may mean, the oldest first; none is no error here."""
    known = tuple(runs)
    if text == LAST:
        return known[-1:]
    wanted = text.upper()
    exact = tuple(run for run in known if run.id == wanted)
    if exact:
        return exact
    of_case = tuple(run for run in known if run.case and run.case == text.lower())
    if of_case:
        return of_case
    if len(wanted) < _SHORTEST:
        return ()
    return tuple(run for run in known if run.id.startswith(wanted) or run.id.endswith(wanted))


def find_all(journal: Journal, text: str) -> tuple[Run, ...]:
    """Return the runs of a case, or the one run that `text` names.

    Raises:
        IrkitError: if there is none.
    """
    return _found(all_runs(journal), text)


def find_with_undoing(journal: Journal, text: str) -> tuple[Run, ...]:
    """Return the runs of a case, or one run, and with them those that took any of them back.

    Raises:
        IrkitError: if there is none.
    """
    runs = all_runs(journal)
    found = {run.id for run in _found(runs, text)}
    return tuple(run for run in runs if run.id in found or run.undoes in found)


def find(journal: Journal, text: str) -> Run:
    """Return the one run that `text` names; of a case, the only one that is not over yet.

    Raises:
        IrkitError: if there is none, or more than one.
    """
    found = find_all(journal, text)
    if len(found) == 1:
        return found[0]
    under_way = tuple(run for run in found if not run.closed)
    if len(under_way) == 1:
        return under_way[0]
    if not under_way and found[0].case == text.lower():
        return found[-1]
    listed = ", ".join(f"{run.id} ({run.title})" for run in (under_way or found)[-_LISTED:])
    raise IrkitError(
        Diagnostic(
            code="IRK611",
            summary=f"`{text}` may mean {len(under_way or found)} runs: {listed}",
            help="name one of them by its id, see: irkit runs",
        )
    )


def _found(runs: tuple[Run, ...], text: str) -> tuple[Run, ...]:
    found = matching(runs, text)
    if not found:
        raise _absent(text, runs)
    return found


def _absent(text: str, runs: tuple[Run, ...]) -> IrkitError:
    last = f"; the last one is {runs[-1].id}" if runs else "; there are none yet"
    return IrkitError(
        Diagnostic(
            code="IRK610",
            summary=f"there is no run and no case `{text}`{last}",
            help="list them with: irkit runs",
        )
    )
