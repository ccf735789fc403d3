"""Okta's filter and search expressions: parsed once, then asked about many records.

The SCIM subset that users, groups, applications and the System Log accept: `eq ne sw ew co gt ge
lt le pr`, `and`, `or`, `not`, parentheses. A path that runs through a list (`target.id`) holds if
it holds for one of its items. Times compare as the texts they are (ISO 8601, UTC).
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from irkit.canonical import Json
from irkit.world.okta import errors

Lookup: TypeAlias = Callable[[str], Iterable[Json]]
"""Gives the values that a record has at a dotted path."""

Predicate: TypeAlias = Callable[[Lookup], bool]

_TOKEN: Final = re.compile(r'\s*(?:(\()|(\))|"((?:[^"\\]|\\.)*)"|([^\s()"]+))')
_MILLIS: Final = re.compile(r"\.\d{3}z$", re.IGNORECASE)

_COMPARE: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "eq": lambda value, wanted: value == wanted,
    "ne": lambda value, wanted: value != wanted,
    "sw": lambda value, wanted: value.startswith(wanted),
    "ew": lambda value, wanted: value.endswith(wanted),
    "co": lambda value, wanted: wanted in value,
    "gt": lambda value, wanted: _time(value) > _time(wanted),
    "ge": lambda value, wanted: _time(value) >= _time(wanted),
    "lt": lambda value, wanted: _time(value) < _time(wanted),
    "le": lambda value, wanted: _time(value) <= _time(wanted),
}


def parse(text: str, *, fold: bool = False) -> Predicate:
    """Read an expression; with `fold` texts compare without regard to case.

    Raises:
        OktaError: E0000031, where `text` is no expression.
    """
    reader = _Reader(_tokens(text), fold=fold)
    predicate = reader.either()
    if reader.peek() is not None:
        raise errors.bad_search()
    return predicate


def lookup_json(document: Json) -> Lookup:
    """Return the lookup of a JSON document."""
    return lambda path: _walk(document, path.split("."))


def _walk(value: Json, path: list[str]) -> Iterable[Json]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _walk(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _walk(value[path[0]], path[1:])


def _time(text: str) -> str:
    """Return `text` as given; a time without milliseconds gets them, so that texts compare."""
    text = text.upper()
    return text if _MILLIS.search(text) or not text.endswith("Z") else text[:-1] + ".000Z"


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    place = 0
    text = text.strip()
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise errors.bad_search()
        place = match.end()
        opening, closing, quoted, word = match.groups()
        if quoted is not None:
            found.append(("value", re.sub(r"\\(.)", r"\1", quoted)))
        else:
            found.append(("word", opening or closing or word))
    return found


class _Reader:
    """Recursive descent over the tokens: or, and, not, comparison."""

    def __init__(self, tokens: list[tuple[str, str]], *, fold: bool) -> None:
        self._tokens = tokens
        self._fold = str.casefold if fold else str
        self._place = 0

    def peek(self) -> str | None:
        """Return the next token's text without taking it."""
        if self._place < len(self._tokens):
            return self._tokens[self._place][1]
        return None

    def either(self) -> Predicate:
        """Read `a or b or …`."""
        parts = [self._both()]
        while self._next_is("or"):
            self._take()
            parts.append(self._both())
        return lambda lookup: any(part(lookup) for part in parts)

    def _both(self) -> Predicate:
        parts = [self._single()]
        while self._next_is("and"):
            self._take()
            parts.append(self._single())
        return lambda lookup: all(part(lookup) for part in parts)

    def _single(self) -> Predicate:
        if self._next_is("not"):
            self._take()
            inner = self._single()
            return lambda lookup: not inner(lookup)
        if self._next_is("("):
            self._take()
            inner = self.either()
            if not self._next_is(")"):
                raise errors.bad_search()
            self._take()
            return inner
        return self._comparison()

    def _comparison(self) -> Predicate:
        path = self._take("word")
        operator = self._take("word").lower()
        if operator == "pr":
            return lambda lookup: any(value is not None for value in lookup(path))
        compare = _COMPARE.get(operator)
        if compare is None:
            raise errors.bad_search()
        fold = self._fold
        wanted = fold(self._take())
        return lambda lookup: any(compare(fold(_text(value)), wanted) for value in lookup(path))

    def _next_is(self, word: str) -> bool:
        if self._place >= len(self._tokens):
            return False
        kind, text = self._tokens[self._place]
        return kind == "word" and text.lower() == word

    def _take(self, kind: str | None = None) -> str:
        if self._place >= len(self._tokens):
            raise errors.bad_search()
        found, text = self._tokens[self._place]
        if kind is not None and found != kind:
            raise errors.bad_search()
        self._place += 1
        return text


def _text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)
