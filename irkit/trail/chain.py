"""The rules that link one line of the journal to the one before, and the state they need.

A `Chain` stands at a checkpoint. `problems` says what is wrong with a next record, `close` with a
next checkpoint; nothing moves until `advance` and `close` are told to. Journal and verification use
the same rules.
"""

import base64
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Self, cast

from irkit.canonical import Json, JsonObject, canonical
from irkit.trail.merkle import Frontier
from irkit.trail.note import Checkpoint, Note, NoteError, VerifierKey
from irkit.trail.record import GENESIS_PREV, Record, RecordError, is_time

FRAME: Final = "irkit.checkpoint.v1"
KEY_TYPES: Final = ("key.introduced", "key.rotated", "key.revoked")
_FRAME_START: Final = b'["irkit.checkpoint.v1","'
_FRAME_END: Final = b'"]'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    """The chain at its last checkpoint, to go back to."""

    size: int
    hashes: tuple[bytes, ...]
    prev: str
    ts: str
    origin: str
    keys: Mapping[str, VerifierKey]
    sealed: bool


class Chain:
    """Everything about the records so far that the next one depends on."""

    __slots__ = (
        "_base",
        "_key_records",
        "_touched",
        "commits",
        "counts",
        "frontier",
        "keys",
        "origin",
        "prev",
        "sealed",
        "ts",
    )

    def __init__(self) -> None:
        """Stand before the first record."""
        self.frontier = Frontier()
        self.prev = GENESIS_PREV
        self.ts = ""
        self.commits = 0
        self.counts: dict[str, int] = {}
        self.origin = ""
        self.keys: dict[str, VerifierKey] = {}
        self.sealed = False
        self._touched: dict[str, int] = {}
        self._key_records: list[Record] = []
        self._base = self._snapshot()

    @classmethod
    def at(
        cls,
        *,
        frontier: Frontier,
        prev: str,
        ts: str,
        commits: int,
        counts: dict[str, int],
        origin: str,
        keys: Iterable[VerifierKey],
        sealed: bool,
    ) -> Self:
        """Stand at a checkpoint that was reached before."""
        chain = cls()
        chain.frontier, chain.prev, chain.ts = frontier, prev, ts
        chain.commits, chain.counts, chain.origin = commits, counts, origin
        chain.keys = {str(key): key for key in keys}
        chain.sealed = sealed
        chain._base = chain._snapshot()
        return chain

    def rewind(self) -> None:
        """Go back to the last checkpoint, forgetting the records after it."""
        base = self._base
        self.frontier = Frontier(base.size, base.hashes)
        self.prev, self.ts, self.origin, self.sealed = base.prev, base.ts, base.origin, base.sealed
        self.keys = dict(base.keys)
        for run, count in self._touched.items():
            if count:
                self.counts[run] = count
            else:
                self.counts.pop(run, None)
        self._touched.clear()
        self._key_records.clear()

    def _snapshot(self) -> _Base:
        return _Base(
            size=self.frontier.size,
            hashes=self.frontier.hashes(),
            prev=self.prev,
            ts=self.ts,
            origin=self.origin,
            keys=dict(self.keys),
            sealed=self.sealed,
        )

    def next_index(self, run: str | None) -> int | None:
        """Return the index the next record of `run` has; None for the workspace."""
        return None if run is None else self.counts.get(run, 0)

    def fits(self, record: Record) -> bool:
        """Say whether `problems` has nothing to say; the quick way."""
        run, size = record.run, self.frontier.size
        return (
            record.n == size
            and record.prev == self.prev
            and record.c == self.commits
            and record.ts >= self.ts
            and (run is None or record.rn == self.counts.get(run, 0))
            and (record.type != "trail.genesis") == bool(size)
            and not self.sealed
        )

    def take_plain(self, value: JsonObject, leaf: bytes) -> bool:
        """Take a record that only counts, if it fits; each field of `value` has its type."""
        run, ts = cast("str | None", value["run"]), cast("str", value["ts"])
        count = None if run is None else self.counts.get(run, 0)
        if (
            value["n"] != self.frontier.size
            or value["prev"] != self.prev
            or value["c"] != self.commits
            or value["rn"] != count
            or (ts != self.ts and (ts < self.ts or not is_time(ts)))
            or value["v"] != 1
            or cast("int", value["mono"]) < 0
            or self.sealed
        ):
            return False
        self.frontier.append(leaf)
        self.prev = b2a_base64(leaf, newline=False).decode()
        self.ts = ts
        if run is not None and count is not None:
            self._touched.setdefault(run, count)
            self.counts[run] = count + 1
        return True

    def problems(self, record: Record) -> Iterator[RecordError]:
        """Give what keeps `record` from being the next one."""
        if record.n != self.frontier.size:
            yield RecordError("record.index", f"n is {record.n}, expected {self.frontier.size}")
        if record.prev != self.prev:
            yield RecordError("record.prev", "prev is not the hash of the record before")
        if record.c != self.commits:
            yield RecordError("record.commit", f"c is {record.c}, expected {self.commits}")
        if record.ts < self.ts:
            yield RecordError("record.time", f"{record.ts} is before {self.ts}")
        if record.run is not None and record.rn != self.counts.get(record.run, 0):
            expected = self.counts.get(record.run, 0)
            yield RecordError("record.run-index", f"rn is {record.rn}, expected {expected}")
        if (self.frontier.size == 0) != (record.type == "trail.genesis"):
            yield RecordError("trail.genesis", "the first record, and no other, is trail.genesis")
        if self.sealed:
            yield RecordError("trail.sealed", "a record follows trail.sealed")

    def advance(self, record: Record) -> None:
        """Take `record` as the next one."""
        self.frontier.append(record.leaf)
        self.prev = base64.b64encode(record.leaf).decode()
        self.ts = max(self.ts, record.ts)
        if record.run is not None:
            self._touched.setdefault(record.run, self.counts.get(record.run, 0))
            self.counts[record.run] = (record.rn or 0) + 1
        elif record.type == "trail.genesis" and self.frontier.size == 1:
            self._genesis(record)
        elif record.type == "trail.sealed":
            self.sealed = True
        elif record.type in KEY_TYPES:
            self._key_records.append(record)

    def close(self, note: Note, *, check_signature: bool) -> None:
        """Take `note` as the checkpoint over everything so far.

        Raises:
            RecordError: if it is not; the chain does not move then.
        """
        try:
            checkpoint = Checkpoint.parse(note.text)
            signed = not check_signature or note.signed_by(self.keys.values())
        except NoteError as error:
            raise RecordError("checkpoint.invalid", str(error)) from error
        if checkpoint.origin != self.origin:
            raise RecordError("checkpoint.origin", f"made for {checkpoint.origin}")
        if checkpoint.size != self.frontier.size:
            expected = self.frontier.size
            raise RecordError("checkpoint.size", f"covers {checkpoint.size}, expected {expected}")
        if checkpoint.root != self.frontier.root():
            raise RecordError("checkpoint.root", "a covered record is not what was signed")
        if not signed:
            raise RecordError("checkpoint.invalid", "not signed by a key of this trail")
        self.adopt()

    def adopt(self) -> None:
        """Make the present place the last checkpoint, without looking at one."""
        self.commits += 1
        for record in self._key_records:
            self._learn(record)
        self._key_records.clear()
        self._touched.clear()
        self._base = self._snapshot()

    def _learn(self, record: Record) -> None:
        """Take in a key record; it counts from after the checkpoint that covers it."""
        self.keys = dict(self.keys)  # whoever holds the keys of before keeps them
        if record.type in ("key.revoked", "key.rotated"):
            gone = record.body.get("old" if record.type == "key.rotated" else "vkey")
            self.keys.pop(gone if isinstance(gone, str) else "", None)
        if record.type != "key.revoked":
            key = _key(record.body.get("vkey"))
            if key is not None:
                self.keys[str(key)] = key

    def _genesis(self, record: Record) -> None:
        origin = record.body.get("origin")
        self.origin = origin if isinstance(origin, str) else ""
        self.keys.update((str(key), key) for key in keys_named(record))


