"""AWS Signature Version 4, from the server's side.

Recomputes the signature over the request as received. Not checked: the age of the request, because
a drill's clock may run apart from the clients'.
"""

import hashlib
import hmac
from typing import Final
from urllib.parse import parse_qsl, quote, unquote

from irkit.world.aws.wire import ApiCall, Signature

_SAFE: Final = "-_.~"


def signature_matches(call: ApiCall, secret_key: str) -> bool:
    """Say whether the call was signed with `secret_key`."""
    signature = call.signature
    if signature is None:
        return False
    expected = _sign(_string_to_sign(call, signature), signature, secret_key)
    return hmac.compare_digest(expected, signature.value)


def _sign(text: str, signature: Signature, secret_key: str) -> str:
    key = f"AWS4{secret_key}".encode()
    for part in (signature.date, signature.region, signature.service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _string_to_sign(call: ApiCall, signature: Signature) -> str:
    scope = f"{signature.date}/{signature.region}/{signature.service}/aws4_request"
    digest = hashlib.sha256(_canonical_request(call, signature).encode()).hexdigest()
    return "\n".join(("AWS4-HMAC-SHA256", call.headers.get("x-amz-date", ""), scope, digest))


def _canonical_request(call: ApiCall, signature: Signature) -> str:
    headers = "".join(
        f"{name}:{' '.join(call.headers.get(name, '').split())}\n"
        for name in signature.signed_headers
    )
    payload = call.headers.get("x-amz-content-sha256") or hashlib.sha256(call.body).hexdigest()
    return "\n".join(
        (
            call.method,
            _canonical_path(call),
            _canonical_query(call.raw_query),
            headers,
            ";".join(signature.signed_headers),
            payload,
        )
    )


def _canonical_path(call: ApiCall) -> str:
    """S3 signs the path as sent; every other service encodes it once more."""
    path = call.raw_path or "/"
    if call.signing_name in {"s3", "s3control"}:
        return quote(unquote(path), safe=f"/{_SAFE}")
    return quote(path, safe=f"/{_SAFE}")


def _canonical_query(raw: str) -> str:
    pairs = sorted(
        (quote(key, safe=_SAFE), quote(value, safe=_SAFE))
        for key, value in parse_qsl(raw, keep_blank_values=True)
    )
    return "&".join(f"{key}={value}" for key, value in pairs)
