"""What differs between two states: only the keys that do, each on its own."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from irkit.canonical import Json, JsonObject, canonical, thaw
from irkit.model.change import is_late


class Difference(StrEnum):
    """How a place differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One place that differs. `path` is dotted; an item of a list is `name[]`."""

    path: str
    kind: Difference
    before: Json = None
    after: Json = None

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "path": self.path,
            "kind": str(self.kind),
            "before": thaw(self.before),
            "after": thaw(self.after),
        }


def differences(before: Json, after: Json, path: str = "") -> Iterator[Differing]:
    """Yield what differs, in the order of the keys; nothing where both are the same."""
    if _same(before, after):
        return
    if _object(before) and _object(after):
        yield from _of_objects(before, after, path)
    elif before is None and after and _object(after):
        yield from _of_objects({}, after, path)
    elif after is None and before and _object(before):
        yield from _of_objects(before, {}, path)
    elif isinstance(before, list | tuple) and isinstance(after, list | tuple):
        yield from _of_lists(before, after, path)
    else:
        yield Differing(path=path, kind=Difference.CHANGED, before=before, after=after)


def _of_objects(before: Json, after: Json, path: str) -> Iterator[Differing]:
    assert isinstance(before, Mapping)
    assert isinstance(after, Mapping)
    for key in sorted(before.keys() | after.keys()):
        place = f"{path}.{key}" if path else key
        if key not in before:
            yield Differing(path=place, kind=Difference.ADDED, after=after[key])
        elif key not in after:
            yield Differing(path=place, kind=Difference.REMOVED, before=before[key])
        else:
            yield from differences(before[key], after[key], place)


def _of_lists(before: Json, after: Json, path: str) -> Iterator[Differing]:
    assert isinstance(before, list | tuple)
    assert isinstance(after, list | tuple)
    old, new = [canonical(item) for item in before], [canonical(item) for item in after]
    gone = [item for item, text in zip(before, old, strict=True) if text not in new]
    come = [item for item, text in zip(after, new, strict=True) if text not in old]
    if not gone and not come:
        yield Differing(path=path, kind=Difference.CHANGED, before=before, after=after)
        return
    place = f"{path}[]"
    for item in gone:
        yield Differing(path=place, kind=Difference.REMOVED, before=item)
    for item in come:
        yield Differing(path=place, kind=Difference.ADDED, after=item)


def _object(value: Json) -> bool:
    return isinstance(value, Mapping) and not is_late(value)


def _same(before: Json, after: Json) -> bool:
    return canonical(before) == canonical(after)
