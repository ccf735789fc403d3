"""Cosignatures of tlog witnesses (C2SP `tlog-cosignature`): a time and a signature on a checkpoint.

A witness signs a checkpoint only if it extends the last one it saw of that log, so its signature
says that there was one history up to that size.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Self

from irkit.clock import rfc3339
from irkit.trail.note import Checkpoint, Note, NoteError, VerifierKey, unbase64
from irkit.trail.verdict import NOWHERE, Anchor, Finding

ED25519_COSIGNATURE: Final = b"\x04"
_KEY_SIZE: Final = 32
_TIME_SIZE: Final = 8
_SIGNATURE_SIZE: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessKey:
    """A witness's public key; written `name+hash+base64` with the algorithm byte 4."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Four bytes that tell which key a signature line is for."""
        data = self.name.encode() + b"\n" + ED25519_COSIGNATURE + self.public
        return hashlib.sha256(data).digest()[:4]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form.

        Raises:
            NoteError: if it is malformed or its hash does not fit.
        """
        name, _, rest = text.partition("+")
        hash_text, _, encoded = rest.partition("+")
        key = unbase64(encoded)
        if not name or len(key) != _KEY_SIZE + 1 or key[:1] != ED25519_COSIGNATURE:
            raise NoteError(f"{text!r} is no witness key")
        found = cls(name=name, public=key[1:])
        if found.key_hash.hex() != hash_text:
            raise NoteError(f"the key hash in {text!r} does not fit name and key")
        return found

    def cosigned_at(self, note: Note) -> datetime | None:
        """Return when this witness cosigned `note`; None if it did not, or not validly."""
        key = VerifierKey(name=self.name, public=self.public)
        for line in note.signatures:
            data = line.signature
            if (line.name, line.key_hash) != (self.name, self.key_hash):
                continue
            if len(data) != _TIME_SIZE + _SIGNATURE_SIZE:
                continue
            seconds = int.from_bytes(data[:_TIME_SIZE], "big")
            message = f"cosignature/v1\ntime {seconds}\n{note.text}".encode()
            if seconds < 2**40 and key.verifies(message, data[_TIME_SIZE:]):
                return datetime.fromtimestamp(seconds, UTC)
        return None


def witnessed(
    notes: Sequence[Note], witnesses: Sequence[WitnessKey], quorum: int
) -> tuple[tuple[Anchor, ...], tuple[Finding, ...]]:
    """Return the anchors that at least `quorum` witnesses make; it is a finding if none is made."""
    anchors: list[Anchor] = []
    most = 0
    for note in notes:
        times = dict(_cosignatures(note, witnesses))
        most = max(most, len(times))
        if len(times) >= max(quorum, 1):
            anchors.append(
                Anchor(
                    source=f"witness {', '.join(sorted(times))}",
                    size=Checkpoint.parse(note.text).size,
                    root=note.text.split("\n")[2],
                    at=rfc3339(max(times.values())),
                )
            )
    if anchors or not quorum:
        return tuple(anchors), ()
    text = f"no head is signed by {quorum} witnesses, the most is {most}"
    return (), (Finding(code="witness.quorum", text=text, place=NOWHERE),)


def _cosignatures(note: Note, witnesses: Iterable[WitnessKey]) -> Iterable[tuple[str, datetime]]:
    for witness in witnesses:
        at = witness.cosigned_at(note)
        if at is not None:
            yield witness.name, at
