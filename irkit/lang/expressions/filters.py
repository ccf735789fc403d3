"""The filters of expressions that need nothing of Jinja; `default`, `map` and `select` are beside.

Like operators they work on JSON values only and count their work.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from irkit.canonical import MAX_INTEGER
from irkit.lang.expressions.operations import (
    OperationError,
    as_text,
    kind,
    known,
    operate,
    spend,
    tojson,
)
from irkit.lang.expressions.unknowns import Unknown, UnknownValue


def fetch(value: object, path: str | int | None) -> object:
    """Follow a dotted path into `value`; no path is the value itself."""
    if path is None:
        return value
    for part in str(path).split("."):
        if isinstance(value, Unknown):
            raise UnknownValue(value)
        if isinstance(value, Mapping) and part in value:
            value = value[part]
        elif isinstance(value, list | tuple) and part.isdecimal() and int(part) < len(value):
            value = value[int(part)]
        else:
            raise OperationError(f"there is no `{part}` in {kind(value)}")
    return value


def items(value: object) -> list[object]:
    """Return the items of a list, or the keys of a mapping."""
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    if not isinstance(value, list | tuple | Mapping):
        raise OperationError(f"{kind(value)} is no list")
    spend(len(value))
    return list(value)


def length(value: object) -> int:
    """Return how many items, keys or characters `value` has."""
    if isinstance(value, str | list | tuple | Mapping):
        return len(value)
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    raise OperationError(f"{kind(value)} has no length")


def join(value: object, separator: object = "", attribute: str | None = None) -> str:
    """Return the items as one text."""
    texts = [as_text(fetch(item, attribute)) for item in items(value)]
    between = _text(separator)
    spend(len(between) * len(texts))
    return between.join(texts)


def sort(value: object, *, attribute: str | None = None, reverse: bool = False) -> list[object]:
    """Return the items in order; all must be texts or all numbers."""
    keyed = [(fetch(item, attribute), item) for item in items(value)]
    kinds = {kind(known(key)) for key, _ in keyed}
    if len(kinds) > 1 or not kinds <= {"text", "a number", "a truth value"}:
        raise OperationError(f"cannot sort {' and '.join(sorted(kinds))}")
    return [item for _, item in sorted(keyed, key=_first, reverse=reverse)]


def unique(value: object, attribute: str | None = None) -> list[object]:
    """Return the items without repeats, in their order."""
    seen: dict[str, object] = {}
    for item in items(value):
        seen.setdefault(tojson(fetch(item, attribute)), item)
    return list(seen.values())


def flatten(value: object) -> list[object]:
    """Return the items of a list of lists."""
    return [inner for item in items(value) for inner in items(item)]


def first(value: object) -> object:
    """Return the first item; an empty list has none."""
    return _end(value, 0)


def last(value: object) -> object:
    """Return the last item; an empty list has none."""
    return _end(value, -1)


def total(value: object, attribute: str | None = None) -> object:
    """Return the sum of whole numbers."""
    result: object = 0
    for item in items(value):
        result = operate("+", result, fetch(item, attribute))
    return result


def largest(value: object, attribute: str | None = None) -> object:
    """Return the item that sorts last."""
    return _end(sort(value, attribute=attribute), -1)


def smallest(value: object, attribute: str | None = None) -> object:
    """Return the item that sorts first."""
    return _end(sort(value, attribute=attribute), 0)


def integer(value: object) -> int:
    """Read a whole number from text."""
    if type(value) is int:
        return value
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        digits = value.strip()
        if len(digits) <= len(str(MAX_INTEGER)):
            return int(digits)
    raise OperationError(f"{kind(known(value))} is no whole number")


def replace(value: object, old: object, new: object) -> str:
    """Return the text with every `old` replaced."""
    text, before, after = _text(value), _text(old), _text(new)
    spend(len(text) + text.count(before) * len(after))
    return text.replace(before, after)


def split(value: object, separator: object) -> list[str]:
    """Return the pieces of a text."""
    between = _text(separator)
    if not between:
        raise OperationError("split needs a separator")
    return _text(value).split(between)


def keys(value: object) -> list[object]:
    """Return the keys of a mapping, sorted."""
    if not isinstance(known(value), Mapping):
        raise OperationError(f"{kind(value)} has no keys")
    return sorted(items(value), key=str)


def values(value: object) -> list[object]:
    """Return the values of a mapping, in the order of its keys."""
    found = known(value)
    if not isinstance(found, Mapping):
        raise OperationError(f"{kind(value)} has no values")
    return [found[key] for key in keys(found)]


def _text(value: object) -> str:
    if not isinstance(known(value), str):
        raise OperationError(f"{kind(value)} is no text")
    text = str(value)
    spend(len(text))
    return text


def _end(value: object, index: int) -> object:
    if isinstance(value, str | list | tuple) and value:
        return value[index]
    raise OperationError(f"{'nothing' if value == [] else kind(known(value))} has no items")


def _first(pair: Sequence[object]) -> "str | int":
    key = pair[0]
    assert isinstance(key, str | int), "sort() has checked the kinds"
    return key


def _lower(value: object) -> str:
    return _text(value).lower()


def _upper(value: object) -> str:
    return _text(value).upper()


def _trim(value: object) -> str:
    return _text(value).strip()


Filter = Callable[..., object]

FILTERS: Final[Mapping[str, Filter]] = {
    "count": length,
    "first": first,
    "flatten": flatten,
    "int": integer,
    "join": join,
    "keys": keys,
    "last": last,
    "length": length,
    "list": items,
    "lower": _lower,
    "max": largest,
    "min": smallest,
    "replace": replace,
    "sort": sort,
    "split": split,
    "string": as_text,
    "sum": total,
    "tojson": tojson,
    "trim": _trim,
    "unique": unique,
    "upper": _upper,
    "values": values,
}
"""The filters that need nothing of Jinja; `default`, `map` and `select` are beside them."""


def listed(value: Iterable[object]) -> list[object]:
    """Return what a lazy filter yields as a list, counting the work."""
    result = []
    for item in value:
        spend(1)
        result.append(item)
    return result
