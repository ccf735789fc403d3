"""Endpoints that are addresses: the account some services put before the host has no place there.

S3's account API is called at `ACCOUNT.HOST`. Where the configured endpoint is an address, as the
simulated world's is, no such host exists; the account is in a header as well.
"""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit


def is_address(endpoint: str | None) -> bool:
    """Say whether an endpoint's host is an IP address."""
    try:
        ip_address(urlsplit(endpoint or "").hostname or "")
    except ValueError:
        return False
    return True


def without_account(request: Any, **_: object) -> None:
    """Take the account out of the host of a request that is about to be signed."""
    parts = urlsplit(request.url)
    account, _dot, host = parts.netloc.partition(".")
    if account.isdigit() and is_address(f"{parts.scheme}://{host}"):
        request.url = parts._replace(netloc=host).geturl()
