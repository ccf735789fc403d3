"""What verification says: one of three outcomes, and where the first problem is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irkit.canonical import JsonObject
from irkit.diagnostics import Severity


class Outcome(StrEnum):
    """The three outcomes; only the last one rules out that the end was cut off or rewritten."""

    TAMPERED = "tampered"
    CONSISTENT = "consistent but not anchored"
    ANCHORED = "anchored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something is in the journal: lines from 1, bytes from 0; `record` is its index `n`."""

    record: int | None
    line: int
    offset: int

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"record": self.record, "line": self.line, "offset": self.offset}

    def __str__(self) -> str:
        record = "" if self.record is None else f"record {self.record}, "
        return f"{record}line {self.line}, byte {self.offset}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one record, before its place is known."""

    code: str
    text: str
    severity: Severity = Severity.ERROR


NOWHERE: Final = Place(record=None, line=0, offset=0)
"""The place of a finding about the trail as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is not as it has to be. A warning alone does not make a trail tampered."""

    code: str
    text: str
    place: Place
    severity: Severity = Severity.ERROR

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "code": self.code,
            "text": self.text,
            "severity": str(self.severity),
            **self.place.to_json(),
        }

    def __str__(self) -> str:
        return f"{self.code} at {self.place}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """An outside memory: somebody else says this trail had this root (base64) at this size."""

    source: str
    size: int
    root: str
    at: str = ""

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"source": self.source, "size": self.size, "root": self.root, "at": self.at}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The result. `anchored_size` is how many records an outside party vouches for."""

    outcome: Outcome
    findings: tuple[Finding, ...]
    origin: str
    size: int
    root: str
    anchors: tuple[Anchor, ...]
    anchored_size: int
    deep: bool

    @property
    def first(self) -> Finding | None:
        """Return the first finding in the order of the journal, errors before warnings."""
        return self.findings[0] if self.findings else None

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "outcome": str(self.outcome),
            "findings": [finding.to_json() for finding in self.findings],
            "origin": self.origin,
            "size": self.size,
            "root": self.root,
            "anchors": [anchor.to_json() for anchor in self.anchors],
            "anchored_size": self.anchored_size,
            "deep": self.deep,
        }
