"""`calls: {max: 300, writes: 8, forbidden: [iam:DeleteUser]}`: what the providers were asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import fields, heading, scalars
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Expectation, Seen
from irkit.world.calls import Call
from irkit.yaml_strict import Node

KEY: Final = "calls"
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "max": _COUNT,
        "writes": _COUNT,
        "forbidden": {"type": "array", "items": {"type": "string"}},
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """The run makes no more calls than this."""

    most: int
    span: Span
    about: str = "calls: max"

    def judge(self, seen: Seen) -> Check:
        """Count every call."""
        count = len(seen.first.calls)
        return Check(
            about=self.about,
            holds=count <= self.most,
            expected=f"at most {self.most}",
            found=str(count),
            span=self.span,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """The run changes something exactly so many times."""

    count: int
    span: Span
    about: str = "calls: writes"

    def judge(self, seen: Seen) -> Check:
        """Count the calls that had an effect."""
        made = seen.first.writes
        return Check(
            about=self.about,
            holds=len(made) == self.count,
            expected=str(self.count),
            found=str(len(made)),
            span=self.span,
            where=", ".join(_said(call) for call in made),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """No call matches the pattern, whether it had an effect or not."""

    pattern: str
    span: Span

    @property
    def about(self) -> str:
        """Return which calls."""
        return f"calls: never {self.pattern}"

    def judge(self, seen: Seen) -> Check:
        """Look for such a call."""
        made = [call for call in seen.first.calls if self._matches(call)]
        return Check(
            about=self.about,
            holds=not made,
            expected="no such call",
            found=", ".join(_said(call) for call in made) or "none",
            span=self.span,
        )

    def _matches(self, call: Call) -> bool:
        method, _, _ = call.operation.partition(" ")
        said = (call.operation, f"{method} {call.target}", f"{call.operation} {call.target}")
        return any(fnmatchcase(text, self.pattern) for text in said)


def _said(call: Call) -> str:
    return f"{call.operation} on {call.target} ({call.status})"


def read(node: Node, reading: Reading) -> tuple[Expectation, ...]:
    """Read the three limits."""
    reader = fields(node, reading.problems, f"`{KEY}`")
    if reader is None:
        return ()
    found: list[Expectation] = []
    for key, make in (("max", _at_most), ("writes", _writes)):
        count = reader.integer(key)
        place = reader.node.get(key)
        if count is not None and place is not None:
            found.append(make(count, heading(place)))
    forbidden = reader.node.get("forbidden")
    patterns = reader.texts("forbidden")
    if forbidden is not None:
        found += (
            Forbidden(pattern=pattern, span=place.span)
            for pattern, place in zip(patterns, _places(forbidden), strict=False)
        )
    reader.close()
    return tuple(found)


def _places(node: Node) -> Iterator[Node]:
    yield from scalars(node)


def _at_most(count: int, span: Span) -> Expectation:
    return AtMost(most=count, span=span)


def _writes(count: int, span: Span) -> Expectation:
    return Writes(count=count, span=span)
