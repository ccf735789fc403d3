"""Policy documents as data: what an AWS policy says, read once and strictly.

`parse_policy` takes the JSON form of an identity, session, boundary, resource, trust or service
control policy. What AWS would reject as malformed raises `PolicyError`; nothing is guessed.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from irkit.canonical import Json
from irkit.model.access.operators import Condition, PolicyError, parse_condition

_ELEMENTS: Final = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)
_PRINCIPAL_KINDS: Final = frozenset({"AWS", "Service", "Federated", "CanonicalUser"})


class Effect(StrEnum):
    """What a statement does to the requests it applies to."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """A list of patterns, or everything but them (`NotAction`, `NotResource`)."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Principals:
    """Whom a resource or trust policy speaks about: (kind, value) pairs, or all but them."""

    values: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a policy. `principals` is absent in identity policies."""

    effect: Effect
    actions: Patterns
    resources: Patterns
    sid: str = ""
    principals: Principals | None = None
    conditions: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named policy. `variables` says whether `${…}` is replaced (version 2012-10-17)."""

    name: str
    statements: tuple[Statement, ...]
    variables: bool = True


def parse_policy(document: str | Mapping[str, Json], name: str = "") -> Policy:
    """Read a policy document, given as JSON text or as its decoded object.

    Raises:
        PolicyError: if the document is not a policy AWS would accept.
    """
    value = _decode(document)
    statements = value.get("Statement")
    if isinstance(statements, Mapping):
        statements = (statements,)
    if not isinstance(statements, list | tuple):
        raise PolicyError(f"{name or 'policy'}: Statement must be an object or a list")
    return Policy(
        name=name,
        statements=tuple(_statement(item) for item in statements),
        variables=value.get("Version") == "2012-10-17",
    )


def _decode(document: str | Mapping[str, Json]) -> Mapping[str, Json]:
    if not isinstance(document, str):
        return document
    try:
        value = json.loads(document)
    except ValueError as error:
        raise PolicyError(f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise PolicyError("a policy is a JSON object")
    return cast("Mapping[str, Json]", value)


def _statement(value: Json) -> Statement:
    if not isinstance(value, Mapping):
        raise PolicyError("a statement is an object")
    unknown = sorted(set(value) - _ELEMENTS)
    if unknown:
        raise PolicyError(f"unknown element {unknown[0]}")
    principals = _principals(value)
    resources = _patterns(value, "Resource")
    if resources is None:
        if principals is None:
            raise PolicyError("a statement needs Resource or NotResource")
        resources = Patterns(values=("*",))
    actions = _patterns(value, "Action")
    if actions is None:
        raise PolicyError("a statement needs Action or NotAction")
    effect = value.get("Effect")
    if effect not in tuple(Effect):
        raise PolicyError(f"Effect must be Allow or Deny, not {effect!r}")
    return Statement(
        sid=str(value.get("Sid", "")),
        effect=Effect(str(effect)),
        actions=actions,
        resources=resources,
        principals=principals,
        conditions=_conditions(value.get("Condition", {})),
    )


def _patterns(statement: Mapping[str, Json], element: str) -> Patterns | None:
    present = [key for key in (element, f"Not{element}") if key in statement]
    if not present:
        return None
    if len(present) > 1:
        raise PolicyError(f"a statement has either {element} or Not{element}, not both")
    values = texts(statement[present[0]], present[0])
    return Patterns(values=values, negated=present[0] != element)


def _principals(statement: Mapping[str, Json]) -> Principals | None:
    present = [key for key in ("Principal", "NotPrincipal") if key in statement]
    if not present:
        return None
    if len(present) > 1:
        raise PolicyError("a statement has either Principal or NotPrincipal, not both")
    value = statement[present[0]]
    negated = present[0] == "NotPrincipal"
    if value == "*":
        return Principals(values=(("AWS", "*"),), negated=negated)
    if not isinstance(value, Mapping) or set(value) - _PRINCIPAL_KINDS:
        raise PolicyError(f"invalid {present[0]}: {value!r}")
    pairs = ((kind, item) for kind in value for item in texts(value[kind], kind))
    return Principals(values=tuple(pairs), negated=negated)


def _conditions(value: Json) -> tuple[Condition, ...]:
    if not isinstance(value, Mapping):
        raise PolicyError("Condition is an object")
    return tuple(_each_condition(value))


def _each_condition(value: Mapping[str, Json]) -> Iterable[Condition]:
    for operator, keys in value.items():
        if not isinstance(keys, Mapping):
            raise PolicyError(f"{operator} must be an object of condition keys")
        for key, wanted in keys.items():
            yield parse_condition(operator, key, texts(wanted, key))


def texts(value: Json, where: str) -> tuple[str, ...]:
    """Return one value or a list of them as text, the way AWS reads both alike.

    Raises:
        PolicyError: if a value is neither text, number nor boolean.
    """
    items = value if isinstance(value, list | tuple) else (value,)
    return tuple(_text(item, where) for item in items)


def _text(value: Json, where: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int):
        return str(value)
    raise PolicyError(f"{where}: {value!r} is not text")
