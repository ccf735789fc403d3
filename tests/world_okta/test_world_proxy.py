"""The proxy before each server: it relays HTTP/1.1 unchanged, and can play dead."""

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator

import pytest
from okta_org import Org

from irkit.world.framing import FramingError, read_head, request_body, response_body
from irkit.world.okta.server import OktaServer
from irkit.world.proxy import FaultProxy


class Upstream:
    """A server that reads requests of one length and answers each with fixed bytes."""

    def __init__(self, length: int, *answers: bytes) -> None:
        self._length = length
        self._answers = answers
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.received: list[bytes] = []
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listening.accept()
        with connection:
            for answer in self._answers:
                received = b""
                while len(received) < self._length:
                    received += connection.recv(self._length - len(received))
                self.received.append(received)
                connection.sendall(answer)

    def stop(self) -> None:
        self._thread.join()
        self._listening.close()


@pytest.fixture
def started() -> Iterator[list[FaultProxy]]:
    """A list of proxies to stop at the end."""
    proxies: list[FaultProxy] = []
    yield proxies
    for proxy in proxies:
        proxy.stop()


def relayed(proxies: list[FaultProxy], request: bytes, *answers: bytes) -> bytes:
    """Return what a raw client reads that sends `request` once per answer."""
    upstream = Upstream(len(request), *answers)
    proxy = FaultProxy("127.0.0.1", upstream.port)
    proxies.append(proxy)
    proxy.start()
    read = b""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        for answer in answers:
            client.sendall(request)
            wanted = len(read) + len(answer)
            while len(read) < wanted and (piece := client.recv(65536)):
                read += piece
    upstream.stop()
    assert upstream.received == [request] * len(answers)
    return read


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 204 No Content\r\nX-Case: Kept\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nt: x\r\n\r\n",
    ],
)
def test_messages_are_relayed_byte_for_byte_on_one_connection(
    started: list[FaultProxy], answer: bytes
) -> None:
    """Lengths, chunks and bodiless answers keep their framing, and the connection goes on."""
    request = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    assert relayed(started, request, answer, answer) == answer * 2


def test_a_client_may_wait_for_permission_to_send(started: list[FaultProxy]) -> None:
    """An interim `100 Continue` is passed on before the answer."""
    request = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"
    answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert relayed(started, request, answer) == answer


def test_a_server_that_closes_without_an_answer_gives_none(started: list[FaultProxy]) -> None:
    """The client's connection is closed too."""
    request = b"GET / HTTP/1.1\r\n\r\n"
    upstream = Upstream(len(request), b"")
    proxy = FaultProxy("127.0.0.1", upstream.port)
    started.append(proxy)
    proxy.start()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        client.sendall(request)
        assert _is_over(client)
    upstream.stop()


def test_a_dead_proxy_can_be_stopped(started: list[FaultProxy]) -> None:
    """Stopping releases the port that it held back."""
    proxy = FaultProxy("127.0.0.1", 1)
    proxy.start()
    proxy.set_dead(True)
    proxy.stop()
    started.append(proxy)
    with socket.create_server(("127.0.0.1", proxy.port)) as free:
        assert free.getsockname()[1] == proxy.port


def test_a_taken_port_is_an_error_and_starts_nothing(org: Org) -> None:
    """Neither the proxy nor a server behind it stays behind."""
    before = threading.active_count()
    with pytest.raises(OSError, match="in use"):
        FaultProxy("127.0.0.1", 1, port=org.server.proxy.port).start()
    with pytest.raises(OSError, match="in use"):
        OktaServer(org.world).start(org.server.proxy.port)
    assert threading.active_count() == before


def test_a_request_body_reaches_the_server(started: list[FaultProxy]) -> None:
    """A body is passed on as sent."""
    request = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody"
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    assert relayed(started, request, answer) == answer


def test_an_answer_without_a_length_ends_with_the_connection(started: list[FaultProxy]) -> None:
    """HTTP/1.0 answers end when the server closes."""
    answer = b"HTTP/1.0 200 OK\r\n\r\nuntil the end"
    assert relayed(started, b"GET / HTTP/1.0\r\n\r\n", answer) == answer


def _is_over(client: socket.socket) -> bool:
    """Say whether the other side has closed or reset the connection."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_dead_provider_refuses_and_comes_back_at_the_same_address(org: Org) -> None:
    """Connections are refused while it is dead, open ones are cut, and the port stays its own."""
    proxy = org.server.proxy
    connection = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=5)
    connection.request("GET", "/irkit-world")
    connection.getresponse().read()
    proxy.set_dead(True)
    proxy.set_dead(True)
    assert _is_over(connection.sock)
    connection.close()
    with pytest.raises(ConnectionRefusedError):
        org.get("/irkit-world")
    proxy.set_dead(False)
    assert org.get("/irkit-world").status == 200


def test_a_hanging_provider_accepts_and_never_answers(org: Org) -> None:
    """The other way to be dead: connections are taken and nothing comes back."""
    org.server.proxy.set_dead(True, hang=True)
    with pytest.raises(TimeoutError):
        org.send("GET", "/irkit-world", timeout=0.2)
    org.server.proxy.set_dead(False)
    assert org.get("/irkit-world").status == 200


def test_a_proxy_without_a_server_closes_the_connection(started: list[FaultProxy]) -> None:
    """When nothing listens behind the proxy the client gets no answer."""
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    proxy = FaultProxy("127.0.0.1", port)
    started.append(proxy)
    proxy.start()
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        client.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert _is_over(client)


def test_a_proxy_must_be_started_to_be_used() -> None:
    """Stopping one that never ran is harmless; using it is an error."""
    proxy = FaultProxy("127.0.0.1", 1)
    proxy.stop()
    with pytest.raises(RuntimeError):
        proxy.set_dead(True)


def _read(data: bytes, *, method: str = "GET") -> bytes:
    async def collect() -> bytes:
        reader = asyncio.StreamReader()
        reader.feed_data(data)
        reader.feed_eof()
        head = await read_head(reader)
        assert head is not None
        body = (
            response_body(reader, head, method)
            if head.start.startswith("HTTP/")
            else request_body(reader, head)
        )
        return b"".join([piece async for piece in body])

    return asyncio.run(collect())


def test_answers_to_head_have_no_body() -> None:
    """A HEAD answer announces a length and sends nothing."""
    assert _read(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", method="HEAD") == b""


def test_requests_may_be_chunked() -> None:
    """A chunked request body is passed on with its framing."""
    body = b"3\r\nabc\r\n0\r\n\r\n"
    assert _read(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + body) == body


def test_a_head_without_an_end_is_refused() -> None:
    """A head longer than the limit is an error."""
    with pytest.raises(FramingError):
        _read(b"GET / HTTP/1.1\r\nx: " + b"y" * 100_000)


@pytest.mark.parametrize(
    "data", [b"HTTP/1.1 200 OK\r\n", b"GET / HTTP/1.1\r\ncontent-length: 9\r\n\r\nx"]
)
def test_a_message_that_breaks_off_has_no_end(data: bytes) -> None:
    """A head or body that the connection cuts is an error, not a short message."""
    with pytest.raises(FramingError):
        _read(data)
