"""What the cases of a test file prove of its playbook, as the ledger keeps it."""

from collections.abc import Sequence
from datetime import timedelta

from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.subject import Subject
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
