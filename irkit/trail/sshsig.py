"""SSHSIG, the signature format of `ssh-keygen -Y sign`: armor, signing and checking."""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final, Self

from irkit.trail.signing_keys import SigningKey
from irkit.trail.ssh_verify import Assertion, SignatureError, verify_blob
from irkit.trail.wire import Reader, WireError, fingerprint, string, uint32

MAGIC: Final = b"SSHSIG"
VERSION: Final = 1
BEGIN: Final = "-----BEGIN SSH SIGNATURE-----"
END: Final = "-----END SSH SIGNATURE-----"
_HASH: Final = "sha512"
_HASHES: Final = ("sha256", "sha512")
_WIDTH: Final = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSig:
    """A parsed signature, not yet checked."""

    key: bytes
    namespace: str
    hash_algorithm: str
    signature: bytes

    @classmethod
    def parse(cls, armored: bytes) -> Self:
        """Read the armored text.

        Raises:
            SignatureError: if it is malformed.
        """
        try:
            lines = armored.decode("ascii").strip().splitlines()
            if len(lines) < 3 or lines[0] != BEGIN or lines[-1] != END:  # noqa: PLR2004
                raise SignatureError("not an SSH signature")
            reader = Reader(base64.b64decode("".join(lines[1:-1]), validate=True))
            if reader.take(len(MAGIC)) != MAGIC or reader.uint32() != VERSION:
                raise SignatureError("not an SSH signature of version 1")
            key, namespace = reader.string(), reader.text()
            reader.string()
            found = cls(
                key=key,
                namespace=namespace,
                hash_algorithm=reader.text(),
                signature=reader.string(),
            )
            reader.end()
        except (WireError, UnicodeDecodeError, binascii.Error) as error:
            raise SignatureError(f"the SSH signature is malformed: {error}") from error
        return found

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the key that claims to have signed."""
        return fingerprint(self.key)

    def armor(self) -> bytes:
        """Return the text form, as `ssh-keygen` writes it."""
        blob = b"".join(
            (
                MAGIC,
                uint32(VERSION),
                string(self.key),
                string(self.namespace),
                string(b""),
                string(self.hash_algorithm),
                string(self.signature),
            )
        )
        encoded = base64.b64encode(blob).decode()
        lines = [encoded[i : i + _WIDTH] for i in range(0, len(encoded), _WIDTH)]
        return "\n".join((BEGIN, *lines, END, "")).encode()

    def verify(self, message: bytes) -> Assertion | None:
        """Check the signature over `message`; return a security key's assertion if it is one.

        Raises:
            SignatureError: if it does not verify.
        """
        return verify_blob(
            self.key, self.signature, signed_data(message, self.namespace, self.hash_algorithm)
        )


def sign(message: bytes, *, key: SigningKey, namespace: str) -> bytes:
    """Return the armored signature of `key` over `message` in `namespace`."""
    signature = key.sign(signed_data(message, namespace, _HASH))
    return SshSig(
        key=key.blob, namespace=namespace, hash_algorithm=_HASH, signature=signature
    ).armor()


def signed_data(message: bytes, namespace: str, hash_algorithm: str) -> bytes:
    """Return the bytes that are really signed.

    Raises:
        SignatureError: for a hash that SSHSIG does not allow.
    """
    if hash_algorithm not in _HASHES:
        raise SignatureError(f"the hash {hash_algorithm} is not allowed")
    return b"".join(
        (
            MAGIC,
            string(namespace),
            string(b""),
            string(hash_algorithm),
            string(hashlib.new(hash_algorithm, message).digest()),
        )
    )
