"""Reading fields of a provider's JSON with their types.

An answer that lacks what its documentation promises is a diagnostic that names the field, never a
`KeyError` or a guess.
"""

from collections.abc import Iterable, Mapping
from typing import cast

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError


def text(value: Json, *path: str) -> str:
    """Return the text at `path`.

    Raises:
        IrkitError: if there is no text.
    """
    found = at(value, *path)
    if isinstance(found, str):
        return found
    raise _unexpected(path, "text")


def maybe_text(value: Json, *path: str) -> str:
    """Return the text at `path`, or empty text if there is none."""
    found = at(value, *path)
    return found if isinstance(found, str) else ""


def entry(value: Json, *path: str) -> JsonObject:
    """Return the object at `path`.

    Raises:
        IrkitError: if there is no object.
    """
    found = at(value, *path)
    if isinstance(found, Mapping):
        return found
    raise _unexpected(path, "an object")


def entries(value: Json, *path: str) -> tuple[JsonObject, ...]:
    """Return the objects in the list at `path`; none if the list is not there.

    Raises:
        IrkitError: if what is there is no list of objects.
    """
    found = at(value, *path)
    if found is None:
        return ()
    if isinstance(found, list | tuple) and all(isinstance(item, Mapping) for item in found):
        return cast("tuple[JsonObject, ...]", tuple(found))
    raise _unexpected(path, "a list of objects")


def texts(value: Json, *path: str) -> tuple[str, ...]:
    """Return the texts in the list at `path`; none if the list is not there."""
    found = at(value, *path)
    if found is None:
        return ()
    if isinstance(found, list | tuple) and all(isinstance(item, str) for item in found):
        return cast("tuple[str, ...]", tuple(found))
    raise _unexpected(path, "a list of texts")


def listed(items: Iterable[Json]) -> list[Json]:
    """Return `items` as a JSON list."""
    return list(items)


def at(value: Json, *path: str) -> Json:
    """Return what is at `path`, None if anything on the way is missing."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _unexpected(path: tuple[str, ...], kind: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK540",
            summary=f"the provider's answer has no `{'.'.join(path)}` that is {kind}",
            help="nothing was concluded from it; keep the answer and report it",
        )
    )
