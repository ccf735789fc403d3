"""Mutants of a playbook: one step left out, or two neighbours in each other's place.

Made in the text, so that a survivor can be read as a diff. Two kinds of swap change nothing that
could be noticed, and are not made: phases that say what they need and not where they stand, and
neighbouring reads of which neither uses the other, since irkit makes those at once anyway.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from irkit import yaml_strict
from irkit.lang import decode
from irkit.lang.uses import bound, used
from irkit.model.playbook import Playbook, ReadStep, Step, all_steps
from irkit.yaml_strict import MappingNode, Node, ScalarNode, SequenceNode

_SEQUENCES = frozenset({"steps", "always", "then", "else", "rescue", "parallel"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One changed playbook: `name` says what was done to it."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one step or phase, from its dash to the next one's."""

    first: int
    after: int
    node: MappingNode


def mutants(playbook: Playbook) -> tuple[Mutant, ...]:
    """Return every mutant of a playbook, in the order of its text."""
    root, _ = yaml_strict.load(playbook.source, playbook.file)
    if not isinstance(root, MappingNode):
        return ()
    maker = _Maker(playbook)
    return tuple(mutant for key, node in _sequences(root) for mutant in maker.of(key, node))


def _sequences(node: Node) -> Iterator[tuple[ScalarNode, SequenceNode]]:
    """Yield every list of steps or phases with the key it stands under, top to bottom."""
    match node:
        case MappingNode(items=items):
            for key, value in items:
                if key.text in _SEQUENCES and isinstance(value, SequenceNode):
                    yield key, value
                yield from _sequences(value)
        case SequenceNode(items=values):
            for value in values:
                yield from _sequences(value)
        case _:
            return


class _Maker:
    """Changes one playbook's text."""

    def __init__(self, playbook: Playbook) -> None:
        self._playbook = playbook
        self._lines = playbook.source.split("\n")
        self._steps = _by_line(playbook)

    def of(self, key: ScalarNode, node: SequenceNode) -> Iterator[Mutant]:
        """Yield the mutants of one list."""
        blocks = self._blocks(node)
        for block in blocks:
            yield self._without(block, key, alone=len(blocks) == 1)
        for one, other in pairwise(blocks):
            swapped = self._swapped(one, other)
            if self._means_something(one, other, swapped):
                yield swapped

    def _blocks(self, node: SequenceNode) -> list[_Block]:
        found = [item for item in node.items if isinstance(item, MappingNode) and item.items]
        starts = [item.items[0][0].span for item in found]
        if not found or any(self._lines[s.line - 1][: s.column - 1].strip() != "-" for s in starts):
            return []  # written in one line: there are no lines to move
        firsts = [span.line - 1 for span in starts]
        ends = [*firsts[1:], self._end(firsts[-1])]
        return [
            _Block(first, after, item)
            for first, after, item in zip(firsts, ends, found, strict=True)
        ]

    def _end(self, first: int) -> int:
        """Return the line after a block: the next one that is indented no deeper than its dash."""
        depth = _indent(self._lines[first])
        for number in range(first + 1, len(self._lines)):
            line = self._lines[number]
            if line.strip() and _indent(line) <= depth:
                return number
        return len(self._lines)

    def _without(self, block: _Block, key: ScalarNode, *, alone: bool) -> Mutant:
        lines = [*self._lines[: block.first], *self._lines[block.after :]]
        if alone:
            lines[key.span.line - 1] = f"{self._lines[key.span.line - 1].rstrip()} []"
        return Mutant(name=f"without {self._name(block)}", source="\n".join(lines))

    def _swapped(self, one: _Block, other: _Block) -> Mutant:
        lines = [
            *self._lines[: one.first],
            *self._lines[other.first : other.after],
            *self._lines[one.first : one.after],
            *self._lines[other.after :],
        ]
        name = f"{self._name(other)} before {self._name(one)}"
        return Mutant(name=name, source="\n".join(lines))

    def _name(self, block: _Block) -> str:
        line = block.node.items[0][0].span.line
        step = self._steps.get(line)
        if step is not None:
            return step.id
        return next((f"phase {p.id}" for p in self._playbook.phases if _line(p) == line), "?")

    def _means_something(self, one: _Block, other: _Block, swapped: Mutant) -> bool:
        steps = [self._steps.get(block.node.items[0][0].span.line) for block in (one, other)]
        if None in steps:
            return self._other_needs(swapped)
        first, second = (step for step in steps if step is not None)
        if not (isinstance(first, ReadStep) and isinstance(second, ReadStep)):
            return True
        return bool(bound((first,)) & used((second,)))

    def _other_needs(self, swapped: Mutant) -> bool:
        """Say whether a phase needs others than before; a text that does not decode is one too."""
        decoded = decode.playbook(swapped.source, self._playbook.file).playbook
        return decoded is None or _needs(decoded) != _needs(self._playbook)


def _needs(playbook: Playbook) -> Mapping[str, frozenset[str]]:
    return {phase.id: frozenset(phase.needs) for phase in playbook.phases}


def _line(placed: object) -> int:
    span = getattr(placed, "span", None)
    return span.line if span is not None else 0


def _by_line(playbook: Playbook) -> Mapping[int, Step]:
    return {_line(step): step for step in all_steps(playbook)}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
