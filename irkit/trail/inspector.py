"""One pass over the journal's lines for verification: keep going, and say where each problem is.

The links between lines are `chain`'s rules, what records say is `audit`'s. An altered record shows
at the record after it, whose `prev` no longer fits; the finding names the altered one.
"""

import base64
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final, TypeAlias

from irkit.canonical import CanonicalError, Json
from irkit.diagnostics import Severity
from irkit.trail.audit import AUDITED, BLOB_FIELDS, Audit
from irkit.trail.chain import Chain, parse_frame
from irkit.trail.fast_json import has_float, parse_floats
from irkit.trail.kept import Kept
from irkit.trail.merkle import leaf_hash
from irkit.trail.note import Note, NoteError, VerifierKey
from irkit.trail.plan_content import BLOB
from irkit.trail.record import (
    MAX_LINE,
    PLAIN_FIELDS,
    PLAIN_TYPES,
    Record,
    RecordError,
    decode_line,
    has_actor,
)
from irkit.trail.redaction import COMMITMENT, commitments
from irkit.trail.verdict import NOWHERE, Finding, Place

_PER_CODE: Final = 20
_Spot: TypeAlias = "tuple[int | None, int, int]"
"""A place while it is cheap: record, line, byte."""

_REFERENCES: Final = frozenset((BLOB, COMMITMENT))
"""The one key of an object that stands for a value kept beside the journal."""

_CARRIERS: Final = frozenset(("anchor.received", "approval", "trail.sealed"))
"""Records that carry anchors: what anchors everything before them anchors the trail."""


