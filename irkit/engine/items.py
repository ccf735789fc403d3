"""Items of lists that grow while a run goes on: what makes one the same, and what is new in it."""

from collections.abc import Mapping, Sequence
from hashlib import sha256

from irkit.canonical import Json, canonical


def identity(item: Json) -> Json:
    """Return what an item is, without what it lists.

    A session is the same session after it has made another key. An item that only lists is what
    it lists.
    """
    if isinstance(item, Mapping):
        own = {name: value for name, value in item.items() if not isinstance(value, list | tuple)}
        return own or item
    return item


def merged(old: Sequence[Json], new: Sequence[Json]) -> tuple[list[Json], int]:
    """Return the items of two looks, and how many of them the later look changed.

    What was seen before keeps its place and loses nothing; what its lists have gained comes behind.
    """
    items = list(old)
    places: dict[bytes, list[int]] = {}
    for place, item in enumerate(items):
        places.setdefault(_name(item), []).append(place)
    changed = 0
    for item in new:
        same = places.get(_name(item))
        if not same:
            items.append(item)
            changed += 1
            continue
        place = same.pop(0) if len(same) > 1 else same[0]
        grown = _grown(items[place], item)
        changed += grown != items[place]
        items[place] = grown
    return items, changed


def _name(item: Json) -> bytes:
    return sha256(canonical(identity(item))).digest()


def _grown(old: Json, new: Json) -> Json:
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return old
    grown = dict(old)
    for name, now in new.items():
        before = old.get(name)
        if isinstance(before, list | tuple) and isinstance(now, list | tuple):
            grown[name] = [*before, *(value for value in now if value not in before)]
        elif name not in old:
            grown[name] = now
    return grown
