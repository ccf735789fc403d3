"""`says: ["Call Kai"]`: what people are told: reasons, questions, refusals, diagnostics."""

from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import scalars, texts
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Seen
from irkit.yaml_strict import Node

KEY: Final = "says"
SCHEMA: Final[JsonObject] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The text is said."""

    text: str
    span: Span

    @property
    def about(self) -> str:
        """Return which text."""
        return f"says: {self.text}"

    def judge(self, seen: Seen) -> Check:
        """Look for it in all that was said."""
        said = seen.first.said
        return Check(
            about=self.about,
            holds=any(self.text in line for line in said),
            expected=self.text,
            found=" · ".join(said) or "nothing",
            span=self.span,
        )


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read the texts."""
    found = texts(node, reading.problems, f"`{KEY}`")
    return tuple(
        Wanted(text=text, span=place.span)
        for text, place in zip(found, scalars(node), strict=False)
    )