def keys_named(record: Record) -> tuple[VerifierKey, ...]:
    """Return the trail keys that a record brings in."""
    listed: Json = [record.body.get("vkey")]
    if record.type == "trail.genesis":
        listed = record.body.get("vkeys")
    elif record.type not in KEY_TYPES:
        return ()
    keys = (_key(text) for text in (listed if isinstance(listed, list | tuple) else ()))
    return tuple(key for key in keys if key is not None)


def frame(note: Note) -> bytes:
    """Return the line of a checkpoint."""
    return canonical([FRAME, str(note)])


def parse_frame(line: bytes) -> Note:
    """Read a checkpoint's line.

    Raises:
        RecordError: if it is none.
    """
    if not line.startswith(_FRAME_START) or not line.endswith(_FRAME_END):
        raise RecordError("checkpoint.malformed", "not a checkpoint frame")
    text = line[len(_FRAME_START) : -len(_FRAME_END)]
    # In a note only line feeds are escaped, so the canonical form can be read without a parser.
    if b'"' in text or text.count(b"\\") != text.count(b"\\n"):
        raise RecordError("checkpoint.malformed", "not in canonical form")
    try:
        return Note.parse(text.replace(b"\\n", b"\n").decode())
    except (NoteError, UnicodeDecodeError) as error:
        raise RecordError("checkpoint.malformed", str(error)) from error


def _key(text: object) -> VerifierKey | None:
    try:
        return VerifierKey.parse(text) if isinstance(text, str) else None
    except NoteError:
        return None
