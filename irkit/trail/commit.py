"""Building one commit: records placed on the chain and the checkpoint that covers them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from irkit.clock import parse_rfc3339, rfc3339
from irkit.trail.boot import boot_id, boot_milliseconds
from irkit.trail.chain import Chain, frame
from irkit.trail.draft import Prepared
from irkit.trail.merkle import leaf_hash
from irkit.trail.note import Checkpoint, Note, VerifierKey
from irkit.trail.record import Place, Record, encode_line, record_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """The bytes of one commit, not yet written."""

    data: bytes
    note: Note
    records: tuple[Record, ...]


def build(
    chain: Chain,
    batch: Sequence[Prepared],
    *,
    now: datetime,
    key: VerifierKey,
    sign: Callable[[bytes], bytes],
) -> Built:
    """Advance `chain` over `batch` and sign; the caller closes or rewinds the chain afterwards."""
    ts, skew = _time(chain.ts, now)
    boot, mono = boot_id(), boot_milliseconds()
    lines, records = list[bytes](), list[Record]()
    try:
        for prepared in batch:
            place = Place(
                n=chain.frontier.size,
                prev=chain.prev,
                ts=ts,
                boot=boot,
                mono=mono,
                c=chain.commits,
                rn=chain.next_index(prepared.draft.run),
                skew=skew,
            )
            line = encode_line(prepared.draft, prepared.body, place)
            record = record_of(prepared.draft, place, leaf_hash(line))
            chain.advance(record)
            lines.append(line)
            records.append(record)
        checkpoint = Checkpoint(
            origin=chain.origin, size=chain.frontier.size, root=chain.frontier.root()
        )
        note = checkpoint.sign(key, sign)
    except BaseException:
        chain.rewind()
        raise
    data = b"\n".join((*lines, frame(note), b""))
    return Built(data=data, note=note, records=tuple(records))


def _time(previous: str, now: datetime) -> tuple[str, int]:
    """Return the time to write, never before `previous`, and how far the clock is behind it."""
    text = rfc3339(now)
    if text >= previous:
        return text, 0
    behind = parse_rfc3339(previous) - parse_rfc3339(text)
    return previous, round(behind.total_seconds() * 1000)
