"""Reading the journal's bytes commit by commit, from one checkpoint to the next.

Lines are split on the line feed byte and nothing else. The first byte tells a record from a
checkpoint.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from irkit.trail.chain import Chain, parse_frame
from irkit.trail.note import Checkpoint, NoteError, VerifierKey
from irkit.trail.record import Record, RecordError, decode_line

MAX_COMMIT: Final = 1024 * 1024
"""No commit is larger, so no interrupted write leaves more behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """Records with the checkpoint that covers them; `start` and `end` are byte offsets."""

    records: tuple[Record, ...]
    start: int
    end: int


@dataclass(slots=True, kw_only=True)
class Scan:
    """Goes through a journal from where `chain` stands; stops at the first thing that is wrong."""

    file: BinaryIO
    chain: Chain
    offset: int
    problem: RecordError | None = None

    def commits(self, end: int) -> Iterator[Commit]:
        """Give the commits up to byte `end`, moving `chain` and `offset` along.

        When it ends, what lies between `offset` and `end` is not a valid commit; `problem` says why
        when it is more than an incomplete line.
        """
        self.file.seek(self.offset)
        position, start, chain = self.offset, self.offset, self.chain
        records: list[Record] = []
        for line in _complete_lines(self.file, end - self.offset):
            position += len(line)
            try:
                if line[:1] != b"[":
                    records.append(_next_record(chain, line[:-1]))
                    continue
                # A checkpoint within reach of recovery must be valid by itself; the ones before
                # are covered by the last root.
                chain.close(parse_frame(line[:-1]), check_signature=end - start <= MAX_COMMIT)
            except RecordError as error:
                self.problem = error
                break
            self.offset = position
            yield Commit(records=tuple(records), start=start, end=position)
            start, records = position, []
        chain.rewind()


def later_checkpoint(data: bytes, keys: Iterable[VerifierKey], size: int) -> bool:
    """Say whether `data` holds a complete, signed checkpoint of more than `size` records."""
    pinned = tuple(keys)
    return any(_is_later(line, pinned, size) for line in data.split(b"\n")[:-1])


def _is_later(line: bytes, keys: tuple[VerifierKey, ...], size: int) -> bool:
    try:
        note = parse_frame(line)
        return Checkpoint.parse(note.text).size > size and bool(note.signed_by(keys))
    except (RecordError, NoteError):
        return False


def _next_record(chain: Chain, line: bytes) -> Record:
    record = decode_line(line)
    if not chain.fits(record):
        for problem in chain.problems(record):
            raise problem
    chain.advance(record)
    return record


def _complete_lines(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0:
        line = file.readline(size)
        if not line.endswith(b"\n"):
            return
        size -= len(line)
        yield line
