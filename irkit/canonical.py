"""One byte string for one JSON value: the form that irkit hashes and signs.

A strict subset of RFC 8785 (JSON Canonicalization Scheme): ASCII keys, no floats, integers within
±(2^53−1), no lone surrogates, at most 32 levels deep. Inside the subset the standard library's
sorted, compact output equals JCS byte for byte; what lies outside is refused, never coerced.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TypeAlias, cast

Json: TypeAlias = "None | bool | int | str | list[Json] | tuple[Json, ...] | Mapping[str, Json]"
"""A JSON value as irkit keeps it: no floats, and never a secret."""

JsonObject: TypeAlias = "Mapping[str, Json]"

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1


class CanonicalError(ValueError):
    """A value that has no canonical form; the message says where and why."""


def canonical(value: Json) -> bytes:
    """Return the canonical UTF-8 bytes of `value`.

    Raises:
        CanonicalError: for a float, a large integer, a key that is not ASCII text, a lone
            surrogate, a type JSON does not have, or more than 32 levels.
    """
    if not _plainly_sound(value, 0):
        _check(value, "$", 0)
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
    )
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CanonicalError(f"a lone surrogate cannot be encoded: {error.reason}") from error


def parse(data: bytes) -> Json:
    """Read canonical bytes back, refusing any other spelling of the same value.

    Raises:
        CanonicalError: if `data` is not JSON or not in canonical form (white space, another key
            order, a duplicate key, an escape that was not needed …).
    """
    try:
        value = cast("Json", json.loads(data, parse_float=_no_float, parse_constant=_no_float))
    except (ValueError, RecursionError) as error:
        raise CanonicalError(f"not JSON: {error}") from error
    if canonical(value) != data:
        raise CanonicalError("not in canonical form")
    return value


def digest(value: Json) -> str:
    """Return `sha256:<hex>` over the canonical bytes of `value`."""
    return digest_bytes(canonical(value))


def digest_bytes(data: bytes) -> str:
    """Return `sha256:<hex>` over `data` as it is."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def thaw(value: Json) -> Json:
    """Return `value` built of plain dicts and lists, for code that compares or serialises."""
    if isinstance(value, Mapping):
        return {key: thaw(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [thaw(item) for item in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return dict(value)
    raise CanonicalError(f"{type(value).__name__} is not a JSON type")


def _no_float(text: str) -> Json:
    raise CanonicalError(f"the number {text} is not an integer")


def _plainly_sound(value: object, depth: int) -> bool:
    """Say yes to what is sound and of plain types; `_check` judges the rest, and says where."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -MAX_INTEGER <= cast("int", value) <= MAX_INTEGER
    if kind is dict:
        entries = cast("dict[object, object]", value)
        return (depth < MAX_DEPTH or not entries) and all(
            type(key) is str
            and key.isascii()
            and (type(item) is str or _plainly_sound(item, depth + 1))
            for key, item in entries.items()
        )
    if kind is list or kind is tuple:
        items = cast("list[object]", value)
        return (depth < MAX_DEPTH or not items) and all(
            type(item) is str or _plainly_sound(item, depth + 1) for item in items
        )
    return False


def _check(value: object, where: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise CanonicalError(f"{where}: more than {MAX_DEPTH} levels deep")
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise CanonicalError(f"{where}: the integer {value} is outside ±(2^53−1)")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise CanonicalError(f"{where}: the key {key!r} is not ASCII text")
            _check(item, f"{where}.{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]", depth + 1)
    else:
        raise CanonicalError(f"{where}: {type(value).__name__} is not a JSON type")
