"""What all seat probes share: the verdicts, and one HTTP exchange that never raises."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

USER_AGENT: Final = "irkit-seat-probe"
"""How probes name themselves, so that they are not taken for the intruder's acts."""

TIMEOUT: Final = 5.0


class SeatState(StrEnum):
    """What a probe found. Unknown is not dead."""

    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An HTTP answer as far as probes and browsers look at it.

    `challenge` is its `WWW-Authenticate`, `date` its `Date`, `cookie` its `Set-Cookie`.
    """

    status: int
    body: bytes
    challenge: str = ""
    date: str = ""
    cookie: str = ""


def exchange(
    base_url: str, method: str, path: str, headers: Mapping[str, str], body: bytes = b""
) -> Reply | None:
    """Send one request and return the answer, or None if there was no whole answer in time."""
    address = urlsplit(base_url)
    connection = http.client.HTTPConnection(
        address.hostname or "127.0.0.1", address.port, timeout=TIMEOUT
    )
    try:
        connection.request(method, path, body or None, {"User-Agent": USER_AGENT} | dict(headers))
        response = connection.getresponse()
        return Reply(
            status=response.status,
            body=response.read(),
            challenge=response.getheader("www-authenticate", ""),
            date=response.getheader("date", ""),
            cookie=response.getheader("set-cookie", ""),
        )
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
