"""Answers that grow while a run goes on: what makes an item the same, and what is new."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from irkit.canonical import Json, canonical


def identity(item: Json, by: Sequence[str] = ()) -> Json:
    """Return what an item is: the fields `by` where it has them all, else all but what it lists.

    A session is the same session after it has made another key. An item that only lists is what
    it lists.
    """
    if not isinstance(item, Mapping):
        return item
    if by and all(name in item for name in by):
        return {name: item[name] for name in by}
    own = {name: value for name, value in item.items() if not isinstance(value, list | tuple)}
    return own or item


def merged(
    old: Sequence[Json], new: Sequence[Json], by: Sequence[str] = ()
) -> tuple[list[Json], int]:
    """Return the items of two looks, and how many of them the later look changed.

    What was seen before keeps its place and loses nothing; what its lists have gained comes behind.
    """
    items = list(old)
    places: dict[bytes, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(_name(item, by), []).append(place)
    changed = 0
    for item in new:
        same = places.get(_name(item, by))
        if not same:
            items.append(item)
            changed += 1
            continue
        place = same.pop(0) if len(same) > 1 else same[0]
        before = items[place]
        if isinstance(before, Mapping) and isinstance(item, Mapping):
            items[place] = grown(before, item)
            changed += items[place] != before
    return items, changed


def grown(old: Mapping[str, Json], new: Mapping[str, Json]) -> dict[str, Json]:
    """Return `old` with what its lists have gained in `new`; all else stays as first seen."""
    both = {**new, **old}
    for name, before in old.items():
        now = new.get(name)
        if isinstance(before, list | tuple) and isinstance(now, list | tuple):
            both[name] = [*before, *(value for value in now if value not in before)]
    return both


def _name(item: Json, by: Sequence[str]) -> bytes:
    return sha256(canonical(identity(item, by))).digest()
