"""Values that may have to be disclosed or forgotten later, without touching a signature.

In the record stands a commitment: `{"$c": base64(SHA-256(salt ‖ canonical(["irkit.commit.v1", path,
value])))}`. What opens it is kept outside the record, encrypted, one file a value. Handing an
opening over discloses the value, destroying it forgets it; leaf, proofs and signatures stay. The
salt is per value, so that nobody can confirm a guess; the path is hashed with it, so that no value
can be moved to another field.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from irkit.canonical import CanonicalError, Json, JsonObject, canonical, parse
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail.blobs import sync_directory

COMMITMENT: Final = "$c"
SALT_SIZE: Final = 32
KEY_SIZE: Final = 32
_LABEL: Final = "irkit.commit.v1"
_NONCE_SIZE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What shows the value behind a commitment. `path` is a JSON pointer into the record's body."""

    path: str
    value: Json
    salt: bytes

    def commitment(self) -> JsonObject:
        """Return what stands in the record instead of the value."""
        hashed = hashlib.sha256(self.salt + canonical([_LABEL, self.path, self.value])).digest()
        return {COMMITMENT: base64.b64encode(hashed).decode()}

    def opens(self, commitment: Json) -> bool:
        """Say whether `commitment` was made from this value, path and salt."""
        return len(self.salt) == SALT_SIZE and commitment == self.commitment()

    def encode(self) -> bytes:
        """Return the bytes to hand over to whom the value is disclosed."""
        salt = base64.b64encode(self.salt).decode()
        return canonical({"path": self.path, "value": self.value, "salt": salt})

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read a disclosed opening.

        Raises:
            IrkitError: IRK740 if it is malformed.
        """
        try:
            value = parse(data)
            assert isinstance(value, Mapping)
            path, salt = value["path"], value["salt"]
            assert isinstance(path, str)
            assert isinstance(salt, str)
            return cls(path=path, value=value["value"], salt=base64.b64decode(salt, validate=True))
        except (CanonicalError, AssertionError, KeyError, ValueError) as error:
            raise _problem("the opening is malformed") from error


def redact(
    body: JsonObject,
    paths: Iterable[str],
    *,
    random: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[JsonObject, tuple[Opening, ...]]:
    """Replace the values at `paths` (JSON pointers) by commitments; return body and openings.

    Raises:
        IrkitError: IRK741 if the body has no such value.
    """
    openings: list[Opening] = []
    for path in paths:
        keys = [key.replace("~1", "/").replace("~0", "~") for key in path.split("/")[1:]]
        opening = Opening(path=path, value=_at(body, keys, path), salt=random(SALT_SIZE))
        body = _with(body, keys, opening.commitment())
        openings.append(opening)
    return body, tuple(openings)


class Openings:
    """A directory of encrypted openings, named by their commitments."""

    __slots__ = ("_cipher", "_directory")

    def __init__(self, directory: Path, key: bytes) -> None:
        """Keep openings in `directory`, encrypted with `key` (32 bytes)."""
        self._directory = directory
        self._cipher = ChaCha20Poly1305(key)

    def put(self, opening: Opening) -> None:
        """Keep `opening`, durably, before the record with its commitment is written."""
        path = self._path(opening.commitment())
        nonce = secrets.token_bytes(_NONCE_SIZE)
        data = nonce + self._cipher.encrypt(nonce, opening.encode(), path.name.encode())
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        sync_directory(self._directory)

    def get(self, commitment: Json) -> Opening:
        """Return the opening of `commitment`.

        Raises:
            IrkitError: IRK740 if it was destroyed, altered, or does not open the commitment.
        """
        path = self._path(commitment)
        try:
            data = path.read_bytes()
            clear = self._cipher.decrypt(data[:_NONCE_SIZE], data[_NONCE_SIZE:], path.name.encode())
        except OSError as error:
            raise _problem("there is no opening for it: it was destroyed") from error
        except (InvalidTag, ValueError) as error:
            raise _problem("its opening was altered, or the key is another one") from error
        opening = Opening.decode(clear)
        if not opening.opens(commitment):
            raise _problem("its opening is of another value")
        return opening

    def destroy(self, commitment: Json) -> None:
        """Forget the value behind `commitment`; what is destroyed already stays so."""
        self._path(commitment).unlink(missing_ok=True)
        if self._directory.is_dir():
            sync_directory(self._directory)

    def _path(self, commitment: Json) -> Path:
        text = commitment.get(COMMITMENT) if isinstance(commitment, Mapping) else None
        if not isinstance(text, str):
            raise _problem("it is no commitment")
        return self._directory / hashlib.sha256(text.encode()).hexdigest()


def _at(value: Json, keys: list[str], path: str) -> Json:
    for key in keys:
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list | tuple) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise _missing(path)
    if not keys:
        raise _missing(path)
    return value


def _with(value: Json, keys: list[str], new: Json) -> JsonObject:
    replaced = _replaced(value, keys, new)
    assert isinstance(replaced, Mapping)
    return replaced


def _replaced(value: Json, keys: list[str], new: Json) -> Json:
    if not keys:
        return new
    if isinstance(value, Mapping):
        return {**value, keys[0]: _replaced(value[keys[0]], keys[1:], new)}
    assert isinstance(value, list | tuple)
    items = list(value)
    items[int(keys[0])] = _replaced(items[int(keys[0])], keys[1:], new)
    return items


def _problem(why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK740",
            summary=f"the redacted value cannot be shown: {why}",
            help="the record itself stays valid: `irkit trail verify` does not need it",
        )
    )


def _missing(path: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK741",
            summary=f"there is nothing to redact at {path or '/'}",
            help="name the value by a JSON pointer into the record's body, such as /values/email",
        )
    )
