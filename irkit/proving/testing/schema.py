"""The JSON Schema of test files, for editors.

It says what the decoder says about structure; whether a playbook has what a test names is lint's.
The blocks of other levels are their own decoders' matter and open here.
"""

from typing import Final, cast

from irkit.canonical import Json, JsonObject
from irkit.lang.schema import playbook_schema
from irkit.model.approval import Decision
from irkit.model.spec import Catalogue
from irkit.proving.canary.schema import canary_schema
from irkit.proving.preflight.schema import preflight_schema
from irkit.proving.proof import Level
from irkit.proving.testing.cases import PROVIDERS, SILENT
from irkit.proving.testing.expectations import kinds
from irkit.proving.testing.worlds import SCHEMA as WORLDS
from irkit.workspace.exercise import PEOPLE
from irkit.world.faults import FaultKind

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[JsonObject] = {"type": "string"}
_DURATION: Final[JsonObject] = {"type": "string", "pattern": r"^(\s*[0-9]+\s*[smhdw])+\s*$"}
_SLUG: Final[JsonObject] = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 1}
_CONSTANT: Final[JsonObject] = {"type": ["string", "integer", "boolean", "null"]}


def files_schema(catalogue: Catalogue) -> JsonObject:
    """Return one schema for playbooks and test files: a file with `tests:` is one of the latter."""
    test, playbook = suite_schema(), playbook_schema(catalogue)
    shared = cast("JsonObject", test["$defs"]), cast("JsonObject", playbook["$defs"])
    return {
        "$schema": DIALECT,
        "title": "irkit playbooks and their tests",
        "if": {"required": ["tests"]},
        "then": _inner(test),
        "else": _inner(playbook),
        "$defs": {**shared[0], **shared[1]},
    }


def _inner(schema: JsonObject) -> JsonObject:
    return {key: value for key, value in schema.items() if key not in {"$schema", "$defs"}}


def suite_schema() -> JsonObject:
    """Return the schema of `NAME.test.yaml`."""
    return {
        "$schema": DIALECT,
        "title": "irkit playbook test",
        **_object(
            {
                "irkit": {"const": 1},
                "tests": _SLUG,
                "policy": _policy(),
                "worlds": WORLDS,
                "unit": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/case"}},
                "sweeps": _object({"case": _TEXT, "users": _COUNT, "within": _DURATION}),
                "preflight": preflight_schema(),
                "canary": canary_schema(),
            },
            "irkit",
            "tests",
        ),
        "$defs": {"case": _case(), "expect": _expect(), "fault": _fault()},
    }


def _policy() -> JsonObject:
    rule = _object(
        {"every": _DURATION, "max_age": _DURATION, "on_change": {"type": "boolean"}},
    )
    return _object({level.word: rule for level in Level})


def _case() -> JsonObject:
    value: JsonObject = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
    answer: JsonObject = {
        "anyOf": [{"const": SILENT}, {"type": "object", "additionalProperties": _CONSTANT}]
    }
    return _object(
        {
            "name": _TEXT,
            "extends": _TEXT,
            "world": _TEXT,
            "inputs": {"type": "object", "additionalProperties": value},
            "requester": _person(),
            "approvals": {"type": "array", "items": _decided()},
            "answers": {"type": "object", "additionalProperties": answer},
            "faults": {"type": "array", "items": {"$ref": "#/$defs/fault"}},
            "down": _some({"enum": list(PROVIDERS)}),
            "run": {"const": "twice"},
            "then": {"const": "undo"},
            "expect": {"$ref": "#/$defs/expect"},
        },
        "name",
    )


def _decided() -> JsonObject:
    decision: JsonObject = {"enum": [str(Decision.APPROVE), str(Decision.DENY)]}
    return _object({"phase": _TEXT, "by": _some(_person()), "decision": decision}, "by")


def _person() -> JsonObject:
    return {"type": "string", "pattern": rf"^({'|'.join(PEOPLE)})(@.+)?$"}


def _some(item: JsonObject) -> JsonObject:
    return {"anyOf": [item, {"type": "array", "minItems": 1, "items": item}]}


def _fault() -> JsonObject:
    return _object(
        {
            "on": {"type": "string", "pattern": rf"^({'|'.join(PROVIDERS)}) .+$"},
            "as": {"enum": [str(kind) for kind in FaultKind]},
            "nth": _COUNT,
            "times": {"anyOf": [_COUNT, {"const": "all"}]},
            "seconds": _DURATION,
            "applied": {"type": "boolean"},
        },
        "on",
        "as",
    )


def _expect() -> JsonObject:
    return {**_object({key: kind.SCHEMA for key, kind in kinds().items()}), "minProperties": 1}


def _object(members: dict[str, Json], *required: str) -> JsonObject:
    return {
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }
