"""What cases and sweeps prove of a playbook, as the ledger keeps it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.subject import Subject
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.finding import Found
from irkit.proving.testing.results import CaseResult


def unit_proof(found: Found, results: Sequence[CaseResult], subject: Subject) -> Proof:
    """Return the proof that all cases of a file make together. One that fails is kept as well."""
    failed = [result for result in results if not result.passed]
    fixtures = dict.fromkeys(case.world.fixture for case in found.cases)
    return Proof(
        playbook=found.book.main.id,
        level=Level.UNIT,
        outcome=Outcome.FAILED if failed else Outcome.PASSED,
        subject=subject,
        where=f"world {', '.join(fixtures)}",
        took=timedelta(seconds=sum(result.seconds for result in results)),
        counts={
            "cases": len(results),
            "failed": len(failed),
            "checks": sum(len(result.checks) for result in results),
        },
        problems=tuple(item.summary for result in failed for item in result.diagnostics),
    )


def sweeps_proof(found: Found, done: Sequence[Done], subject: Subject) -> Proof:
    """Return the proof that all sweeps of a playbook make together."""
    wrong = [piece for piece in done if not piece.good]
    return Proof(
        playbook=found.book.main.id,
        level=Level.SWEEPS,
        outcome=Outcome.FAILED if wrong else Outcome.PASSED,
        subject=subject,
        where=f"world {found.suite.swept.world.fixture}",
        took=timedelta(seconds=sum(piece.seconds for piece in done)),
        counts=Counter(f"{piece.sweep}{'' if piece.good else ' failed'}" for piece in done),
        problems=tuple(f"{p.sweep}: {p.item}: {'; '.join(p.wrong)}" for p in wrong),
    )
