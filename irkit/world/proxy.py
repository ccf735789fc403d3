"""The wire between a client and a simulated provider, and all that can go wrong on it.

A TCP proxy on loopback that relays HTTP/1.1 unchanged and stands before each server all the time.
A response that carries `WIRE_HEADER` is not passed on as it is: the proxy removes the header and
resets, truncates, hangs or drips. `set_dead` makes the whole provider unreachable, as it is when
an identity provider is down.
"""

import asyncio
import contextlib
import math
import socket
import struct
import threading
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Final, TypeVar

from irkit.world.faults import WIRE_HEADER, parse_wire
from irkit.world.framing import (
    LIMIT,
    FramingError,
    Head,
    read_head,
    request_body,
    response_body,
    stays_open,
)

_ABORT: Final = struct.pack("ii", 1, 0)
_DRIPS: Final = 20
_STATUS_LINE_START: Final = len("HTTP/1.1 2")
_BODY_GRACE: Final = 5.0
_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """One request on its way: who sent it, and the task that still passes its body on."""

    request: Head
    pump: asyncio.Future[None]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class FaultProxy:
    """Relays `http://host:port` to an upstream server, and performs faults on the way back."""

    def __init__(
        self, upstream_host: str, upstream_port: int, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Take the addresses; nothing listens before `start`."""
        self._upstream = (upstream_host, upstream_port)
        self._address = (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="world-proxy", daemon=True)
        self._ready = threading.Event()
        self._server: asyncio.Server | None = None
        self._parked: socket.socket | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._hanging = False

    @property
    def port(self) -> int:
        """The port it listens on, once started."""
        return self._address[1]

    @property
    def url(self) -> str:
        """The base URL for clients, once started."""
        return f"http://{self._address[0]}:{self._address[1]}"

    def start(self) -> str:
        """Listen, and return the base URL.

        Raises:
            OSError: if the port is taken; then nothing has been started.
        """
        bound = _bound(self._address)
        self._thread.start()
        self._ready.wait()
        self._call(self._listen(bound))
        return self.url

    def stop(self) -> None:
        """Close every connection and the listener, and wait until they are gone."""
        if self._loop is None or not self._thread.is_alive():
            return
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def set_dead(self, dead: bool, *, hang: bool = False) -> None:
        """Make the provider unreachable (connections refused, or with `hang` never answered)."""
        self._call(self._set_dead(dead, hang))

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        self._loop = loop
        self._ready.set()
        loop.run_forever()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()

    def _call(self, work: Coroutine[None, None, _Result]) -> _Result:
        if self._loop is None:
            work.close()
            raise RuntimeError("the proxy has not been started")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _listen(self, bound: socket.socket) -> None:
        self._address = (self._address[0], bound.getsockname()[1])
        self._server = await asyncio.start_server(self._accept, sock=bound, limit=LIMIT)

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        if self._parked is not None:
            self._parked.close()
            self._parked = None
        await self._drop_connections()

    async def _drop_connections(self) -> None:
        tasks = tuple(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _set_dead(self, dead: bool, hang: bool) -> None:
        refuse = dead and not hang
        self._hanging = dead and hang
        if refuse and self._parked is None:
            # A bound socket that does not listen refuses connections and keeps the port ours.
            if self._server is not None:
                self._server.close()
                self._server = None
            self._parked = _bound(self._address)
        if not refuse and self._parked is not None:
            bound, self._parked = self._parked, None
            await self._listen(bound)
        await self._drop_connections()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        broken = (OSError, TimeoutError, FramingError, EOFError, asyncio.CancelledError)
        with contextlib.suppress(*broken):
            await self._relay(reader, writer)
        writer.transport.abort()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._hanging:
            await _until_gone(reader)
            return
        up_reader, up_writer = await asyncio.open_connection(*self._upstream, limit=LIMIT)
        try:
            while (request := await read_head(reader)) is not None:
                up_writer.write(request.raw)
                body = request_body(reader, request)
                pump = asyncio.ensure_future(_pump(body, up_writer))
                exchange = _Exchange(request=request, pump=pump, reader=reader, writer=writer)
                try:
                    if not await _answer(exchange, up_reader, up_writer):
                        return
                    async with asyncio.timeout(_BODY_GRACE):
                        await pump
                finally:
                    pump.cancel()
                    await asyncio.gather(pump, return_exceptions=True)
        finally:
            up_writer.transport.abort()
            with contextlib.suppress(OSError):
                await up_writer.wait_closed()


def _bound(address: tuple[str, int]) -> socket.socket:
    # asyncio turns Nagle's algorithm off only where the protocol is named.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setblocking(False)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound


def _acknowledge_at_once(up_writer: asyncio.StreamWriter) -> None:
    """Spare servers that write head and body apart the 40 ms of a delayed acknowledgement."""
    upstream: socket.socket = up_writer.get_extra_info("socket")
    if quick := getattr(socket, "TCP_QUICKACK", None):
        upstream.setsockopt(socket.IPPROTO_TCP, quick, 1)


async def _pump(pieces: AsyncIterator[bytes], writer: asyncio.StreamWriter) -> None:
    async for piece in pieces:
        writer.write(piece)
        await writer.drain()


async def _answer(
    exchange: _Exchange, upstream: asyncio.StreamReader, up_writer: asyncio.StreamWriter
) -> bool:
    """Relay the response to one request; say whether the connection goes on."""
    writer = exchange.writer
    while (response := await read_head(upstream)) is not None:
        _acknowledge_at_once(up_writer)
        if response.status < 200:  # noqa: PLR2004  # 1xx heads come before the response
            writer.write(response.raw)
            continue
        body = response_body(upstream, response, exchange.request.method)
        if fault := response.get(WIRE_HEADER):
            head = response.without(WIRE_HEADER)
            content = b"".join([piece async for piece in body])
            await _fail(exchange, parse_wire(fault), head, content)
            return False
        writer.write(response.raw)
        await _pump(body, writer)
        await writer.drain()
        if stays_open(exchange.request, response):
            return True
        await _finish(writer)
        return False
    return False


async def _fail(exchange: _Exchange, fault: tuple[str, float], head: bytes, content: bytes) -> None:
    """Do to the response what `fault` (word, seconds) asks for."""
    word, seconds = fault
    writer = exchange.writer
    match word:
        case "truncate":
            shown = head + content[: len(content) // 2] if content else head[:_STATUS_LINE_START]
            writer.write(shown)
            await _finish(writer)
        case "drip":
            await _drip(head + content, seconds, writer)
            await _finish(writer)
        case "hang":
            await asyncio.gather(exchange.pump, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(seconds or None):
                    await _until_gone(exchange.reader)
            _reset(writer)
        case _:
            _reset(writer)


async def _drip(message: bytes, seconds: float, writer: asyncio.StreamWriter) -> None:
    size = max(1, math.ceil(len(message) / _DRIPS))
    for start in range(0, len(message), size):
        writer.write(message[start : start + size])
        await writer.drain()
        await asyncio.sleep(seconds / _DRIPS)


async def _finish(writer: asyncio.StreamWriter) -> None:
    """Send what is buffered and close in the orderly way, before the caller aborts."""
    await writer.drain()
    writer.close()
    await writer.wait_closed()


async def _until_gone(client: asyncio.StreamReader) -> None:
    while await client.read(LIMIT):
        pass


def _reset(writer: asyncio.StreamWriter) -> None:
    """Make the coming abort of `writer` a TCP reset."""
    connected: socket.socket = writer.get_extra_info("socket")
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