class Inspector:
    """Goes through a journal once."""

    def __init__(self, path: Path, blobs: Kept, *, deep: bool, wanted: AbstractSet[int]) -> None:
        """Inspect `path`; check all signatures if `deep`, else the last and those at `wanted`."""
        self.findings: list[Finding] = []
        self.chain = Chain()
        self.roots: dict[int, str] = {}
        self.audit = Audit(blobs, self.roots.get)
        self.times: dict[int, str] = {}
        self.covered = 0
        self.substance = 0
        self._path = path
        self._deep = deep
        self._wanted = wanted
        self._line = 0
        self._offset = 0
        self._here: _Spot = (None, 0, 0)
        self._counts: dict[str, int] = {}
        self._places: dict[int, Place] = {}
        self._previous: _Spot = (None, 0, 0)
        self._mismatch: _Spot | None = None
        self._unsigned: tuple[Note, _Spot, dict[str, VerifierKey]] | None = None
        self._boundary = False
        self._shifts: dict[str, int] = {}
        self._actor: dict[str, Json] = {}

    def run(self) -> None:
        """Read everything."""
        with self._path.open("rb") as file:
            for line in file:
                self._line += 1
                if line[:1] == b"{" and line[-1:] == b"\n":
                    self._record(line[:-1])
                else:
                    self._other(line)
                self._offset += len(line)
        self._finish()

    def _other(self, line: bytes) -> None:
        """Take what is no record: a checkpoint, the rest of an interrupted write, or garbage."""
        self._here = (None, self._line, self._offset)
        if not line.endswith(b"\n"):
            self.find("tail.torn", "the last write was cut short", Severity.WARNING)
        elif line[:1] == b"[":
            self._checkpoint(line[:-1])
        else:
            self.find("line.garbage", "neither a record nor a checkpoint")

    def find(
        self,
        code: str,
        text: str,
        severity: Severity = Severity.ERROR,
        at: "_Spot | Place | None" = None,
    ) -> None:
        """Note a finding; the same code is noted a limited number of times."""
        count = self._counts[code] = self._counts.get(code, 0) + 1
        if count <= _PER_CODE:
            place = at if isinstance(at, Place) else _place(at or self._here)
            self.findings.append(Finding(code=code, text=text, place=place, severity=severity))

    def _record(self, line: bytes) -> None:
        size = self.chain.frontier.size
        self._here = (size, self._line, self._offset)
        if self._mismatch is None and self._plain(line):
            self.substance = size + 1
            self._previous = self._here
            return
        try:
            record = decode_line(line)
        except RecordError as error:
            self.find(error.code, str(error))
            self._skip(line)
            return
        self._links(record)
        self.chain.advance(record)
        if record.type not in _CARRIERS:
            self.substance = size + 1
        self._boundary = self._boundary or record.type == "run.closed"
        for problem in self.audit.take(record):
            self.find(problem.code, problem.text, problem.severity)
        self._previous = self._here
        if record.type == "approval" or any(commitments(record.body)):
            self._places[record.n] = _place(self._here)

    def _plain(self, line: bytes) -> bool:
        """Take a record that fits and means nothing to the audit; most records do."""
        if len(line) > MAX_LINE:
            return False
        try:
            value = parse_floats(line)
        except CanonicalError:
            return False
        # The canonical form orders the fields, so that their names and types are one comparison.
        if type(value) is not dict or tuple(value) != PLAIN_FIELDS:
            return False
        if tuple(map(type, value.values())) not in PLAIN_TYPES or value["type"] in AUDITED:
            return False
        run = value["run"]
        return (
            self._is_flat(value["body"])
            and self._is_actor(value["actor"])
            and self.audit.may_stand(run)
            and self.chain.take_plain(value, leaf_hash(line))
            and self.audit.counts(run)
        )

    def _is_actor(self, actor: dict[str, Json]) -> bool:
        """Say whether it is one; mostly it is the one of the record before."""
        if actor != self._actor:
            if not has_actor(actor):
                return False
            self._actor = actor
        return True

    def _is_flat(self, body: dict[str, object]) -> bool:
        """Say whether a body is all plain values, and names nothing that would be looked up."""
        for value in body.values():
            kind = type(value)
            if kind is str or kind is int:
                continue
            # A blob or an opening is named by an object of its own.
            if isinstance(value, dict) and not _REFERENCES.isdisjoint(value):
                return False
            if has_float(value):
                return False
        return BLOB_FIELDS.isdisjoint(body)

    def _skip(self, line: bytes) -> None:
        """Go on after a line that is no record: what follows is judged against its bytes."""
        leaf = leaf_hash(line)
        self.chain.frontier.append(leaf)
        self.chain.prev = base64.b64encode(leaf).decode()
        self._previous = self._here

    def _links(self, record: Record) -> None:
        mismatch = False
        shifts = {
            "record.index": record.n - self.chain.frontier.size,
            "record.commit": record.c - self.chain.commits,
            "record.run-index": (record.rn or 0) - (self.chain.next_index(record.run) or 0),
        }
        for problem in self.chain.problems(record):
            code = problem.code
            # Once something is missing every later number is off by as much: told once.
            key = f"{code} {record.run}" if code == "record.run-index" else code
            if code in shifts and self._shifts.get(key, 0) == shifts[code]:
                continue
            if code in shifts:
                self._shifts[key] = shifts[code]
            if code == "record.prev" and record.n == self.chain.frontier.size:
                mismatch = True
            else:
                self.find(code, str(problem))
        self._settle_mismatch(again=mismatch)

    def _settle_mismatch(self, *, again: bool) -> None:
        """Say which record was altered, from where links do not fit.

        One link that does not fit points at the record before it; two in a row at the one between,
        whose own `prev` is altered and with it its hash.
        """
        if self._mismatch is not None and again:
            self._altered(self._previous)
            self._mismatch = None
        elif self._mismatch is not None:
            self._altered(self._mismatch)
            self._mismatch = None
        elif again:
            self._mismatch = self._previous if self._previous[1] else self._here

    def _altered(self, at: "_Spot") -> None:
        text = "the record after it was linked to other bytes: this one was altered"
        self.find("record.prev", text, at=at)

    def _checkpoint(self, line: bytes) -> None:
        size = self.chain.frontier.size
        keys = self.chain.keys
        check = self._deep or self._boundary or size in self._wanted
        try:
            note = parse_frame(line)
            self.chain.close(note, check_signature=check)
        except RecordError as error:
            self._bad_checkpoint(error)
            # Go on as if it fitted, so that what follows is judged by itself.
            self.chain.adopt()
            self._unsigned = None
            self.covered = size
            return
        self.roots[size] = note.text.rsplit("\n", 2)[1]
        if size in self._wanted:
            self.times[size] = self.chain.ts
        self._unsigned = None if check else (note, self._here, keys)
        self._boundary = False
        self.covered = size

    def _bad_checkpoint(self, error: RecordError) -> None:
        """A root or size that does not fit is about records; later ones cannot fit either."""
        if error.code not in ("checkpoint.root", "checkpoint.size"):
            self.find(error.code, str(error))
        elif error.code not in self._counts:
            spot = self._mismatch or self._previous
            if error.code == "checkpoint.size":
                spot = (self.chain.frontier.size, self._line, self._offset)
            self.find(error.code, str(error), at=spot)

    def _finish(self) -> None:
        self._settle_mismatch(again=False)
        if self._unsigned is not None:
            note, spot, keys = self._unsigned
            try:
                if not note.signed_by(keys.values()):
                    self.find("checkpoint.invalid", "not signed by a trail key", at=spot)
            except NoteError as error:
                self.find("checkpoint.invalid", str(error), at=spot)
        if self.covered < self.chain.frontier.size:
            text = f"{self.chain.frontier.size - self.covered} records have no checkpoint"
            self.find("tail.uncheckpointed", text, Severity.WARNING, self._previous)
        if self.covered == 0:
            self.find("trail.empty", "there is no signed record in it", at=NOWHERE)
        for index, problem in self.audit.open_ends():
            self.find(problem.code, problem.text, problem.severity, self._places.get(index))


def _place(spot: _Spot) -> Place:
    return Place(record=spot[0], line=spot[1], offset=spot[2])
