"""A proof: that a playbook stood one level of the ladder, as it was then, and where.

It is a record of the trail like any other, so that nobody can say later that something was tested
which was not. It holds for exactly what it names: the digests in its subject.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, cast

from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.proving.subject import Subject
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft, Record

TYPE: Final = "proof"
_VERSION: Final = 1
_MAX_PROBLEMS: Final = 20
_MAX_LINE: Final = 300
_MILLISECOND: Final = timedelta(milliseconds=1)


class Level(StrEnum):
    """The rungs of the ladder. `word` is what test files call them."""

    LINT = "L0"
    UNIT = "L1"
    SWEEPS = "L2"
    PREFLIGHT = "L3"
    CANARY = "L4"
    DRILL = "L5"

    @property
    def word(self) -> str:
        """Return the name of the level."""
        return self.name.lower()


class Outcome(StrEnum):
    """How it went. What could not be found out is no pass."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One attempt at one level. Only one that passed proves something.

    `where` says against what: `world acme-small`, `live acme`. `counts` are the level's own figures
    (tests, checks, sweeps). `seats` is how long each credential lived after the first change.
    `problems` are what kept it from passing, one line each. `canary` is the id of the canary that
    it is about, which others may still have to say something of.
    """

    playbook: str
    level: Level
    outcome: Outcome
    subject: Subject
    where: str
    took: timedelta
    counts: Mapping[str, int] = field(default_factory=dict)
    seats: Mapping[str, timedelta] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    canary: str = ""

    def to_json(self) -> JsonObject:
        """Return the body of its record; of many problems only the first are kept."""
        return {
            "v": _VERSION,
            "playbook": self.playbook,
            "level": str(self.level),
            "outcome": str(self.outcome),
            "subject": self.subject.to_json(),
            "where": self.where,
            "ms": self.took // _MILLISECOND,
            "counts": dict(self.counts),
            "seats_ms": {seat: lived // _MILLISECOND for seat, lived in self.seats.items()},
            "problems": tuple(line[:_MAX_LINE] for line in self.problems[:_MAX_PROBLEMS]),
            **({"canary": self.canary} if self.canary else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A proof as the trail has it: the record's index, when, and who had it made.

    Until `pending` somebody may still say what decides it; None where all is said.
    """

    n: int
    at: datetime
    by: str
    proof: Proof
    pending: datetime | None = None


def record(journal: Journal, actor: Actor, proof: Proof) -> Record:
    """Append the proof to the workspace's trail; return when it is durable and signed."""
    return journal.append(Draft(type=TYPE, actor=actor, body=proof.to_json()))[0]


def proofs(records: Iterable[Record]) -> Iterator[Recorded]:
    """Yield the proofs among `records`, in order.

    Raises:
        IrkitError: IRK840 for one that this version of irkit cannot read.
    """
    for one in records:
        if one.type == TYPE:
            yield Recorded(
                n=one.n, at=parse_rfc3339(one.ts), by=one.actor.id, proof=_proof(one.n, one.body)
            )


def _proof(n: int, body: JsonObject) -> Proof:
    if body.get("v") != _VERSION:
        raise _unreadable(n, f"its format is {body.get('v')}")
    try:
        return Proof(
            playbook=str(body["playbook"]),
            level=Level(str(body["level"])),
            outcome=Outcome(str(body["outcome"])),
            subject=Subject.from_json(cast("JsonObject", body["subject"])),
            where=str(body["where"]),
            took=cast("int", body["ms"]) * _MILLISECOND,
            counts=cast("Mapping[str, int]", body["counts"]),
            seats={
                seat: cast("int", lived) * _MILLISECOND
                for seat, lived in cast("JsonObject", body["seats_ms"]).items()
            },
            problems=tuple(str(line) for line in cast("tuple[Json, ...]", body["problems"])),
            canary=str(body.get("canary", "")),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise _unreadable(n, repr(error)) from error


def _unreadable(n: int, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK840",
            summary=f"record {n} is a proof that this version of irkit cannot read: {why}",
            help="use the version of irkit that wrote it, or a later one",
        )
    )
