"""The JSON Schema of playbooks, generated from the action catalogue, for editors.

It says what the decoder and the catalogue say about structure; references, order and residual
access are lint's. Every playbook that decodes is valid under it.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from irkit.canonical import Json, JsonObject
from irkit.decode.targets import LIMITED_KINDS, TARGET_KINDS
from irkit.lang.types import PLAIN_KINDS, InputType, parse_type
from irkit.model.access.kinds import CredentialKind
from irkit.model.spec import Catalogue, Parameter, Spec, Verb

Schema: TypeAlias = dict[str, Json]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[JsonObject] = {"type": "string"}
_BOOLEAN: Final[JsonObject] = {"type": "boolean"}
_NAME: Final[JsonObject] = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
_DURATION: Final[JsonObject] = {"type": "string", "pattern": r"^(\s*[0-9]+\s*[smhdw])+\s*$"}
_TEMPLATE: Final[JsonObject] = {"type": "string", "pattern": r"\{\{"}
_EXPRESSION: Final[JsonObject] = {"type": ["string", "boolean", "integer"]}
_TEXTS: Final[JsonObject] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_ON_ERROR: Final[JsonObject] = {"enum": ["stop", "continue"]}
_STEPS: Final[JsonObject] = {"type": "array", "items": {"$ref": "#/$defs/step"}}
_SOME_STEPS: Final[JsonObject] = {"type": "array", "minItems": 1}
_COMMON: Final[JsonObject] = {
    "id": {"type": "string", "pattern": "^[a-z0-9]+([-_][a-z0-9]+)*$"},
    "name": _TEXT,
    "when": _EXPRESSION,
    "on_error": _ON_ERROR,
    "because": _TEXT,
}
_LOOP: Final[JsonObject] = {
    "for_each": {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": _NAME,
        "additionalProperties": _EXPRESSION,
    },
    "concurrency": {"type": "integer", "minimum": 1, "maximum": 64},
    "flatten": _BOOLEAN,
    "when_empty": {"enum": ["ok", "stop"]},
    "first": {"type": "integer", "minimum": 1},
    "then": {"type": "string", "pattern": "^([1-9][0-9]?|100)%$"},
}


def playbook_schema(catalogue: Catalogue) -> JsonObject:
    """Return the schema of a playbook that uses the actions of `catalogue`."""
    reads = [spec for spec in catalogue if spec.verb is Verb.READ]
    changes = [spec for spec in catalogue if spec.verb is Verb.DO]
    return {
        "$schema": DIALECT,
        "title": "irkit playbook",
        **_object(_top(), required=("irkit", "playbook", "title", "steps")),
        "$defs": {
            "step": {"anyOf": [{"$ref": f"#/$defs/{form}"} for form in _FORMS]},
            **_action_forms(reads, changes),
            **_other_forms(),
            "phase": _phase(),
        },
    }


_FORMS: Final = (
    *("read", "do", "manual", "require", "if", "parallel"),
    *("steps", "repeat", "call", "undo", "report"),
)


def _top() -> JsonObject:
    kinds: JsonObject = {"enum": [str(kind) for kind in CredentialKind]}
    counts: JsonObject = {"type": "integer", "minimum": 0}
    return {
        "irkit": {"const": 1},
        "playbook": {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"},
        "title": _TEXT,
        "version": _TEXT,
        "about": _TEXT,
        "labels": _TEXTS,
        "against": {"anyOf": [kinds, {"type": "array", "items": kinds}]},
        "claims": {"const": "contained"},
        "accepts": {
            "type": "object",
            "propertyNames": kinds,
            "additionalProperties": {"type": "string", "minLength": 1},
        },
        "inputs": {"type": "object", "propertyNames": _NAME, "additionalProperties": _input()},
        "guards": _object(
            {
                "protect": {"type": "array", "items": _protection()},
                "limit": {
                    "type": "object",
                    "propertyNames": {"enum": list(LIMITED_KINDS)},
                    "additionalProperties": counts,
                },
            }
        ),
        "approvals": {"type": "object", "additionalProperties": _approval()},
        "steps": {
            **_SOME_STEPS,
            "items": {"anyOf": [{"$ref": "#/$defs/phase"}, {"$ref": "#/$defs/step"}]},
        },
        "always": _STEPS,
        "outputs": {"type": "object", "propertyNames": _NAME},
    }


def _input() -> JsonObject:
    words = "|".join(kind.replace(".", r"\.") for kind in (*PLAIN_KINDS, *TARGET_KINDS))
    one = rf"({words}|aws\.region|choice of \[.+\])"
    type_: JsonObject = {"type": "string", "pattern": rf"^\s*(list of )?{one}\s*$"}
    members: JsonObject = {"type": type_, "ask": _TEXT, "default": True, "required": _BOOLEAN}
    return {"anyOf": [type_, _object(members, required=("type",))]}


def _protection() -> JsonObject:
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"enum": list(TARGET_KINDS)},
        "additionalProperties": {"type": "string", "minLength": 1},
    }


def _approval() -> JsonObject:
    excluded: JsonObject = {"const": "requester"}
    return _object(
        {
            "need": {"type": "integer", "minimum": 0},
            "from": _TEXTS,
            "not": {"anyOf": [excluded, {"type": "array", "items": excluded, "minItems": 1}]},
            "valid": _DURATION,
        },
        required=("need",),
    )


def _phase() -> JsonObject:
    return _object(
        {
            "phase": {"type": "string", "minLength": 1},
            "steps": _STEPS,
            "goal": _DURATION,
            "approve": _TEXT,
            "needs": _TEXTS,
            "background": _BOOLEAN,
            "hold": {"enum": ["watch", "reassert"]},
        },
        required=("phase", "steps"),
    )


def _action_forms(reads: Sequence[Spec], changes: Sequence[Spec]) -> JsonObject:
    action: JsonObject = {**_LOOP, "with": {"type": "object"}, "as": _NAME, "on": _TEXT}
    check = _object(
        {
            "read": _ids(reads),
            "with": {"type": "object"},
            "expect": _EXPRESSION,
            "within": _DURATION,
            "on": _TEXT,
        },
        required=("read", "expect", "within"),
    )
    read: JsonObject = {"read": _ids(reads), "evidence": _BOOLEAN, "timeout": _DURATION}
    change: JsonObject = {
        "do": _ids(changes),
        "approve": _TEXT,
        "verify": check,
        "hold": {"enum": ["watch", "reassert"]},
        "timeout": _DURATION,
    }
    return {
        "read": {**_step({**read, **action}, "read"), "allOf": _parameters("read", reads)},
        "do": {**_step({**change, **action}, "do"), "allOf": _parameters("do", changes)},
    }


def _other_forms() -> JsonObject:
    question: JsonObject = {"type": "object", "propertyNames": _NAME, "additionalProperties": _TEXT}
    bounds = _object(
        {"until": _EXPRESSION, "at_most": {"type": "integer", "minimum": 1}, "every": _DURATION},
        required=("until", "at_most"),
    )
    manual: JsonObject = {
        "manual": _TEXT,
        "to": _TEXT,
        "within": _DURATION,
        "if_silent": _ON_ERROR,
        "ask": question,
        "as": _NAME,
    }
    call: JsonObject = {"call": _TEXT, "with": {"type": "object"}, "as": _NAME, **_LOOP}
    block: JsonObject = {"steps": _STEPS, "rescue": _STEPS, "approve": _TEXT, **_LOOP}
    branch: JsonObject = {"if": _EXPRESSION, "then": _STEPS, "else": _STEPS}
    return {
        "manual": _step(manual, "manual", "to", "within"),
        "require": _step({"require": _EXPRESSION, "say": _TEXT}, "require", "say"),
        "if": _step(branch, "if", "then"),
        "parallel": _step({"parallel": _STEPS}, "parallel"),
        "steps": _step(block, "steps"),
        "repeat": _step({"repeat": bounds, "steps": _STEPS}, "repeat", "steps"),
        "call": _step(call, "call"),
        "undo": _step({"undo": _TEXTS, "approve": _TEXT}, "undo"),
        "report": _step({"report": _TEXT}, "report"),
    }


def _parameters(verb: str, specs: Sequence[Spec]) -> list[Json]:
    return [
        {
            "if": {"properties": {verb: {"const": spec.id}}},
            "then": {
                "properties": {
                    "with": _object(
                        {p.name: _parameter(p) for p in spec.parameters},
                        required=tuple(p.name for p in spec.parameters if p.required),
                    )
                }
            },
        }
        for spec in specs
    ] or [True]


def _parameter(parameter: Parameter) -> JsonObject:
    try:
        value = _value(parse_type(parameter.type))
    except ValueError:
        value = {}
    return {"description": parameter.help, **value}


def _value(type_: InputType) -> JsonObject:
    """Return the schema of a constant of the type, or a template in its place."""
    if type_.item is not None:
        items: JsonObject = {"type": "array", "items": _value(type_.item)}
        return {"anyOf": [_TEXT, items]}
    if type_.choices:
        return {"anyOf": [{"enum": list(type_.choices)}, _TEMPLATE]}
    match type_.kind:
        case "int":
            return {"anyOf": [{"type": "integer"}, _TEXT]}
        case "bool":
            return {"anyOf": [_BOOLEAN, _TEMPLATE, {"enum": ["true", "false", "yes", "no"]}]}
        case _:
            return _TEXT


def _ids(specs: Sequence[Spec]) -> JsonObject:
    return {"enum": [spec.id for spec in specs]}


def _step(members: JsonObject, *required: str) -> JsonObject:
    return _object({**_COMMON, **members}, required=required)


def _object(members: Mapping[str, Json], *, required: Sequence[str] = ()) -> JsonObject:
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(required),
        "additionalProperties": False,
    }
