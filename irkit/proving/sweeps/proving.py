"""What the sweeps of a playbook prove of it, as the ledger keeps it."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.subject import Subject
from irkit.proving.sweeps.work import Done
from irkit.proving.testing.finding import Found


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
