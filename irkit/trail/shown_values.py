"""Which of the values that records only commit to a bundle shows, and which it withholds.

What may be withheld was settled when the records were written: answers of reads, their evidence,
what was noted in a case and the case's title. A bundle has the commitments in any case; with an
opening beside one, stock tools can check that it shows the very value.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from irkit.canonical import Json
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail.openings import Condition, Openings
from irkit.trail.record import Record
from irkit.trail.redaction import commitments, missing

FOLDER: Final = "openings"
_EVIDENCE: Final = "raw"
_KINDS: Final[Mapping[str, frozenset[str]]] = {
    "all": frozenset(("step.read", "case.opened", "case.noted")),
    "reads": frozenset(("step.read",)),
    "notes": frozenset(("case.opened", "case.noted")),
}
_VALUE: Final = re.compile(r"(\d+)(?:/(\w+))?").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One record, or one field of it, as somebody names it: `12` or `12/value`."""

    record: int
    field: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `N` or `N/FIELD`.

        Raises:
            IrkitError: IRK718 if it is neither.
        """
        match = _VALUE(text)
        if match is None:
            raise _unreadable(text, "name a value as N or N/FIELD, such as 12/value")
        return cls(record=int(match[1]), field=match[2] or "")

    def __str__(self) -> str:
        return f"{self.record}/{self.field}" if self.field else f"{self.record}"

    def names(self, record: int, field: str) -> bool:
        """Say whether this is (or is among) what is named."""
        return self.record == record and self.field in ("", field)

    def of(self, records: Iterable[Record]) -> tuple[Record, tuple[str, ...]]:
        """Return the record, and its fields that are named and kept apart.

        Raises:
            IrkitError: IRK741 if there are none.
        """
        for record in records:
            if record.n == self.record:
                fields = tuple(f for f, _ in commitments(record.body) if self.field in ("", f))
                if fields:
                    return record, fields
        raise missing(f"{self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """What whoever exports a run wants to keep back."""

    types: frozenset[str] = frozenset()
    values: tuple[Named, ...] = ()

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Self:
        """Read what `--redact` was given: `all`, `reads`, `notes`, `N` or `N/FIELD`.

        Raises:
            IrkitError: IRK718 if one of them is none of these.
        """
        given = tuple(texts)
        return cls(
            types=frozenset().union(*(_KINDS[text] for text in given if text in _KINDS)),
            values=tuple(Named.parse(text) for text in given if text not in _KINDS),
        )

    def require(self, records: Iterable[Record]) -> None:
        """Require that each value that is named is there: a slip would show what must not be.

        Raises:
            IrkitError: IRK741 if one is not.
        """
        known = tuple(records)
        for value in self.values:
            value.of(known)

    def covers(self, record: Record, field: str) -> bool:
        """Say whether this value is to be kept back."""
        return record.type in self.types or any(v.names(record.n, field) for v in self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """How many values a bundle shows, withholds, and how many of those are evidence of reads."""

    shown: int
    withheld: int
    evidence: int


def write_openings(
    target: Path,
    records: Iterable[Record],
    openings: Openings,
    withheld: Withheld,
    *,
    case: str,
    with_evidence: bool,
) -> Values:
    """Write the openings of what is shown into `target`, a file a value; count the rest.

    Of notes and titles only those of `case` are shown: other incidents are nobody's business.
    """
    folder = target / FOLDER
    folder.mkdir()
    found = tuple(_found(records))
    shown = evidence = 0
    for record, field, commitment in found:
        foreign = record.run is None and record.body.get("case") != case
        left_out = field == _EVIDENCE and not with_evidence
        evidence += left_out
        if left_out or foreign or withheld.covers(record, field):
            continue
        # What was forgotten cannot be shown, and is no reason against the rest.
        if openings.condition(commitment) is Condition.KEPT:
            opening = openings.get(commitment)
            (folder / f"{record.n}-{field}.json").write_bytes(opening.encode())
            shown += 1
    return Values(shown=shown, withheld=len(found) - shown, evidence=evidence)


def written(
    folder: Path, out: Path | None, record: Record, fields: Iterable[str], openings: Openings
) -> tuple[Path, ...]:
    """Write the opening of each field of `record` into a new file and return the files.

    Raises:
        IrkitError: IRK740 if a value cannot be shown, IRK718 if `out` is to hold more than one,
            IRK719 if a file cannot be written.
    """
    chosen, wanted = dict(commitments(record.body)), tuple(fields)
    if out is not None and len(wanted) > 1:
        raise _several(record.n, wanted)
    paths = []
    for field in wanted:
        path = folder / (out or f"{record.n}-{field}.json")
        data = openings.get(chosen[field]).encode()
        try:
            with path.open("xb") as file:
                file.write(data)
        except OSError as error:
            raise _unwritten(path, error) from error
        paths.append(path)
    return tuple(paths)


def _found(records: Iterable[Record]) -> Iterator[tuple[Record, str, Json]]:
    for record in records:
        for field, commitment in commitments(record.body):
            yield record, field, commitment


def _several(record: int, fields: Sequence[str]) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK718",
            summary=f"record {record} has several values ({', '.join(fields)}), and one file one",
            help=f"name one of them: `irkit trail disclose {record}/{fields[0]} --out FILE`",
        )
    )


def _unwritten(path: Path, error: OSError) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK719",
            summary=f"the opening cannot be written to {path}: {error.strerror}",
            help="name a file that is not there yet: `irkit trail disclose N/FIELD --out FILE`",
        )
    )


def _unreadable(text: str, help_text: str) -> IrkitError:
    return IrkitError(
        Diagnostic(code="IRK718", summary=f"{text!r} names no value of a record", help=help_text)
    )
