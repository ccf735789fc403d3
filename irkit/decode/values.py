"""Reading one value: text, number, duration, a word of a closed set, a list of texts."""

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import TypeVar

from irkit.canonical import Json
from irkit.clock import parse_duration
from irkit.decode.problems import Problems, kind, one_of, shown, unknown, wrong
from irkit.diagnostics import Fix
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

_Choice = TypeVar("_Choice", bound=StrEnum)


def text(node: Node, problems: Problems, what: str, default: str = "") -> str:
    """Read one text; a number or truth value is a problem, since YAML may have changed it."""
    if isinstance(node, ScalarNode):
        if isinstance(node.value, str):
            return node.value
        if node.value is not None:
            fix = Fix(span=node.span, replacement=f'"{node.text}"')
            problems.add(
                "IRK103",
                f"{what} must be text, not {kind(node)}",
                node.span,
                label="quote it",
                help=f'write "{node.text}"',
                fix=fix,
            )
            return node.text
    wrong(node, problems, what, "text")
    return default


def integer(
    node: Node, problems: Problems, what: str, default: int | None, *, at_least: int = 0
) -> int | None:
    """Read one whole number of at least `at_least`."""
    if isinstance(node, ScalarNode) and type(node.value) is int:
        if node.value >= at_least:
            return node.value
        problems.add("IRK105", f"{what} must be at least {at_least}", node.span)
        return default
    wrong(node, problems, what, "a whole number")
    return default


def duration(
    node: Node, problems: Problems, what: str, default: timedelta | None
) -> timedelta | None:
    """Read one duration."""
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        try:
            return parse_duration(node.value)
        except (ValueError, OverflowError):
            problems.add(
                "IRK106",
                f"{what} is no duration: {shown(node.value)}",
                node.span,
                help="write 90s, 30m, 4h or 1h30m",
            )
            return default
    wrong(node, problems, what, "a duration", "write 90s, 30m, 4h or 1h30m")
    return default


def choice(
    node: Node, problems: Problems, what: str, of: type[_Choice], default: _Choice
) -> _Choice:
    """Read one word of the closed set `of`."""
    words = [str(word) for word in of]
    if isinstance(node, ScalarNode) and node.value in words:
        return of(node.value)
    if isinstance(node, ScalarNode) and isinstance(node.value, str):
        unknown(
            problems,
            "IRK105",
            f"{what} must be {one_of(words)}, not {shown(node.value)}",
            node,
            words,
            unfixed=words,
        )
    else:
        wrong(node, problems, what, one_of(words))
    return default


def texts(node: Node, problems: Problems, what: str) -> tuple[str, ...]:
    """Read a list of texts, or one text as a list of one."""
    if isinstance(node, SequenceNode):
        return tuple(text(item, problems, f"an entry of {what}") for item in node.items)
    return (text(node, problems, what),)


def plain(node: Node) -> Json:
    """Return the node as a JSON value."""
    match node:
        case ScalarNode():
            return node.value
        case SequenceNode():
            return tuple(plain(item) for item in node.items)
        case MappingNode():
            return {str(key.value): plain(item) for key, item in node.items}


def slug(name: str) -> str:
    """Return `name` as an id: lower-case ASCII words joined by hyphens, never empty."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    return "-".join(words) or "x"


def scalars(node: Node) -> Iterator[ScalarNode]:
    """Yield every scalar value under `node` (not the keys), in order."""
    match node:
        case ScalarNode():
            yield node
        case SequenceNode():
            for item in node.items:
                yield from scalars(item)
        case MappingNode():
            for _, item in node.items:
                yield from scalars(item)
