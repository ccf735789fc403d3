"""Loops of a walk: the key of each item, what is remembered of those done, and the tally.

An item's key depends on the item alone, so that a list may grow without moving its neighbours.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final, TypeAlias, cast

from irkit.canonical import Json, canonical
from irkit.engine.items import identity
from irkit.engine.leaves import DoLeaf, End, Leaf, ReadLeaf
from irkit.engine.place import Here
from irkit.lang.expressions import Scope, ScopeValue, Unknown, UnknownValue, evaluate, names
from irkit.model.playbook import Loop

_PLAIN_KEY: Final = 40

Keyed: TypeAlias = tuple[str, Json]
"""An item behind its key."""

Bound: TypeAlias = tuple[ScopeValue, ...]
"""What an item bound: one value, or none where `when` left it out."""


@dataclass(slots=True)
class Done:
    """The items of one loop that are done for good; the first `prefix` of all are among them.

    The `drafted` items behind those are planned and not yet proposed; that holds for as long as
    `mark` does, which counts the steps that came to another end.
    """

    items: dict[str, Bound] = field(default_factory=dict)
    prefix: int = 0
    results: list[ScopeValue] = field(default_factory=list)
    drafted: int = 0
    mark: int = -1

    def advance(self, keyed: Sequence[Keyed]) -> None:
        """Let the prefix grow over what is done now."""
        start = self.prefix
        while self.prefix < len(keyed) and keyed[self.prefix][0] in self.items:
            self.results += self.items[keyed[self.prefix][0]]
            self.prefix += 1
        self.drafted = max(0, self.drafted - (self.prefix - start))

    def count_drafted(self, keyed: Sequence[Keyed], place: str, drafted: Collection[str]) -> int:
        """Return how many items behind the prefix are drafted, without a gap."""
        while (number := self.prefix + self.drafted) < len(keyed) and (
            f"{place}[{keyed[number][0]}]" in drafted
        ):
            self.drafted += 1
        return self.drafted


@dataclass(frozen=True, slots=True)
class _Kept:
    """The items a loop went over, with the very values they came from."""

    sources: tuple[object, ...]
    keyed: Sequence[Keyed]


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
        self._kept: dict[str, _Kept] = {}

    def renew(self, epoch: int) -> None:
        """Forget what may be open again."""
        if epoch != self._epoch:
            self._epoch = epoch
            self.done.clear()
            self.planned.clear()

    def done_at(self, place: str, mark: int) -> Done:
        """Return what is known of the loop at `place`; drafts hold as long as the mark does."""
        done = self.done.setdefault(place, Done())
        if done.mark != mark:
            done.mark, done.drafted = mark, 0
        return done

    def items(
        self, place: str, loop: Loop, scope: Scope, added: tuple[str, ...]
    ) -> Sequence[Keyed]:
        """Return the items of a loop with their keys.

        They are evaluated again only if a value they are made of is another one than last time.

        Raises:
            UnknownValue: if the list is not known, or is none.
        """
        sources = (added, *(scope.get(name) for name in sorted(names(loop.over))))
        kept = self._kept.get(place)
        if kept is not None and _same(kept.sources, sources):
            return kept.keyed
        items = evaluate(loop.over, scope)
        if not isinstance(items, list | tuple):
            raise UnknownValue(Unknown(f"{loop.over.source} is not a list"))
        keyed = self._keyed([*items, *added])
        self._kept[place] = _Kept(sources, keyed)
        return keyed

    def _keyed(self, items: Sequence[Json]) -> list[Keyed]:
        """Give each item a key that depends on what it is: lists, its own too, may grow."""
        seen: dict[str, int] = {}
        found = []
        for item in items:
            key = self._key(item)
            seen[key] = seen.get(key, 0) + 1
            found.append((key if seen[key] == 1 else f"{key}.{seen[key]}", item))
        return found

    def _key(self, item: Json) -> str:
        if isinstance(item, str):
            return _key(item)
        kept = self._keys.get(id(item))
        if kept is not None and kept[0] is item:
            return kept[1]
        key = _key(item)
        self._keys[id(item)] = (item, key)
        return key


class Tally:
    """The items of one loop so far: how they ended, how many run, how many are looked at."""

    def __init__(self, *, loop: Loop, total: int, dirty: frozenset[str], done: Done) -> None:
        """Start behind the items that are done for good; `dirty` is unmade before the loop."""
        self.dirty = dirty
        self.looking = 0
        self.unplanned = False
        self.rested = False
        self._loop = loop
        self._total = total
        self.done = done
        self._after: list[ScopeValue] = []
        self._ends = {End.DONE} if done.prefix else set()
        self._good = done.prefix
        self._gap = False
        self._running = 0

    @property
    def full(self) -> bool:
        """Say whether as many items run as may."""
        return self._running >= self._loop.concurrency

    @property
    def end(self) -> End:
        """Return how the loop as a whole stands."""
        return combined(self._ends)

    @property
    def results(self) -> list[ScopeValue]:
        """Return what the items bound, in their order."""
        return [*self.done.results, *self._after]

    def open(self, end: End, at: Here, found: Sequence[Leaf]) -> None:
        """Count an item that was walked."""
        looks = any(
            isinstance(leaf, ReadLeaf) or (isinstance(leaf, DoLeaf) and not leaf.planned)
            for leaf in found
        )
        self.looking += looks
        self._running += end is End.OPEN and not at.ahead
        planned = all(isinstance(leaf, DoLeaf) and leaf.planned for leaf in found)
        self.unplanned |= not planned

    def add(self, end: End, value: Bound) -> None:
        """Keep an item's end and its value."""
        self._ends.add(end)
        self._gap |= end is not End.DONE
        self._good += not self._gap
        self._after += value

    def rest(self, why: str) -> None:
        """Count further items as open, without walking them."""
        self.rested = True
        self.add(End.OPEN, (Unknown(why),))

    def holds_back(self, number: int) -> bool:
        """Say whether item `number` waits: for a place, or for the careful first ones."""
        return self.full or _held_back(self._loop, number, self._good, self._total)


def _same(kept: Sequence[object], now: Sequence[object]) -> bool:
    return len(kept) == len(now) and all(one is other for one, other in zip(kept, now, strict=True))


def combined(ends: Collection[End]) -> End:
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


def _held_back(loop: Loop, number: int, good: int, total: int) -> bool:
    """Say whether item `number` waits for the careful first ones (`first`, `then`).

    `good` is how many items from the first on are done without a gap.
    """
    if loop.first is None or number < loop.first:
        return False
    if good < loop.first:
        return True
    if loop.then_percent is None:
        return False
    size = max(1, total * loop.then_percent // 100)
    return good < loop.first + (number - loop.first) // size * size


def _key(item: Json) -> str:
    if isinstance(item, str) and len(item) <= _PLAIN_KEY and item.isascii() and item.isprintable():
        return item.translate(str.maketrans("[]/~#", "_____"))
    if isinstance(item, int):
        return str(item)
    return sha256(canonical(identity(item))).hexdigest()[:8]
