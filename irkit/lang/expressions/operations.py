"""Operators of expressions, over JSON values only, each bounded in size and work.

Work is counted across one evaluation: an expression over log fields an intruder wrote must not be
able to exhaust the machine. Everything here is plain Python, without Jinja.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from irkit.canonical import MAX_INTEGER, thaw
from irkit.lang.expressions.unknowns import Unknown, UnknownValue

MAX_WORK: Final = 64 << 20
MAX_DEPTH: Final = 32

_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "a truth value"),
    (int, "a number"),
    (str, "text"),
    (Mapping, "a mapping"),
    (list, "a list"),
    (tuple, "a list"),
)

_FREE: Final = -1
_work: ContextVar[int] = ContextVar("irkit_expression_work", default=0)


class OperationError(Exception):
    """An operation that JSON values do not have, or that would grow out of bounds."""


@contextmanager
def budget(*, unlimited: bool = False) -> Iterator[None]:
    """Count the work of one evaluation from zero; a lookup alone makes nothing and is free."""
    token = _work.set(_FREE if unlimited else 0)
    try:
        yield
    finally:
        _work.reset(token)


def spend(amount: int) -> None:
    """Count `amount` characters or values of work.

    Raises:
        OperationError: when one evaluation does too much.
    """
    total = _work.get()
    if total == _FREE:
        return
    total += amount
    _work.set(total)
    if total > MAX_WORK:
        raise OperationError("the result is too large")


def operate(operator: str, left: object, right: object) -> object:
    """Apply a binary operator: arithmetic on integers, `+` also on texts and on lists."""
    for side in (left, right):
        if isinstance(side, Unknown):
            raise UnknownValue(side)
    if type(left) is int and type(right) is int:
        return _arithmetic(operator, left, right)
    if operator == "+" and isinstance(left, str) and isinstance(right, str):
        spend(len(left) + len(right))
        return left + right
    if operator == "+" and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        spend(len(left) + len(right))
        return [*left, *right]
    raise OperationError(f"`{operator}` does not work on {kind(left)} and {kind(right)}")


def _arithmetic(operator: str, left: int, right: int) -> int:
    if operator in {"//", "%"} and right == 0:
        raise OperationError("division by zero")
    match operator:
        case "+":
            result = left + right
        case "-":
            result = left - right
        case "*":
            result = left * right
        case "//":
            result = left // right
        case "%":
            result = left % right
        case _:
            raise OperationError(f"there is no `{operator}`: use + - * // %")
    if abs(result) > MAX_INTEGER:
        raise OperationError("the number is too large")
    return result


def kind(value: object) -> str:
    """Say in a word what `value` is."""
    if value is None:
        return "nothing"
    return next((word for type_, word in _KINDS if isinstance(value, type_)), "a value")


def as_text(value: object) -> str:
    """Return what stands in a text in place of `{{ value }}`."""
    match value:
        case str():
            text = value
        case None:
            text = "null"
        case bool():
            text = "true" if value else "false"
        case int():
            text = str(value)
        case Unknown():
            raise UnknownValue(value)
        case Mapping() | list() | tuple():
            text = tojson(value)
        case _:
            raise OperationError("the value has no text form")
    spend(len(text))
    return text


def tojson(value: object) -> str:
    """Return `value` as compact JSON with sorted keys."""
    return json.dumps(
        thaw(plain(value)),  # type: ignore[arg-type]  # plain() has checked that it is JSON
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )


def plain(value: object, depth: int = 0, *, allow_unknown: bool = False) -> object:
    """Return `value` rebuilt of JSON types alone.

    Raises:
        OperationError: if it holds another type, or is too large or too deep.
        UnknownValue: if it holds an unknown and none is allowed.
    """
    if depth > MAX_DEPTH:
        raise OperationError(f"the result is nested more than {MAX_DEPTH} levels")
    match value:
        case None | bool():
            return value
        case str():
            spend(1 + len(value))
            return value
        case int():
            if abs(value) > MAX_INTEGER:
                raise OperationError("the number is too large")
            return value
        case Unknown():
            if allow_unknown:
                return value
            raise UnknownValue(value)
        case Mapping():
            return _plain_mapping(value, depth, allow_unknown=allow_unknown)
        case list() | tuple():
            spend(len(value))
            return [plain(item, depth + 1, allow_unknown=allow_unknown) for item in value]
        case _:
            undefined = getattr(value, "_undefined_message", "the result is no JSON value")
            raise OperationError(str(undefined))


def _plain_mapping(
    value: Mapping[object, object], depth: int, *, allow_unknown: bool
) -> dict[str, object]:
    spend(len(value))
    result = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise OperationError(f"a key must be text, not {kind(key)}")
        spend(len(key))
        result[key] = plain(item, depth + 1, allow_unknown=allow_unknown)
    return result


def truth(value: object) -> bool:
    """Return a condition's value.

    Raises:
        OperationError: if it is no truth value: a text `false` would count as true.
    """
    if isinstance(known(value), bool):
        return bool(value)
    raise OperationError(f"a condition must be true or false, not {kind(value)}")


def known(value: object) -> object:
    """Return `value` unless it is unknown.

    Raises:
        UnknownValue: if it is.
    """
    if isinstance(value, Unknown):
        raise UnknownValue(value)
    return value
