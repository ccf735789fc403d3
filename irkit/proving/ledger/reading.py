"""Reading the ledger: from a trail that was verified first, and from nothing else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from irkit.canonical import Json, JsonObject
from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic, IrkitError, Severity
from irkit.engine import outside_memory
from irkit.engine.session import Session
from irkit.proving.canary.history import Flown, flown
from irkit.proving.ledger.standing import Standing, standing
from irkit.proving.proof import Level, Outcome, Recorded, proofs
from irkit.proving.shelf import Shelf, Shelved
from irkit.trail.verify import verify


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One playbook and how each of its levels stands; `problems` are why it cannot be loaded."""

    playbook: str
    standings: Mapping[Level, Standing]
    problems: tuple[Diagnostic, ...] = ()

    @property
    def wanting(self) -> tuple[Level, ...]:
        """Return the levels that a policy asks for and that are not proven now."""
        return tuple(level for level, found in self.standings.items() if found.wanting)

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "playbook": self.playbook,
            "levels": {level.word: _standing(found) for level, found in self.standings.items()},
            "problems": [f"{item.code}: {item.summary}" for item in self.problems],
        }


def recorded(session: Session) -> tuple[Recorded, ...]:
    """Return the proofs in the workspace's trail, once it is verified.

    A canary that the SOC had to see and did not is one that failed, as soon as its time is over.

    Raises:
        IrkitError: IRK842 if the trail was altered, IRK431 if there is none, IRK840 for a proof
            that cannot be read.
    """
    with session.journal(writing=False) as journal:
        _verified(session)
        canaries = {one.id: one for one in flown(journal.replay())}
        now = session.clock()
        return tuple(
            heard(one, canaries.get(one.proof.canary), now) for one in proofs(journal.replay())
        )


def heard(one: Recorded, canary: Flown | None, now: datetime) -> Recorded:
    """Return an attempt with what the SOC said, or did not say, of its canary."""
    if canary is None or canary.seen_by is None or one.proof.outcome is not Outcome.PASSED:
        return one
    if canary.missed(now):
        silence = f"the SOC did not say by {rfc3339(canary.seen_by)} that it saw the canary"
        proof = replace(one.proof, outcome=Outcome.FAILED, problems=(*one.proof.problems, silence))
        return replace(one, proof=proof)
    return one if canary.seen is not None else replace(one, pending=canary.seen_by)


def rows(
    shelf: Shelf, playbooks: Iterable[Shelved], found: Sequence[Recorded], now: datetime
) -> Iterator[Row]:
    """Yield how each playbook stands."""
    attempts = defaultdict(list)
    for one in found:
        attempts[one.proof.playbook, one.proof.level].append(one)
    for shelved in playbooks:
        yield Row(
            playbook=shelved.name,
            standings={
                level: standing(
                    attempts[shelved.name, level],
                    shelf.subject(shelved, level),
                    shelved.regime.policy.get(level),
                    now,
                )
                for level in Level
            },
            problems=shelved.problems,
        )


def _verified(session: Session) -> None:
    directory = session.workspace.trail_directory
    known = outside_memory.trusted(session.workspace.allowed_signers.parent)
    kept, bad = outside_memory.kept_anchors(directory, known)
    found = [
        finding
        for finding in (*verify(directory, anchors=kept).findings, *bad)
        if finding.severity is Severity.ERROR
    ]
    if found:
        raise IrkitError(
            Diagnostic(
                code="IRK842",
                summary=f"the trail was altered, so it proves nothing: {found[0]}",
                help="keep a copy of .irkit/trail, then: irkit trail verify --deep",
            )
        )


def _standing(found: Standing) -> JsonObject:
    late = found.overdue_by
    return {
        "state": str(found.state),
        "asked": found.asked,
        "passed_at": _at(found.passed),
        "last_at": _at(found.last),
        "by": found.last.by if found.last else "",
        "where": found.last.proof.where if found.last else "",
        "problems": list(found.last.proof.problems) if found.last else [],
        "changed": list(found.changed),
        "overdue_s": None if late is None else int(late.total_seconds()),
        "due": None if found.due is None else rfc3339(found.due),
        "missed": found.missed,
        "pending": None if found.pending is None else rfc3339(found.pending),
    }


def _at(one: Recorded | None) -> Json:
    return None if one is None else rfc3339(one.at)
