"""The openings of a trail: what shows the values that its records only commit to.

One encrypted file a value, named after its commitment, so that one value can be forgotten and the
others stay. Their key lies beside the trail and not in it: a copy of the trail's directory alone
shows nothing.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from irkit.canonical import Json
from irkit.diagnostics import IrkitError
from irkit.trail.blobs import sync_directory
from irkit.trail.redaction import COMMITMENT, Opening, cannot_show, is_commitment

_KEY_SIZE: Final = 32
_NONCE_SIZE: Final = 12


class Condition(StrEnum):
    """What became of an opening."""

    KEPT = "kept"
    MISSING = "missing"
    ALTERED = "altered"
    UNKNOWN = "unknown"
    """There is no key here to tell: the trail is a copy."""


class Openings:
    """A directory of encrypted openings and the file of their key."""

    __slots__ = ("_cipher", "_directory", "_key")

    def __init__(self, directory: Path, key: Path) -> None:
        """Keep openings in `directory`; the first one makes the file `key`."""
        self._directory = directory
        self._key = key
        self._cipher: ChaCha20Poly1305 | None = None

    def put(self, openings: Iterable[Opening]) -> None:
        """Keep `openings`, durably, before the record with their commitments is written."""
        cipher = self._opened() or self._made()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for opening in openings:
            path = self._path(opening.commitment())
            nonce = secrets.token_bytes(_NONCE_SIZE)
            data = nonce + cipher.encrypt(nonce, opening.encode(), path.name.encode())
            _write(path, data)
        sync_directory(self._directory)

    def get(self, commitment: Json) -> Opening:
        """Return the opening of `commitment`.

        Raises:
            IrkitError: IRK740 if it was destroyed, altered, or does not open the commitment.
        """
        path, cipher = self._path(commitment), self._opened()
        if cipher is None:
            raise cannot_show(f"the key of the openings, {self._key}, is not there")
        try:
            data = path.read_bytes()
            clear = cipher.decrypt(data[:_NONCE_SIZE], data[_NONCE_SIZE:], path.name.encode())
        except OSError as error:
            raise cannot_show("there is no opening for it: it was destroyed") from error
        except (InvalidTag, ValueError) as error:
            raise cannot_show("its opening was altered, or the key is another one") from error
        opening = Opening.decode(clear)
        if not opening.opens(commitment):
            raise cannot_show("its opening is of another value")
        return opening

    def condition(self, commitment: Json) -> Condition:
        """Say what became of the opening of `commitment`."""
        if self._opened() is None:
            return Condition.UNKNOWN
        if not self._path(commitment).is_file():
            return Condition.MISSING
        try:
            self.get(commitment)
        except IrkitError:
            return Condition.ALTERED
        return Condition.KEPT

    def destroy(self, commitment: Json) -> None:
        """Forget the value behind `commitment`; what is destroyed already stays so."""
        self._path(commitment).unlink(missing_ok=True)
        if self._directory.is_dir():
            sync_directory(self._directory)

    def _opened(self) -> ChaCha20Poly1305 | None:
        """Return the cipher, or None where there is no key (yet)."""
        if self._cipher is None and self._key.is_file():
            self._cipher = ChaCha20Poly1305(self._key.read_bytes())
        return self._cipher

    def _made(self) -> ChaCha20Poly1305:
        """Make the key; of two processes that do so at once, the first one's counts for both."""
        self._key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = self._key.with_name(f".{self._key.name}.{secrets.token_hex(8)}")
        _write(scratch, secrets.token_bytes(_KEY_SIZE))
        try:
            os.link(scratch, self._key)
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
        sync_directory(self._key.parent)
        cipher = self._opened()
        assert cipher is not None, "the key was just made"
        return cipher

    def _path(self, commitment: Json) -> Path:
        if not is_commitment(commitment):
            raise cannot_show("it is no commitment")
        assert isinstance(commitment, dict)
        return self._directory / hashlib.sha256(str(commitment[COMMITMENT]).encode()).hexdigest()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
