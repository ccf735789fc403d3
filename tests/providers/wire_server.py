"""A server on loopback that answers each connection exactly as a test wrote it down.

Answers are bytes, or acts that no proper server does. What was asked is kept.
"""

import socket
import struct
import threading
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

Act = Callable[[socket.socket], None]
Script = bytes | Act

_HEAD_END = b"\r\n\r\n"


def http(
    status: str = "200 OK",
    body: str = "",
    headers: Sequence[tuple[str, str]] = (),
    content_type: str = "application/json",
) -> bytes:
    """Return a response as it goes over the wire."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body.encode())}",
        "Connection: close",
        *([f"Content-Type: {content_type}"] if content_type else []),
        *(f"{name}: {value}" for name, value in headers),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def reset(connection: socket.socket) -> None:
    """Break the connection as a crashed server does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang(connection: socket.socket) -> None:
    """Say nothing until the client gives up."""
    connection.settimeout(5)
    try:
        connection.recv(1)
    except OSError:
        return


def truncated(connection: socket.socket) -> None:
    """Promise more than is sent."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")


class WireServer:
    """Answers with the script, one item a connection; the last one again and again."""

    def __init__(self, *script: Script) -> None:
        """Listen; `script` must not be empty."""
        self._script = list(script)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.requests: list[str] = []

    @property
    def sent(self) -> int:
        """How many requests arrived."""
        return len(self.requests)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        connection.settimeout(5)
        try:
            request = _read(connection)
            if not request:
                return
            self.requests.append(request)
            item = self._script[min(len(self.requests), len(self._script)) - 1]
            if isinstance(item, bytes):
                connection.sendall(item)
            else:
                item(connection)
        except OSError:
            return


def _read(connection: socket.socket) -> str:
    data = b""
    while _HEAD_END not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return ""
        data += chunk
    head, _, body = data.partition(_HEAD_END)
    length = 0
    for line in head.decode().split("\r\n"):
        name, _, value = line.partition(":")
        if name.lower() == "content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head.decode() + "\r\n\r\n" + body.decode()
