"""Telling the simulated world from everything else."""

import anyio
import pytest
from wire_server import WireServer, http

from irkit.providers.marker import is_loopback, is_world


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:80", True),
        ("http://[::1]:80", True),
        ("http://localhost", True),
        ("http://127.9.9.9", True),
        ("https://acme.okta.com", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("nonsense", False),
    ],
)
def test_loopback_is_this_machine_only(url: str, expected: bool) -> None:
    """A name that merely looks like loopback is not."""
    assert is_loopback(url) is expected


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (http("200 OK", '{"irkit_world":"acme-small","seed":7}'), True),
        (http("200 OK", "{}"), False),
        (http("200 OK", "<html>"), False),
        (http("404 Not Found", '{"irkit_world":"no"}'), False),
        (http("302 Found", headers=[("Location", "/irkit-world")]), False),
        (b"garbage\r\n\r\n", False),
    ],
)
def test_only_the_marker_makes_a_world(script: bytes, expected: bool) -> None:
    """Something else on loopback, such as another service, is not the world."""
    with WireServer(script) as server:
        assert anyio.run(is_world, server.url) is expected


def test_nothing_is_asked_elsewhere() -> None:
    """An address that is not this machine is not the world, and is not contacted."""
    assert anyio.run(is_world, "https://acme.okta.com") is False


def test_silence_is_an_error() -> None:
    """Where nothing answers, nothing is concluded."""
    with WireServer(http()) as server:
        url = server.url
    with pytest.raises(OSError, match="refused"):
        anyio.run(is_world, url)
