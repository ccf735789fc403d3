"""Signed notes and checkpoints as the C2SP specifications write them.

A checkpoint's text is `origin`, `size` and `root`, one a line, with no extension lines; a note is a
text, an empty line and signature lines `— name base64(key hash ‖ signature)`. Only Ed25519
signatures (type 0x01) are made and checked here; lines of unknown keys are kept and ignored.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from irkit.trail.merkle import HASH_SIZE

ED25519: Final = b"\x01"
MAX_SIGNATURES: Final = 100
_DASH: Final = "\u2014 "
_KEY_HASH: Final = 4
_KEY_SIZE: Final = 32
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")
NAME: Final = re.compile(r"[^\s+\x00-\x1f\x7f]+")
"""What may name a key or a trail."""

_SIZE: Final = re.compile(r"0|[1-9]\d{0,15}")
_CHECKPOINT_LINES: Final = 4


class NoteError(ValueError):
    """A note, checkpoint or verifier key that is not what it has to be; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifierKey:
    """A public key with the name it signs under; written `name+hash+base64`."""

    name: str
    public: bytes

    @property
    def key_hash(self) -> bytes:
        """Four bytes that tell which key a signature line is for."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[
            :_KEY_HASH
        ]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form.

        Raises:
            NoteError: if it is malformed, of another algorithm, or its hash does not fit.
        """
        name, plus, rest = text.partition("+")
        hash_text, plus2, encoded = rest.partition("+")
        key = unbase64(encoded) if plus and plus2 else b""
        if not NAME.fullmatch(name) or len(key) != _KEY_SIZE + 1 or key[:1] != ED25519:
            raise NoteError(f"{text!r} is no Ed25519 verifier key")
        found = cls(name=name, public=key[1:])
        if found.key_hash.hex() != hash_text:
            raise NoteError(f"the key hash in {text!r} does not fit name and key")
        return found

    def __str__(self) -> str:
        encoded = base64.b64encode(ED25519 + self.public).decode()
        return f"{self.name}+{self.key_hash.hex()}+{encoded}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` over `message` was made with this key."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_hash: bytes
    signature: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A signed text; `text` ends with a line feed."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, data: str) -> Self:
        """Read a signed note.

        Raises:
            NoteError: if it has no signature, more than 100, or a malformed line.
        """
        head, blank, tail = data.rpartition("\n\n")
        lines = tail.split("\n")
        if not blank or lines[-1] or len(lines) == 1:
            raise NoteError("a signed note ends with an empty line and signature lines")
        if len(lines) - 1 > MAX_SIGNATURES:
            raise NoteError(f"more than {MAX_SIGNATURES} signatures")
        if _CONTROL.search(data):
            raise NoteError("a control character in a note")
        signatures = tuple(_signature(line) for line in lines[:-1])
        return cls(text=head + "\n", signatures=signatures)

    def signed_by(self, keys: Iterable[VerifierKey]) -> tuple[VerifierKey, ...]:
        """Return those of `keys` that signed.

        Raises:
            NoteError: if a line that names one of the keys does not verify.
        """
        known = {(key.name, key.key_hash): key for key in keys}
        found: list[VerifierKey] = []
        for line in self.signatures:
            key = known.get((line.name, line.key_hash))
            if key is None or key in found:
                continue
            if not key.verifies(self.text.encode(), line.signature):
                raise NoteError(f"the signature of {line.name} does not verify")
            found.append(key)
        return tuple(found)

    def __str__(self) -> str:
        lines = (
            f"{_DASH}{s.name} {base64.b64encode(s.key_hash + s.signature).decode()}\n"
            for s in self.signatures
        )
        return f"{self.text}\n{''.join(lines)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The head of a tree: who keeps it, how many leaves, which root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a note's text.

        Raises:
            NoteError: if it is no checkpoint, or has extension lines.
        """
        lines = text.split("\n")
        if len(lines) != _CHECKPOINT_LINES or lines[3]:
            raise NoteError("a checkpoint has exactly the lines origin, size and root")
        root = unbase64(lines[2])
        if not lines[0] or not _SIZE.fullmatch(lines[1]) or len(root) != HASH_SIZE:
            raise NoteError("malformed origin, size or root")
        return cls(origin=lines[0], size=int(lines[1]), root=root)

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def sign(self, key: VerifierKey, sign: Callable[[bytes], bytes]) -> Note:
        """Return the note of this checkpoint signed with `sign`, whose public half is `key`."""
        text = str(self)
        line = NoteSignature(name=key.name, key_hash=key.key_hash, signature=sign(text.encode()))
        return Note(text=text, signatures=(line,))


def _signature(line: str) -> NoteSignature:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    data = unbase64(encoded)
    if not line.startswith(_DASH) or not NAME.fullmatch(name) or len(data) <= _KEY_HASH:
        raise NoteError(f"malformed signature line {line!r}")
    return NoteSignature(name=name, key_hash=data[:_KEY_HASH], signature=data[_KEY_HASH:])


def unbase64(text: str) -> bytes:
    """Decode strictly: one text for one value, so that no line can be respelt unnoticed."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return data if base64.b64encode(data).decode() == text else b""
