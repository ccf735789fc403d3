"""The binary encoding of SSH: strings, numbers and public-key blobs (RFC 4251, RFC 4253)."""

import base64
import binascii
import hashlib
from typing import Final

ED25519: Final = "ssh-ed25519"
ECDSA_P256: Final = "ecdsa-sha2-nistp256"
RSA: Final = "ssh-rsa"
SK_ED25519: Final = "sk-ssh-ed25519@openssh.com"
SK_ECDSA_P256: Final = "sk-ecdsa-sha2-nistp256@openssh.com"
WEBAUTHN_SK: Final = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
SECURITY_KEYS: Final = frozenset((SK_ED25519, SK_ECDSA_P256))
KEY_TYPES: Final = frozenset((ED25519, ECDSA_P256, RSA)) | SECURITY_KEYS

_MAX_STRING: Final = 256 * 1024


class WireError(ValueError):
    """Bytes that are not what the encoding says; the message says why."""


class Reader:
    """Takes values off the front of a byte string."""

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        """Read from the start of `data`."""
        self._data = data
        self._position = 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes.

        Raises:
            WireError: if fewer are left.
        """
        end = self._position + size
        if end > len(self._data):
            raise WireError("the data ends too early")
        part, self._position = self._data[self._position : end], end
        return part

    def byte(self) -> int:
        """Return the next byte as a number."""
        return self.take(1)[0]

    def uint32(self) -> int:
        """Return the next four bytes as a number."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """Return the next length-prefixed string."""
        size = self.uint32()
        if size > _MAX_STRING:
            raise WireError(f"a string of {size} bytes is too long")
        return self.take(size)

    def text(self) -> str:
        """Return the next string as text."""
        try:
            return self.string().decode()
        except UnicodeDecodeError as error:
            raise WireError("a string is not UTF-8") from error

    def mpint(self) -> int:
        """Return the next non-negative multi-precision integer, minimally encoded."""
        data = self.string()
        value = int.from_bytes(data, "big")
        if mpint(value) != string(data):
            raise WireError("an integer is negative or not minimally encoded")
        return value

    def end(self) -> None:
        """Require that nothing is left.

        Raises:
            WireError: if something is.
        """
        if self._position != len(self._data):
            raise WireError("there is something after the end")


def uint32(value: int) -> bytes:
    """Encode four bytes."""
    return value.to_bytes(4, "big")


def string(data: bytes | str) -> bytes:
    """Encode a length-prefixed string."""
    raw = data.encode() if isinstance(data, str) else data
    return uint32(len(raw)) + raw


def mpint(value: int) -> bytes:
    """Encode a non-negative multi-precision integer."""
    return string(value.to_bytes(value.bit_length() // 8 + 1, "big") if value else b"")


def key_type(blob: bytes) -> str:
    """Return the algorithm name at the start of a public-key blob."""
    return Reader(blob).text()


def fingerprint(blob: bytes) -> str:
    """Return `SHA256:…` as `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse_public_line(line: str) -> tuple[bytes, str]:
    """Read `type base64 [comment]`; return the blob and the comment.

    Raises:
        WireError: if it is no public key or its two algorithm names differ.
    """
    kind, _, rest = line.strip().partition(" ")
    encoded, _, comment = rest.strip().partition(" ")
    try:
        blob = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError("the key is not base64") from error
    if key_type(blob) != kind:
        raise WireError("the key's algorithm differs from its label")
    return blob, comment.strip()


def public_line(blob: bytes) -> str:
    """Return `type base64` of a public-key blob."""
    return f"{key_type(blob)} {base64.b64encode(blob).decode()}"
