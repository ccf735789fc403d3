"""Names in a scenario: ids that are unique, references that must lead somewhere."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from irkit.decode import Fields, Problems, heading, scalars, shown, unknown
from irkit.diagnostics import Label, Span
from irkit.yaml_strict import Node, ScalarNode


@dataclass(slots=True)
class Ids:
    """Ids of one kind, taken while a file is read."""

    what: str
    problems: Problems
    taken: dict[str, Span] = field(default_factory=dict)

    def take(self, reader: Fields, key: str = "id") -> str:
        """Read an id, and note it as taken."""
        name = reader.text(key, required=True)
        node = reader.node.get(key)
        if node is None or not name:
            return name
        if name in self.taken:
            self.problems.add(
                "IRK108",
                f"there are two {self.what} called {shown(name)}",
                node.span,
                also=(Label(span=self.taken[name], text="the first is here"),),
            )
        self.taken.setdefault(name, node.span)
        return name


def must_be(
    node: Node | None, known: Iterable[str] | Mapping[str, object], what: str, problems: Problems
) -> None:
    """Record every scalar under `node` that is not one of `known`."""
    names = tuple(known)
    for place in scalars(node) if node is not None else ():
        if place.text not in names:
            unknown(problems, "IRK844", f"there is no {what} {shown(place.text)}", place, names)


def span_of(reader: Fields, key: str = "id") -> Span:
    """Return a span for messages about what `reader` reads."""
    return heading(reader.node.get(key) or reader.node)


def is_word(node: Node | None, word: str) -> bool:
    """Say whether a node is this word."""
    return isinstance(node, ScalarNode) and node.value == word
