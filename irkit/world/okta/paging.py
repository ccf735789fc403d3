"""Pages of a list: `limit`, `after`, and the two `link` headers by which clients go on."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from irkit.canonical import Json
from irkit.world.okta import errors
from irkit.world.okta.routing import Ask, Reply

_Item = TypeVar("_Item")


def page(
    ask: Ask,
    items: Sequence[_Item],
    *,
    key: Callable[[_Item], str],
    show: Callable[[_Item], Json],
    default: int,
    most: int = 0,
) -> Reply:
    """Return the page of `items` that the query asks for; `after` is the last key seen."""
    limit = read_limit(ask, default=default, most=most or default)
    start = _start(ask.query.get("after"), items, key)
    shown = items[start : start + limit]
    links = [link(ask, {"limit": str(limit)}, "self")]
    if start + limit < len(items):
        links.append(link(ask, {"limit": str(limit), "after": key(shown[-1])}, "next"))
    return Reply(body=[show(item) for item in shown], headers=tuple(links))


def read_limit(ask: Ask, *, default: int, most: int) -> int:
    """Return the `limit` of the query, at most `most`.

    Raises:
        OktaError: E0000001 where it is no number, or below 1.
    """
    text = ask.query.get("limit", str(default))
    if not text.isdigit() or int(text) < 1:
        raise errors.invalid("limit", "limit: The limit must be a positive number.")
    return min(int(text), most)


def link(ask: Ask, changes: dict[str, str], relation: str) -> tuple[str, str]:
    """Return one `link` header to the present query with `changes`."""
    query = urlencode({**ask.query, **changes})
    return ("link", f'<{ask.base}{ask.path}?{query}>; rel="{relation}"')


def _start(after: str | None, items: Sequence[_Item], key: Callable[[_Item], str]) -> int:
    if after is None:
        return 0
    place = next((n for n, item in enumerate(items) if key(item) == after), None)
    if place is None:
        raise errors.bad_search()
    return place + 1
