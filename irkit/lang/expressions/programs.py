"""Compiled expressions and templates: dotted paths and texts here, all else in the sandbox."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from irkit.lang.expressions.operations import as_text
from irkit.lang.expressions.unknowns import Scope, Unknown, UnknownValue

Path: TypeAlias = tuple[str, ...]
"""A name and the keys after it: `inputs.user.id` is `("inputs", "user", "id")`."""

MAX_SOURCE: Final = 2_000

_PATH: Final = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*")
_RESERVED: Final = frozenset(
    ("true", "false", "none", "True", "False", "None", "not", "and", "or", "in", "is", "if", "else")
).union(("self",))


class ExpressionSyntaxError(ValueError):
    """An expression that cannot be compiled; `args[0]` says why, `help` what to write."""

    def __init__(self, message: str, help_: str = "") -> None:
        """Carry the reason and the way out."""
        super().__init__(message)
        self.help = help_


class MissingError(Exception):
    """A name or key that is not there."""


class Program(Protocol):
    """Something compiled."""

    @property
    def references(self) -> frozenset[Path]:
        """The dotted paths it reads."""

    def run(self, scope: Scope) -> object:
        """Return the value in `scope`."""


def is_template(text: str) -> bool:
    """Say whether `text` holds an expression."""
    return "{{" in text


@dataclass(frozen=True, slots=True)
class Dotted:
    """A plain dotted path: what it gives is in the scope already."""

    path: Path

    @property
    def references(self) -> frozenset[Path]:
        """The path itself."""
        return frozenset((self.path,))

    def run(self, scope: Scope) -> object:
        """Follow the path.

        Raises:
            MissingError: where it ends early.
            UnknownValue: where it leads into an unknown.
        """
        value: object = scope
        for depth, key in enumerate(self.path):
            if isinstance(value, Unknown):
                raise UnknownValue(value)
            if not isinstance(value, Mapping) or key not in value:
                raise MissingError(no_such(key, value, ".".join(self.path[:depth])))
            value = value[key]
        return value


@dataclass(frozen=True, slots=True)
class _Text:
    """Text with expressions in it."""

    pieces: tuple[str | Program, ...]

    @property
    def references(self) -> frozenset[Path]:
        programs = [piece for piece in self.pieces if not isinstance(piece, str)]
        return frozenset[Path]().union(*(program.references for program in programs))

    def run(self, scope: Scope) -> object:
        return "".join(
            piece if isinstance(piece, str) else as_text(piece.run(scope)) for piece in self.pieces
        )


@lru_cache(maxsize=4096)
def compile_template(source: str) -> Program:
    """Compile a text with `{{ }}` in it; a single expression alone gives its own value.

    Raises:
        ExpressionSyntaxError: if an expression in it cannot be compiled.
    """
    pieces = tuple(
        compile_expression(text) if is_expression else text
        for is_expression, text in _split(source)
        if is_expression or text
    )
    stripped = tuple(p for p in pieces if not isinstance(p, str) or p.strip())
    if len(stripped) == 1 and not isinstance(stripped[0], str):
        return stripped[0]
    return _Text(pieces)


def _split(source: str) -> Iterator[tuple[bool, str]]:
    """Yield the texts and expressions of a template in turn."""
    at = 0
    while (start := source.find("{{", at)) >= 0:
        yield False, source[at:start]
        end = _closing(source, start + 2)
        yield True, source[start + 2 : end]
        at = end + 2
    yield False, source[at:]


def _closing(source: str, at: int) -> int:
    """Return where the `}}` stands that closes an expression: outside quotes and brackets."""
    depth, quote = 0, ""
    while at < len(source):
        char = source[at]
        if quote:
            if char == "\\":
                at += 1
            elif char == quote:
                quote = ""
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif depth == 0 and source.startswith("}}", at):
            return at
        elif char in ")]}":
            depth -= 1
        at += 1
    raise ExpressionSyntaxError("`{{` is never closed", "end the expression with `}}`")


@lru_cache(maxsize=4096)
def compile_expression(source: str) -> Program:
    """Compile a bare expression.

    Raises:
        ExpressionSyntaxError: if it cannot be compiled.
    """
    dotted = _PATH.fullmatch(source)
    if dotted and _RESERVED.isdisjoint(path := tuple(dotted[1].split("."))):
        return Dotted(path)
    if len(source) > MAX_SOURCE:
        raise ExpressionSyntaxError(f"the expression is longer than {MAX_SOURCE} characters")
    from irkit.lang.expressions.sandbox import Sandboxed  # noqa: PLC0415  # Jinja takes 80 ms

    return Sandboxed(source)


def no_such(key: str, value: object, where: str) -> str:
    """Say that there is no `key` in the value called `where`, and what there is."""
    if not where:
        return f"`{key}` is undefined"
    if not isinstance(value, Mapping):
        return f"`{where}` has no `{key}`: it is no mapping"
    known = ", ".join(sorted(map(str, value))[:12])
    return f"`{where}` has no `{key}`" + (f"; it has {known}" if known else "")
