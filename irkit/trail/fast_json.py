"""Strict parsing of stored lines, faster where `orjson` is installed.

The fast path only ever says yes: it accepts a line when orjson's round trip gives the same bytes
and a few byte tests rule out what orjson tolerates and the canonical form does not. Every doubt
goes to `irkit.canonical.parse`, so verdicts and messages are the same with and without orjson.
"""

from collections.abc import Callable
from typing import cast

from irkit.canonical import MAX_DEPTH, CanonicalError, Json, parse


def has_float(value: object) -> bool:
    """Say whether a float stands anywhere in what orjson read."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return isinstance(value, float)
    for item in value:
        kind = type(item)
        if kind is not str and kind is not int and has_float(item):
            return True
    return False


def _readers() -> tuple[Callable[[bytes], Json], Callable[[bytes], Json]]:
    """Return how to read a line, and how to read one whose floats the caller looks for."""
    try:
        import orjson  # noqa: PLC0415  # optional: the extra [fast]
    except ImportError:
        return parse, parse
    loads, dumps = orjson.loads, orjson.dumps
    options = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER

    def quick(data: bytes) -> Json:
        if data.isascii() and data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
            try:
                value = loads(data)
                if dumps(value, option=options) == data:
                    return cast("Json", value)
            except (orjson.JSONDecodeError, TypeError):
                return parse(data)
        return parse(data)

    def strict(data: bytes) -> Json:
        value = quick(data)
        return parse(data) if has_float(value) else value

    return strict, quick


parse_line, parse_floats = _readers()
"""Read canonical bytes; raises `CanonicalError` for anything else. The second one lets floats pass,
for a caller that looks at each value."""

__all__ = ["CanonicalError", "has_float", "parse_floats", "parse_line"]
