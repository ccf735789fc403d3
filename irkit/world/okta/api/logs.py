"""The System Log: bounded queries that end, and polling that never does."""

from collections.abc import Sequence
from datetime import datetime

from irkit.canonical import Json
from irkit.clock import parse_rfc3339
from irkit.world.okta import errors, expressions
from irkit.world.okta.paging import link, read_limit
from irkit.world.okta.routing import Ask, Reply, route
from irkit.world.okta.system_log import Entry

DEFAULT_LIMIT = 100
MAX_LIMIT = 1000


@route("GET", "/api/v1/logs", area="logs")
def list_events(ask: Ask) -> Reply:
    """List events by `since`, `until`, `filter`, `q`, `sortOrder`.

    A query with `until` is bounded: its last page has no next link. Ascending without `until` is
    polling: there is always a next link, and it goes on behind the last event delivered.
    """
    limit = read_limit(ask, default=DEFAULT_LIMIT, most=MAX_LIMIT)
    descending = ask.query.get("sortOrder", "ASCENDING").upper() == "DESCENDING"
    polling = "until" not in ask.query and not descending
    found = _selected(ask)
    if descending:
        found.reverse()
    after = _cursor(ask)
    if after is not None:
        found = [e for e in found if (e.index < after if descending else e.index > after)]
    shown = found[:limit]
    links = [link(ask, {"limit": str(limit)}, "self")]
    if polling or len(found) > limit:
        last = shown[-1].index if shown else after if after is not None else _end(ask)
        links.append(link(ask, {"limit": str(limit), "after": f"{last + 1}_1"}, "next"))
    return Reply(body=[entry.json for entry in shown], headers=tuple(links))


def _end(ask: Ask) -> int:
    """Return the place from which an empty first page polls on."""
    visible = ask.state.log.visible(ask.state.now())
    return visible[-1].index if visible else -1


def _cursor(ask: Ask) -> int | None:
    text = ask.query.get("after")
    if text is None:
        return None
    number = text.partition("_")[0]
    if not number.isdigit():
        raise errors.bad_search()
    return int(number) - 1


def _selected(ask: Ask) -> list[Entry]:
    since, until = _time(ask, "since"), _time(ask, "until")
    entries: Sequence[Entry] = ask.state.log.visible(ask.state.now())
    if since is not None:
        entries = [entry for entry in entries if entry.at >= since]
    if until is not None:
        entries = [entry for entry in entries if entry.at < until]
    if text := ask.query.get("filter"):
        holds = expressions.parse(text)
        entries = [entry for entry in entries if holds(expressions.lookup_json(entry.json))]
    words = ask.query.get("q", "").casefold().split()
    return [entry for entry in entries if all(word in _words(entry.json) for word in words)]


def _words(value: Json) -> str:
    return repr(value).casefold()


def _time(ask: Ask, name: str) -> datetime | None:
    text = ask.query.get(name)
    if text is None:
        return None
    try:
        return parse_rfc3339(text)
    except ValueError as error:
        raise errors.invalid(name, f"{name}: {text} is no time") from error
