"""Collections are read to their end or to an error, and never to a shorter list."""

import json

import pytest
from okta_wire import connected
from wire_server import Script, WireServer, http, reset

from irkit.canonical import JsonObject
from irkit.providers.call import CallError, Outcome
from irkit.providers.okta.live import OktaConnection
from irkit.providers.retry import Patience


async def users(connection: OktaConnection) -> list[JsonObject]:
    """List everybody."""
    return await connection.reader().list("/api/v1/users", {"limit": "2"})


def page(*ids: str, after: str = "", joined: bool = False, address: str = "/api/v1/users") -> bytes:
    """Return a page with its links, as two headers or as one."""
    body = json.dumps([{"id": name} for name in ids])
    links = ['<http://org/api/v1/users?limit=2>; rel="self"']
    if after:
        links.append(f'<{address}?after={after}&limit=2>; rel="next"')
    headers = [("link", ", ".join(links))] if joined else [("link", link) for link in links]
    return http("200 OK", body, headers=headers)


@pytest.mark.parametrize("joined", [False, True])
def test_all_pages_are_read(joined: bool) -> None:
    """Two `link` headers and one with both in it lead to the same list."""
    with WireServer(page("a", "b", after="b", joined=joined), page("c", joined=joined)) as server:
        assert [user["id"] for user in connected(server.url, users)] == ["a", "b", "c"]
    assert "after=b" in server.requests[1]


@pytest.mark.parametrize("fault", [reset, http("500 Oops"), http("403 Forbidden")])
def test_an_error_on_a_later_page_is_raised(fault: Script) -> None:
    """Half a list is not a list."""
    with WireServer(page("a", after="a"), fault) as server, pytest.raises(CallError):
        connected(server.url, users)


def test_pages_that_go_in_circles_are_an_error() -> None:
    """A cursor that comes back would go on for ever."""
    with WireServer(page("a", after="x"), page("b", after="x")) as server:
        with pytest.raises(CallError, match="IRK516"):
            connected(server.url, users)
    assert server.sent == 2


def test_a_next_page_elsewhere_is_not_asked_for() -> None:
    """The token does not follow a link to another host."""
    with WireServer(page("a", after="x", address="http://127.0.0.1:9/api")) as server:
        with pytest.raises(CallError, match="IRK517") as caught:
            connected(server.url, users)
    assert caught.value.outcome is Outcome.SUSPICIOUS
    assert server.sent == 1


def test_a_page_that_is_no_list_is_an_error() -> None:
    """An object where a list belongs is not an empty list."""
    with WireServer(http("200 OK", "{}")) as server, pytest.raises(CallError, match="no list"):
        connected(server.url, users)


def test_a_passing_fault_on_a_page_is_read_over() -> None:
    """Reads are repeated within bounds."""
    patience = Patience(attempts=3, first_pause=0.01)
    with WireServer(page("a", after="a"), reset, http("502 Bad"), page("b")) as server:
        found = connected(server.url, users, patience=patience)
    assert [user["id"] for user in found] == ["a", "b"]
    assert server.sent == 4


def test_a_refusal_is_not_repeated() -> None:
    """A definite no stays no."""
    with WireServer(http("403 Forbidden")) as server:
        with pytest.raises(CallError):
            connected(server.url, users, patience=Patience(attempts=3, first_pause=0.01))
        assert server.sent == 1
