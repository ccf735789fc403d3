"""L0 by the timer: the playbook is linted with all that the workspace knows."""

from irkit.diagnostics import Severity
from irkit.engine.linting import Linter
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.shelf import Shelf, Shelved
from irkit.proving.testing.endings import Exits


def prove(shelf: Shelf, shelved: Shelved, exits: Exits) -> Proof:  # noqa: ARG001  # one form for all
    """Lint the playbook; warnings are counted and do not fail it."""
    session = shelf.session
    began = session.clock()
    linter = Linter(catalogue=session.catalogue, workspace=session.workspace)
    found = linter.check(shelved.file, shelved.file.name).diagnostics
    errors = [item for item in found if item.severity is Severity.ERROR]
    subject = shelf.subject(shelved, Level.LINT)
    assert subject is not None, "the playbook can be loaded"
    return Proof(
        playbook=shelved.name,
        level=Level.LINT,
        outcome=Outcome.FAILED if errors else Outcome.PASSED,
        subject=subject,
        where=f"{session.workspace.mode} {session.workspace.org}",
        took=session.clock() - began,
        counts={"errors": len(errors), "warnings": len(found) - len(errors)},
        problems=tuple(f"{item.code}: {item.summary}" for item in errors),
    )
