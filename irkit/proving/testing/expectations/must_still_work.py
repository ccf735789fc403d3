"""`must_still_work: [ci-deploy]`: whom containment must not touch, tried from their side."""

from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import scalars, texts
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.expectations.seats import ALL, told
from irkit.proving.testing.seen import Check, Seen
from irkit.yaml_strict import Node

KEY: Final = "must_still_work"
SCHEMA: Final[JsonObject] = {
    "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Every credential of one innocent user, or of all of them, still works."""

    user: str
    span: Span

    @property
    def about(self) -> str:
        """Return who."""
        return f"must still work: {self.user}"

    def judge(self, seen: Seen) -> Check:
        """Look at each of the user's credentials."""
        theirs = [seat for seat in seen.bystanders if self.user in {ALL, seat.user}]
        broken = [seat for seat in theirs if seat.state != "alive"]
        known = ", ".join(dict.fromkeys(seat.user for seat in seen.bystanders)) or "nobody"
        return Check(
            about=self.about,
            holds=bool(theirs) and not broken,
            expected="alive",
            found=told(broken) if theirs else f"they hold nothing here; there is {known}",
            span=self.span,
        )


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read the users' names."""
    names = texts(node, reading.problems, f"`{KEY}`")
    return tuple(
        Wanted(user=name, span=place.span)
        for name, place in zip(names, scalars(node), strict=False)
    )
