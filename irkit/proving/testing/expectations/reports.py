"""`reports: [after-action]`: which reports were written."""

from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import scalars, texts
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Seen
from irkit.yaml_strict import Node

KEY: Final = "reports"
SCHEMA: Final[JsonObject] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The report was written, and the file is there and not empty."""

    template: str
    span: Span

    @property
    def about(self) -> str:
        """Return which report."""
        return f"reports: {self.template}"

    def judge(self, seen: Seen) -> Check:
        """Look for its file."""
        written = seen.first.reports
        return Check(
            about=self.about,
            holds=self.template in written,
            expected=self.template,
            found=", ".join(written) or "no report",
            span=self.span,
        )


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read the templates' names."""
    for place in scalars(node):
        reading.names.must_know(place, reading.names.reports, "report", reading.problems)
    found = texts(node, reading.problems, f"`{KEY}`")
    return tuple(
        Wanted(template=name, span=place.span)
        for name, place in zip(found, scalars(node), strict=False)
    )
