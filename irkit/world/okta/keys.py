"""The org's signing key: SAML assertions, and OAuth access tokens as JWTs.

The key is made when it is first needed and is not part of the seed: two worlds of one seed have
the same ids and states, not the same signatures.
"""

import base64
import json
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import cast

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

from irkit.canonical import JsonObject, canonical


class JwtError(ValueError):
    """A JWT that is malformed or not signed by the key it is checked with."""


class OrgKeys:
    """One RSA key with a self-signed certificate."""

    def __init__(self, pem: str = "") -> None:
        """Make nothing yet, as a key costs a tenth of a second; or take the one in `pem`."""
        self._lock = threading.Lock()
        self._key: rsa.RSAPrivateKey | None = None
        if pem:
            read = serialization.load_pem_private_key(pem.encode(), None)
            assert isinstance(read, rsa.RSAPrivateKey), "an org's key is RSA"
            self._key = read

    @property
    def key(self) -> rsa.RSAPrivateKey:
        """The private key."""
        with self._lock:
            if self._key is None:
                self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return self._key

    def pem(self) -> str:
        """Return the private key, as whoever stole it has it."""
        form = serialization.PrivateFormat.PKCS8
        made = self.key.private_bytes(
            serialization.Encoding.PEM, form, serialization.NoEncryption()
        )
        return made.decode()

    def certificate(self) -> str:
        """Return the certificate as base64 DER, as SAML metadata carries it."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "okta.world.irkit.test")])
        start = datetime(2020, 1, 1, tzinfo=UTC)
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self.key.public_key())
            .serial_number(1)
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=36500))
            .sign(self.key, hashes.SHA256())
        )
        return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()

    def sign(self, data: bytes) -> bytes:
        """Return the RSA-SHA256 (PKCS #1 v1.5) signature of `data`."""
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def issue_jwt(self, claims: JsonObject) -> str:
        """Return a signed JWT (RS256) with `claims`."""
        head = _encode(canonical({"alg": "RS256", "kid": "irkit-world", "typ": "JWT"}))
        signed = f"{head}.{_encode(canonical(claims))}"
        return f"{signed}.{_encode(self.sign(signed.encode()))}"

    def read_jwt(self, token: str) -> JsonObject:
        """Return the claims of a JWT that this org issued.

        Raises:
            JwtError: if the token is malformed or somebody else's.
        """
        return verified_claims(token, self.key.public_key())


def public_key(jwk: JsonObject) -> rsa.RSAPublicKey:
    """Return the RSA public key of a JWK."""
    exponent, modulus = (int.from_bytes(_decode(str(jwk[name]))) for name in ("e", "n"))
    return rsa.RSAPublicNumbers(exponent, modulus).public_key()


def unverified_claims(token: str) -> JsonObject:
    """Return the claims of a JWT whose signature has not been looked at."""
    try:
        payload = json.loads(_decode(token.split(".")[1]))
    except (ValueError, IndexError) as error:
        raise JwtError(f"not a JWT: {error}") from error
    if not isinstance(payload, Mapping):
        raise JwtError("the claims are no object")
    return cast("JsonObject", payload)


def verified_claims(token: str, key: rsa.RSAPublicKey) -> JsonObject:
    """Return the claims of an RS256 JWT signed with `key`.

    Raises:
        JwtError: if it is malformed or not signed with `key`.
    """
    claims = unverified_claims(token)
    signed, _, signature = token.rpartition(".")
    try:
        key.verify(_decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError) as error:
        raise JwtError("the signature does not match") from error
    return claims


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
