"""Condition operators: when a statement applies, and when its condition is simply not met.

The rules of AWS that matter most in containment: all conditions of a statement must be met or the
statement does not apply at all; a key that is not in the request meets only negated operators,
`…IfExists`, `Null: true` and `ForAllValues`.
"""

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from irkit.model.access.pattern import Context, arn_like, like, literal


class PolicyError(ValueError):
    """A policy that AWS would refuse as malformed."""


class Quantifier(StrEnum):
    """How several values in the request are treated."""

    NONE = ""
    ANY = "ForAnyValue"
    ALL = "ForAllValues"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One key, as written, under one operator. `name` is the base operator in lower case."""

    name: str
    key: str
    wanted: tuple[str, ...]
    negated: bool = False
    if_exists: bool = False
    quantifier: Quantifier = Quantifier.NONE


_Test = Callable[[str, str, "Context | None"], bool]


def parse_condition(operator: str, key: str, wanted: tuple[str, ...]) -> Condition:
    """Read an operator such as `ForAnyValue:StringNotLikeIfExists` with its key and values.

    Raises:
        PolicyError: if the operator does not exist.
    """
    quantifier, _, rest = operator.rpartition(":")
    name = rest.lower()
    if_exists = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    base = _NEGATIONS.get(name, name)
    known = base in _TESTS or (base == "null" and not if_exists)
    if not known or quantifier not in tuple(Quantifier):
        raise PolicyError(f"unknown condition operator {operator}")
    return Condition(
        name=base,
        key=key,
        wanted=wanted,
        negated=name in _NEGATIONS,
        if_exists=if_exists,
        quantifier=Quantifier(quantifier),
    )


def is_met(condition: Condition, context: Context, *, variables: bool = True) -> bool:
    """Say whether the request described by `context` meets `condition`."""
    given = context.get(condition.key.lower())
    if condition.name == "null":
        return ("true" if given is None else "false") in condition.wanted
    if given is None:
        return _absent(condition)
    replace = context if variables else None
    results = tuple(_one(condition, value, replace) for value in given)
    if condition.quantifier is Quantifier.ALL:
        return all(results)
    if condition.quantifier is Quantifier.ANY:
        return any(results)
    return all(results) if condition.negated else any(results)


def _absent(condition: Condition) -> bool:
    if condition.quantifier is Quantifier.ALL:
        return True
    if condition.quantifier is Quantifier.ANY:
        return condition.if_exists
    return condition.if_exists or condition.negated


def _one(condition: Condition, value: str, context: Context | None) -> bool:
    test = _TESTS[condition.name]
    found = any(test(wanted, value, context) for wanted in condition.wanted)
    return found != condition.negated


def _string_equals(wanted: str, value: str, context: Context | None) -> bool:
    return literal(wanted, context) == value


def _string_equals_fold(wanted: str, value: str, context: Context | None) -> bool:
    filled = literal(wanted, context)
    return filled is not None and filled.lower() == value.lower()


def _boolean(wanted: str, value: str, _context: Context | None) -> bool:
    return wanted.lower() == value.lower()


def _address(wanted: str, value: str, _context: Context | None) -> bool:
    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _moment(text: str) -> datetime | None:
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text), tz=UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _ordered(
    read: Callable[[str], datetime | None] | Callable[[str], float | None],
    verdicts: tuple[int, ...],
) -> _Test:
    """Build a comparison: `verdicts` are the signs of (value - wanted) that match."""

    def test(wanted: str, value: str, _context: Context | None) -> bool:
        left, right = read(value), read(wanted)
        if left is None or right is None:
            return False
        sign = 0 if left == right else (-1 if left < right else 1)  # type: ignore[operator]  # both come from one reader
        return sign in verdicts

    return test


_TESTS: Final[Mapping[str, _Test]] = MappingProxyType(
    {
        "stringequals": _string_equals,
        "stringequalsignorecase": _string_equals_fold,
        "stringlike": like,
        "binaryequals": _string_equals,
        "bool": _boolean,
        "ipaddress": _address,
        "arnequals": arn_like,
        "arnlike": arn_like,
        "dateequals": _ordered(_moment, (0,)),
        "datelessthan": _ordered(_moment, (-1,)),
        "datelessthanequals": _ordered(_moment, (-1, 0)),
        "dategreaterthan": _ordered(_moment, (1,)),
        "dategreaterthanequals": _ordered(_moment, (0, 1)),
        "numericequals": _ordered(_number, (0,)),
        "numericlessthan": _ordered(_number, (-1,)),
        "numericlessthanequals": _ordered(_number, (-1, 0)),
        "numericgreaterthan": _ordered(_number, (1,)),
        "numericgreaterthanequals": _ordered(_number, (0, 1)),
    }
)

_NEGATIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "stringnotequals": "stringequals",
        "stringnotequalsignorecase": "stringequalsignorecase",
        "stringnotlike": "stringlike",
        "notipaddress": "ipaddress",
        "arnnotequals": "arnequals",
        "arnnotlike": "arnlike",
        "datenotequals": "dateequals",
        "numericnotequals": "numericequals",
    }
)
