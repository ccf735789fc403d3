"""Where one HTTP/1.1 message ends on a byte stream: heads, and bodies by length, chunks or close.

Just enough of RFC 9112 for the proxy before the simulated providers, which relays messages
unchanged. Bodies are passed on raw, chunk framing included; nothing is decoded.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

LIMIT: Final = 1 << 18
"""The longest head or chunk-size line read, in bytes."""

_PIECE: Final = 1 << 16


class FramingError(ValueError):
    """A message whose end cannot be found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The start line and headers of one message, as received."""

    raw: bytes
    start: str
    headers: tuple[tuple[str, str], ...]

    def get(self, name: str) -> str:
        """Return the first header called `name` (lower-case), or an empty text."""
        return next((value for key, value in self.headers if key == name), "")

    def without(self, name: str) -> bytes:
        """Return the raw head without the headers called `name` (lower-case)."""
        prefix = name.encode() + b":"
        lines = self.raw.split(b"\r\n")
        return b"\r\n".join(line for line in lines if not line.lower().startswith(prefix))

    @property
    def status(self) -> int:
        """The status code of a response head."""
        return int(self.start.split(" ", 2)[1])

    @property
    def method(self) -> str:
        """The method of a request head."""
        return self.start.split(" ", 1)[0]


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """Read one head; None where the peer closed before sending any of it."""
    try:
        raw = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise FramingError("the connection closed in the middle of a head") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise FramingError(f"a head is longer than {LIMIT} bytes") from error
    lines = raw.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    return Head(raw=raw, start=lines[0], headers=headers)


def request_body(reader: asyncio.StreamReader, head: Head) -> AsyncIterator[bytes]:
    """Return the raw pieces of a request's body; a request without framing has none."""
    if "chunked" in head.get("transfer-encoding").lower():
        return _chunks(reader)
    return _exactly(reader, int(head.get("content-length") or 0))


def response_body(reader: asyncio.StreamReader, head: Head, method: str) -> AsyncIterator[bytes]:
    """Return the raw pieces of the body of the response `head` to a `method` request."""
    if method == "HEAD" or head.status in {204, 304}:
        return _exactly(reader, 0)
    if "chunked" in head.get("transfer-encoding").lower():
        return _chunks(reader)
    if length := head.get("content-length"):
        return _exactly(reader, int(length))
    return _until_close(reader)


def stays_open(request: Head, response: Head) -> bool:
    """Say whether the connection can carry another message after this exchange."""
    if response.start.startswith("HTTP/1.0") or request.start.endswith("HTTP/1.0"):
        return False
    return all("close" not in head.get("connection").lower() for head in (request, response))


async def _exactly(reader: asyncio.StreamReader, length: int) -> AsyncIterator[bytes]:
    while length > 0:
        piece = await reader.read(min(length, _PIECE))
        if not piece:
            raise FramingError("the connection closed in the middle of a body")
        length -= len(piece)
        yield piece


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        line = await reader.readuntil(b"\r\n")
        yield line
        size = int(line.split(b";")[0], 16)
        if size == 0:
            break
        async for piece in _exactly(reader, size + 2):
            yield piece
    while True:
        line = await reader.readuntil(b"\r\n")
        yield line
        if line == b"\r\n":
            return


async def _until_close(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await reader.read(_PIECE):
        yield piece
