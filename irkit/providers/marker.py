"""Whether an address is the simulated world: on this machine, and answering its marker.

Drill connections must be, live connections must not be. The question is asked over a plain
connection of its own: no proxy, no redirect, no credentials.
"""

import http.client
import ipaddress
import json
from typing import Final
from urllib.parse import urlsplit

import anyio.to_thread

MARKER_PATH: Final = "/irkit-world"
_TIMEOUT: Final = 3.0
_HTTP_OK: Final = 200


def is_loopback(url: str) -> bool:
    """Say whether `url` names this machine itself, by address or as `localhost`."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def is_world(url: str) -> bool:
    """Say whether `url` is the world: loopback only, and its marker answers.

    Raises:
        OSError: if nothing answers there at all.
    """
    if not is_loopback(url):
        return False
    return await anyio.to_thread.run_sync(_ask, url)


def _ask(url: str) -> bool:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=_TIMEOUT
    )
    try:
        connection.request("GET", MARKER_PATH)
        answer = connection.getresponse()
        body = answer.read()
    except http.client.HTTPException:
        return False
    finally:
        connection.close()
    return answer.status == _HTTP_OK and _says_world(body)


def _says_world(body: bytes) -> bool:
    try:
        value = json.loads(body)
    except ValueError:
        return False
    return isinstance(value, dict) and "irkit_world" in value
