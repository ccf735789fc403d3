"""The tree that strict YAML makes: constants, lists and mappings, each with its place."""

from dataclasses import dataclass
from typing import TypeAlias

from irkit.diagnostics import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ScalarNode:
    """A constant. `text` is what was written; `value` what it means; `plain` has no quotes."""

    value: None | bool | int | str
    text: str
    plain: bool
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceNode:
    """A list of nodes."""

    items: tuple["Node", ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingNode:
    """Keys and their nodes, in the order written; every key is text and unique."""

    items: tuple[tuple[ScalarNode, "Node"], ...]
    span: Span

    def get(self, key: str) -> "Node | None":
        """Return the node under `key`, or None."""
        return next((node for name, node in self.items if name.value == key), None)

    def key(self, key: str) -> ScalarNode | None:
        """Return the node of the key itself, or None."""
        return next((name for name, _ in self.items if name.value == key), None)


Node: TypeAlias = ScalarNode | SequenceNode | MappingNode
