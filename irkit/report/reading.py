"""Reading a view's JSON form back when it is rendered: the types that `to_json` put there."""

from typing import cast

from irkit.canonical import Json, JsonObject
from irkit.model.visible import visible


def text_of(value: JsonObject, key: str) -> str:
    """Return a text made visible; empty where there is none."""
    found = value.get(key)
    return visible(str(found)) if found is not None else ""


def raw_of(value: JsonObject, key: str) -> str:
    """Return a text as it is, for comparing and for reading times."""
    return cast("str", value.get(key) or "")


def count_of(value: JsonObject, key: str) -> int:
    """Return a number; zero where there is none."""
    return cast("int", value.get(key) or 0)


def flag_of(value: JsonObject, key: str) -> bool:
    """Return a truth."""
    return value.get(key) is True


def object_of(value: JsonObject, key: str) -> JsonObject:
    """Return an object; empty where there is none."""
    return cast("JsonObject", value.get(key) or {})


def objects_of(value: JsonObject, key: str) -> tuple[JsonObject, ...]:
    """Return a list of objects."""
    return tuple(cast("list[JsonObject]", value.get(key) or ()))


def texts_of(value: JsonObject, key: str) -> tuple[str, ...]:
    """Return a list of texts, each made visible."""
    found = cast("list[Json]", value.get(key) or ())
    return tuple(visible(str(item)) for item in found)


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 change`, `3 changes`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
