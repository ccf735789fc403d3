"""An API service app for the tests: its key pair, its assertions, its access tokens."""

import base64
import json
from functools import cache
from urllib.parse import urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from okta_org import Answer, Org

from irkit.canonical import JsonObject


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """Return the key called `name`, made once per run."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _number(value: int) -> str:
    return _encode(value.to_bytes((value.bit_length() + 7) // 8))


def jwk(private: rsa.RSAPrivateKey) -> JsonObject:
    """Return the public JWK of a key."""
    numbers = private.public_key().public_numbers()
    return {"kty": "RSA", "kid": "k1", "n": _number(numbers.n), "e": _number(numbers.e)}


class ServiceApp:
    """A registered client that asks for tokens as the Okta SDK does."""

    def __init__(
        self, org: Org, scopes: tuple[str, ...], roles: tuple[str, ...] = ("SUPER_ADMIN",)
    ) -> None:
        self._org = org
        self.client_id = org.state.add_service_app("irkit", jwk(key("good")), scopes, roles=roles)

    def request(self, scope: str, *, flaw: str = "") -> Answer:
        """Ask for an access token with `scope`; `flaw` spoils the assertion."""
        now = int(self._org.clock().timestamp())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": f"{self._org.url}/oauth2/v1/token" if flaw != "aud" else "https://other.test",
            "iat": now,
            "exp": now + (3000 if flaw != "exp" else -1),
            "jti": "1",
        }
        signer = key("bad" if flaw == "key" else "good")
        parts = ({"alg": "RS256", "kid": "k1"}, claims)
        signed = ".".join(_encode(json.dumps(part).encode()) for part in parts)
        signature = signer.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        query = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": f"{signed}.{_encode(signature)}",
        }
        return self._org.send_form("/oauth2/v1/token", urlencode(query))

    def bearer(self, scope: str) -> str:
        """Return the Authorization header of a fresh access token."""
        return f"Bearer {self.request(scope).object['access_token']}"
