"""Strict parsing of stored lines, faster where `orjson` is installed.

The fast path only ever says yes: it accepts a line when orjson's round trip gives the same bytes
and a few byte tests rule out what orjson tolerates and the canonical form does not. Every doubt
goes to `irkit.canonical.parse`, so verdicts and messages are the same with and without orjson.
"""

import re
from collections.abc import Callable
from typing import Final, cast

from irkit.canonical import MAX_DEPTH, CanonicalError, Json, parse

# A float at the start or after `":`, `[` or `,`; in a text these only lead to the slow path. One
# pattern for each, because a pattern that begins with a fixed text is searched much faster.
_AFTER_KEY: Final = re.compile(rb'":-?\d+[.eE]').search
_AFTER_BRACKET: Final = re.compile(rb"\[-?\d+[.eE]").search
_AFTER_COMMA: Final = re.compile(rb",-?\d+[.eE]").search
_AT_START: Final = re.compile(rb"-?\d").match


def _parser() -> Callable[[bytes], Json]:
    try:
        import orjson  # noqa: PLC0415  # optional: the extra [fast]
    except ImportError:
        return parse
    loads, dumps = orjson.loads, orjson.dumps
    options = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER

    def parse_fast(data: bytes) -> Json:
        if (
            data.isascii()
            and data.count(b"{") + data.count(b"[") <= MAX_DEPTH
            and not (_AFTER_KEY(data) or _AFTER_BRACKET(data) or _AFTER_COMMA(data))
            and not _AT_START(data)
        ):
            try:
                value = loads(data)
                if dumps(value, option=options) == data:
                    return cast("Json", value)
            except (orjson.JSONDecodeError, TypeError):
                return parse(data)
        return parse(data)

    return parse_fast


parse_line: Final = _parser()
"""Read canonical bytes; raises `CanonicalError` for anything else."""

__all__ = ["CanonicalError", "parse_line"]
