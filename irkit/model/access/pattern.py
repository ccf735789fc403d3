"""Wildcards and policy variables: how AWS compares a pattern with a value.

`*` stands for any text and `?` for one character. `${key}` is replaced by the request's value,
which is then literal (a user named `*` matches only itself); `${*}`, `${?}` and `${$}` are the
characters themselves; `${key, 'text'}` has a default. A variable without value makes the pattern
match nothing.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_VARIABLE: Final = re.compile(r"\$\{\s*([^,}]+?)\s*(?:,\s*'([^']*)'\s*)?\}")
_LITERALS: Final = frozenset({"*", "?", "$"})

_ARN_SEGMENTS: Final = 6

Context = Mapping[str, tuple[str, ...]]
"""What a request says: lower-case condition key → its values."""


def fill(pattern: str, context: Context | None) -> str | None:
    """Return the regular expression for `pattern`, or None if a variable has no value.

    `context` is None where variables are not replaced (policy version 2008-10-17).
    """
    if context is None:
        return _expression(pattern)
    parts: list[str] = []
    end = 0
    for found in _VARIABLE.finditer(pattern):
        literal = _value(found, context)
        if literal is None:
            return None
        parts += [_expression(pattern[end : found.start()]), re.escape(literal)]
        end = found.end()
    parts.append(_expression(pattern[end:]))
    return "".join(parts)


def literal(text: str, context: Context | None) -> str | None:
    """Return `text` with its variables replaced and wildcards left as they are."""
    if context is None or "${" not in text:
        return text
    missing = False

    def value(found: re.Match[str]) -> str:
        nonlocal missing
        text = _value(found, context)
        missing = missing or text is None
        return text or ""

    filled = _VARIABLE.sub(value, text)
    return None if missing else filled


def like(pattern: str, value: str, context: Context | None = None, *, fold: bool = False) -> bool:
    """Say whether `value` as a whole matches `pattern`; `fold` ignores case."""
    if context is not None and "${" not in pattern:
        context = None
    expression = fill(pattern, context)
    return expression is not None and _compiled(expression, fold).fullmatch(value) is not None


def arn_like(pattern: str, value: str, context: Context | None = None) -> bool:
    """Compare ARNs segment by segment, so that a wildcard does not cross a colon."""
    wanted = _segments(pattern)
    given = value.split(":", _ARN_SEGMENTS - 1)
    if len(wanted) != _ARN_SEGMENTS or len(given) != _ARN_SEGMENTS:
        return pattern == "*"
    return all(like(w, g, context) for w, g in zip(wanted, given, strict=True))


def _segments(pattern: str) -> list[str]:
    """Split at colons, but not inside `${…}`."""
    return re.split(r":(?![^{}]*\})", pattern, maxsplit=_ARN_SEGMENTS - 1)


def _value(found: re.Match[str], context: Context) -> str | None:
    name, default = found[1], found[2]
    if name in _LITERALS:
        return name
    values = context.get(name.lower(), ())
    return values[0] if len(values) == 1 else default


def _expression(pattern: str) -> str:
    return re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")


@lru_cache(maxsize=4096)
def _compiled(expression: str, fold: bool) -> re.Pattern[str]:
    return re.compile(expression, re.DOTALL | (re.IGNORECASE if fold else 0))
