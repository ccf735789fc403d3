"""Loops of a walk: the key of each item, what is remembered of those done, and the tally.

An item's key depends on the item alone, so that a list may grow without moving its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias, cast

from irkit.canonical import Json, canonical
from irkit.engine.leaves import DoLeaf, End, Leaf, ReadLeaf
from irkit.engine.place import Here
from irkit.lang.expressions import ScopeValue, Unknown
from irkit.model.playbook import Loop

_PLAIN_KEY: Final = 40

Bound: TypeAlias = tuple[ScopeValue, ...]
"""What an item bound: one value, or none where `when` left it out."""


@dataclass(slots=True)
class Done:
    """The items of one loop that are done for good; the first `prefix` of all are among them."""

    items: dict[str, Bound] = field(default_factory=dict)
    prefix: int = 0
    results: list[ScopeValue] = field(default_factory=list)

    def advance(self, keyed: Sequence[tuple[str, Json]]) -> None:
        """Let the prefix grow over what is done now."""
        while self.prefix < len(keyed) and keyed[self.prefix][0] in self.items:
            self.results += self.items[keyed[self.prefix][0]]
            self.prefix += 1


class Memo:
    """What one process remembers between walks of the same run, so that they stay short.

    It holds nothing that a walk from scratch would not find: items that are done, loops in which
    every item is planned, and the keys of items. All but the keys is forgotten in a new epoch.
    """

    def __init__(self) -> None:
        """Remember nothing."""
        self.done: dict[str, Done] = {}
        self.planned: set[str] = set()
        self._epoch = -1
        self._keys: dict[int, tuple[Json, str]] = {}
        self._keyed: dict[str, list[tuple[str, Json]]] = {}

    def renew(self, epoch: int) -> None:
        """Forget what may be open again."""
        if epoch != self._epoch:
            self._epoch = epoch
            self.done.clear()
            self.planned.clear()

    def keyed(self, place: str, items: Sequence[Json]) -> list[tuple[str, Json]]:
        """Give each item a key that depends on the item alone: lists may grow in between."""
        kept = self._keyed.get(place)
        if kept is not None and len(kept) == len(items) and _same(kept, items):
            return kept
        seen: dict[str, int] = {}
        found = []
        for item in items:
            key = self._key(item)
            seen[key] = seen.get(key, 0) + 1
            found.append((key if seen[key] == 1 else f"{key}.{seen[key]}", item))
        self._keyed[place] = found
        return found

    def _key(self, item: Json) -> str:
        kept = self._keys.get(id(item))
        if kept is not None and kept[0] is item:
            return kept[1]
        key = _key(item)
        self._keys[id(item)] = (item, key)
        return key


class Tally:
    """The items of one loop so far: how they ended, how many run, how many are looked at."""

    def __init__(self, *, loop: Loop, total: int, dirty: frozenset[str]) -> None:
        """Count nothing yet; `dirty` are the actions unmade before the loop."""
        self.dirty = dirty
        self.results: list[ScopeValue] = []
        self.looking = 0
        self.unplanned = False
        self._loop = loop
        self._total = total
        self._ends: list[End] = []
        self._running = 0

    @property
    def full(self) -> bool:
        """Say whether as many items run as may."""
        return self._running >= self._loop.concurrency

    @property
    def end(self) -> End:
        """Return how the loop as a whole stands."""
        return combined(self._ends)

    def open(self, end: End, at: Here, found: Sequence[Leaf]) -> None:
        """Count an item that was walked."""
        looks = any(
            isinstance(leaf, ReadLeaf) or (isinstance(leaf, DoLeaf) and not leaf.planned)
            for leaf in found
        )
        self.looking += looks
        self._running += end is End.OPEN and not at.ahead
        planned = all(isinstance(leaf, DoLeaf) and leaf.planned for leaf in found)
        self.unplanned |= at.idle or not planned

    def begin(self, done: Done) -> None:
        """Start behind the items that are done for good."""
        self._ends += [End.DONE] * done.prefix
        self.results += done.results

    def add(self, end: End, value: Bound) -> None:
        """Keep an item's end and its value."""
        self._ends.append(end)
        self.results += value

    def rest(self) -> None:
        """Count all further items as open."""
        self._ends.append(End.OPEN)
        self.results.append(Unknown("not every item is done"))

    def holds_back(self, number: int) -> bool:
        """Say whether item `number` waits: for a place, or for the careful first ones."""
        return self.full or _held_back(self._loop, number, self._ends, self._total)


def _same(keyed: Sequence[tuple[str, Json]], items: Sequence[Json]) -> bool:
    return all(kept[1] is item for kept, item in zip(keyed, items, strict=True))


def combined(ends: Sequence[End]) -> End:
    """Return how a group stands whose members stand so."""
    for end in (End.OPEN, End.FAILED, End.PARTIAL):
        if end in ends:
            return end
    return End.DONE


def gathered(results: list[ScopeValue], *, flatten: bool) -> ScopeValue:
    """Return what a loop binds: the list of what its items bound, unknown if one of them is."""
    unknown = next((result for result in results if isinstance(result, Unknown)), None)
    if unknown is not None:
        return unknown
    if flatten:
        return [item for result in results if result for item in cast("list[ScopeValue]", result)]
    return results


def _held_back(loop: Loop, number: int, ends: Sequence[End], total: int) -> bool:
    """Say whether item `number` waits for the careful first ones (`first`, `then`)."""
    if loop.first is None:
        return False
    wave = loop.first
    if number < wave:
        return False
    if not all(end is End.DONE for end in ends[:wave]):
        return True
    if loop.then_percent is None:
        return False
    size = max(1, total * loop.then_percent // 100)
    before = wave + (number - wave) // size * size
    return not all(end is End.DONE for end in ends[:before])


def _key(item: Json) -> str:
    if isinstance(item, str) and len(item) <= _PLAIN_KEY and item.isascii() and item.isprintable():
        return item.translate(str.maketrans("[]/~#", "_____"))
    if isinstance(item, int):
        return str(item)
    return sha256(canonical(item)).hexdigest()[:8]
