"""`order: [[okta.user.get, okta.user.suspend]]`: what comes before what.

Steps are named by id or by action. Inside a loop the order is that of each item.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import scalars, texts, wrong
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Act, Check, Seen
from irkit.yaml_strict import Node, SequenceNode

KEY: Final = "order"
SCHEMA: Final[JsonObject] = {
    "type": "array",
    "minItems": 1,
    "items": {"type": "array", "minItems": 2, "items": {"type": "string"}},
}
_PAIR: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One step comes before another, and both are made."""

    first: str
    then: str
    loops: Mapping[str, tuple[str, ...]]
    span: Span

    @property
    def about(self) -> str:
        """Return which steps."""
        return f"order: {self.first} before {self.then}"

    def judge(self, seen: Seen) -> Check:
        """Compare the records of the two steps, item by item."""
        missing = [name for name in (self.first, self.then) if not any(_of(name, seen.first.acts))]
        wrong_way = next(self._wrong(seen), None)
        if missing:
            found = f"{' and '.join(missing)} did not happen"
        elif wrong_way:
            found = f"{wrong_way[1].step} came before {wrong_way[0].step}"
        else:
            found = "as expected"
        return Check(
            about=self.about,
            holds=not missing and wrong_way is None,
            expected=f"{self.first} before {self.then}",
            found=found,
            span=self.span,
        )

    def _wrong(self, seen: Seen) -> Iterator[tuple[Act, Act]]:
        for one in _of(self.first, seen.first.acts):
            for other in _of(self.then, seen.first.acts):
                if self._same_item(one, other) and one.at > other.at:
                    yield one, other

    def _same_item(self, one: Act, other: Act) -> bool:
        """Say whether two steps belong to one item of every loop that both stand in."""
        around = zip(self.loops.get(one.step, ()), self.loops.get(other.step, ()), strict=False)
        shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], around))
        return one.keys[:shared] == other.keys[:shared]


def _of(name: str, acts: tuple[Act, ...]) -> Iterator[Act]:
    return (act for act in acts if name in {act.step, act.action})


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read lists of names, each before the next."""
    if not isinstance(node, SequenceNode):
        wrong(node, reading.problems, f"`{KEY}`", "a list of lists of steps")
        return ()
    found: list[Wanted] = []
    for row in node.items:
        names = texts(row, reading.problems, "a row of `order`")
        places = tuple(scalars(row))
        for place in places:
            reading.names.must_know(place, reading.names.acts, "step or action", reading.problems)
        if len(names) < _PAIR:
            reading.problems.add(
                "IRK105", "an order needs two steps at least: `[first, then]`", row.span
            )
        found += (
            Wanted(first=one, then=other, loops=reading.names.loops, span=place.span)
            for (one, other), place in zip(pairwise(names), places[1:], strict=False)
        )
    return tuple(found)
