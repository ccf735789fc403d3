"""Checking one SSH signature blob with one public-key blob, security keys included.

Supports ssh-ed25519, ecdsa-sha2-nistp256, rsa-sha2-256/512, sk-ssh-ed25519, sk-ecdsa-sha2-nistp256
and webauthn-sk-ecdsa-sha2-nistp256. What a security key asserts about its user is returned, not
judged: stock `ssh-keygen` does not enforce it either.
"""

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from irkit.trail import wire
from irkit.trail.wire import Reader, WireError

MIN_RSA_BITS: Final = 2048
USER_PRESENT: Final = 0x01
USER_VERIFIED: Final = 0x04
_EXTENSIONS: Final = 0x80
_RSA_HASHES: Final = {"rsa-sha2-256": SHA256, "rsa-sha2-512": SHA512}


class SignatureError(ValueError):
    """A signature that does not verify, or is malformed; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a security key says about the act of signing. `origin` is the web page, if any."""

    application: str
    flags: int
    counter: int
    origin: str | None = None

    @property
    def user_present(self) -> bool:
        """Say whether somebody touched it."""
        return bool(self.flags & USER_PRESENT)

    @property
    def user_verified(self) -> bool:
        """Say whether it checked a PIN or a fingerprint."""
        return bool(self.flags & USER_VERIFIED)


def verify_blob(key: bytes, signature: bytes, message: bytes) -> Assertion | None:
    """Check `signature` over `message`; return a security key's assertion, None for other keys.

    Raises:
        SignatureError: if it does not verify or key or signature are of another kind.
    """
    try:
        public, reader = Reader(key), Reader(signature)
        kind, algorithm = public.text(), reader.text()
        match kind:
            case wire.ED25519 if algorithm == kind:
                _ed25519(_last(public), _last(reader), message)
            case wire.ECDSA_P256 if algorithm == kind:
                _ecdsa(_p256(public), _last(reader), message)
                public.end()
            case wire.RSA if algorithm in _RSA_HASHES:
                _rsa(public, _last(reader), message, algorithm)
            case wire.SK_ED25519 if algorithm == kind:
                return _sk_ed25519(public, reader, message)
            case wire.SK_ECDSA_P256 if algorithm == kind:
                return _sk_ecdsa(public, reader, message)
            case wire.SK_ECDSA_P256 if algorithm == wire.WEBAUTHN_SK:
                return _webauthn(public, reader, message)
            case _:
                raise SignatureError(f"a {algorithm} signature by a {kind} key is not accepted")
    except InvalidSignature as error:
        raise SignatureError("the signature does not verify") from error
    except (WireError, ValueError) as error:
        raise SignatureError(str(error)) from error
    return None


def _last(reader: Reader) -> bytes:
    value = reader.string()
    reader.end()
    return value


def _ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    Ed25519PublicKey.from_public_bytes(public).verify(signature, message)


def _p256(public: Reader) -> ec.EllipticCurvePublicKey:
    if public.text() != "nistp256":
        raise SignatureError("the key's curve is not nistp256")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public.string())


def _ecdsa(public: ec.EllipticCurvePublicKey, signature: bytes, message: bytes) -> None:
    numbers = Reader(signature)
    encoded = encode_dss_signature(numbers.mpint(), numbers.mpint())
    numbers.end()
    public.verify(encoded, message, ec.ECDSA(SHA256()))


def _rsa(public: Reader, signature: bytes, message: bytes, algorithm: str) -> None:
    exponent, modulus = public.mpint(), public.mpint()
    public.end()
    if modulus.bit_length() < MIN_RSA_BITS:
        raise SignatureError(f"an RSA key of {modulus.bit_length()} bits is too short")
    key = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    key.verify(signature, message, padding.PKCS1v15(), _RSA_HASHES[algorithm]())


def _sk_ed25519(public: Reader, reader: Reader, message: bytes) -> Assertion:
    key, application = public.string(), _last(public)
    signature, flags, counter = reader.string(), reader.byte(), reader.uint32()
    reader.end()
    _ed25519(key, signature, _sk_data(application, flags, counter, b"", message))
    return Assertion(application=application.decode(), flags=flags, counter=counter)


def _sk_ecdsa(public: Reader, reader: Reader, message: bytes) -> Assertion:
    key, application = _p256(public), _last(public)
    signature, flags, counter = reader.string(), reader.byte(), reader.uint32()
    reader.end()
    _ecdsa(key, signature, _sk_data(application, flags, counter, b"", message))
    return Assertion(application=application.decode(), flags=flags, counter=counter)


def _webauthn(public: Reader, reader: Reader, message: bytes) -> Assertion:
    """Check a browser's assertion whose challenge is the SSHSIG blob itself."""
    key, application = _p256(public), _last(public)
    signature, flags, counter = reader.string(), reader.byte(), reader.uint32()
    origin, client_data, extensions = reader.text(), reader.string(), reader.string()
    reader.end()
    challenge = base64.urlsafe_b64encode(message).decode().rstrip("=")
    expected = f'{{"type":"webauthn.get","challenge":"{challenge}","origin":"{origin}"'
    if '"' in origin or not client_data.startswith(expected.encode()):
        raise SignatureError("the browser's client data is not about this statement")
    if bool(flags & _EXTENSIONS) != bool(extensions):
        raise SignatureError("the extensions do not fit the flags")
    if client_data[len(expected.encode()) :].lstrip()[:1] not in (b",", b"}"):
        raise SignatureError("the browser's client data is malformed")
    _ecdsa(key, signature, _sk_data(application, flags, counter, extensions, client_data))
    return Assertion(application=application.decode(), flags=flags, counter=counter, origin=origin)


def _sk_data(
    application: bytes, flags: int, counter: int, extensions: bytes, message: bytes
) -> bytes:
    """Return what a security key really signs."""
    return b"".join(
        (
            hashlib.sha256(application).digest(),
            bytes((flags,)),
            wire.uint32(counter),
            extensions,
            hashlib.sha256(message).digest(),
        )
    )
