"""Forgetting a value that a record only commits to: its opening is destroyed, and that is recorded.

The record, its hash and every signature stay as they are. Nobody can learn the value from what is
left, because the salt went with it.
"""

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.runs import all_runs
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Draft, Record
from irkit.trail.redaction import commitments
from irkit.trail.shown_values import Named


def forget(journal: Journal, actor: Actor, value: Named, because: str) -> tuple[str, ...]:
    """Record that the values named are forgotten, destroy their openings, return the fields.

    The record comes first: after an interruption it is clear that no accident took the opening,
    and doing it again finishes the rest.

    Raises:
        IrkitError: IRK717 while the run may still need the value, IRK741 if there is none.
    """
    record, fields = value.of(journal.replay())
    _require_over(journal, record)
    named: list[Json] = list(fields)
    body = {"record": record.n, "run": record.run, "fields": named, "because": because}
    journal.append(Draft(type="value.forgotten", actor=actor, body=body))
    for field, commitment in commitments(record.body):
        if field in fields:
            journal.blobs.openings.destroy(commitment)
    return fields


def _require_over(journal: Journal, record: Record) -> None:
    run = next((run for run in all_runs(journal) if run.id == record.run), None)
    if run is not None and not run.closed:
        raise IrkitError(
            Diagnostic(
                code="IRK717",
                summary=f"record {record.n} cannot lose its value: run {run.id} still reads it",
                help=f"finish the run first: `irkit resume {run.id}`, or `irkit cancel {run.id}`",
            )
        )
