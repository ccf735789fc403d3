"""The JSON Schema of scenarios, for editors. It says what the decoder says about structure."""

from collections.abc import Iterable
from typing import Final, cast

from irkit.canonical import Json, JsonObject
from irkit.drill.scenario.goals import Measure
from irkit.drill.scenario.model import Evidence, Fix, Holding, Occasion, Right, Style
from irkit.drill.scenario.settings import ADMIN_ROLES, NAMED_BY
from irkit.drill.scenario.truths import KEYS
from irkit.drill.scenario.verbs import VERBS
from irkit.model.spec import Catalogue
from irkit.proving.testing.schema import files_schema as tests_and_playbooks
from irkit.proving.world_facts import FIXTURES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[JsonObject] = {"type": "string"}
_TRUTH: Final[JsonObject] = {"type": "boolean"}
_DURATION: Final[JsonObject] = {"type": "string", "pattern": r"^(\s*[0-9]+\s*[smhdw])+\s*$"}
_SLUG: Final[JsonObject] = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}
_SOME: Final[JsonObject] = {"type": "integer", "minimum": 1}
_HELD: Final[JsonObject] = {
    "type": "string",
    "pattern": rf"^({'|'.join(str(holding) for holding in Holding)})(:.+)?$",
}


def files_schema(catalogue: Catalogue) -> JsonObject:
    """Return one schema for playbooks, tests and scenarios: the last have a `scenario:`."""
    rest = tests_and_playbooks(catalogue)
    shared = cast("JsonObject", rest["$defs"])
    return {
        "$schema": DIALECT,
        "title": "irkit playbooks, their tests and scenarios",
        "if": {"required": ["scenario"]},
        "then": {"$ref": "#/$defs/scenario"},
        "else": {key: rest[key] for key in ("if", "then", "else")},
        "$defs": {**shared, "scenario": _scenario()},
    }


def scenario_schema() -> JsonObject:
    """Return the schema of a scenario."""
    return {"$schema": DIALECT, "title": "irkit scenario", **_scenario()}


def _scenario() -> JsonObject:
    return _object(
        {
            "irkit": {"const": 1},
            "scenario": _SLUG,
            "version": _TEXT,
            "title": _TEXT,
            "about": _TEXT,
            "labels": _texts(_TEXT),
            "references": _texts(_TEXT),
            "difficulty": {"type": "integer", "minimum": 1, "maximum": 5},
            "styles": _list(_enum(Style)),
            "starts": _TEXT,
            "lasts": _DURATION,
            "evicted_for": _DURATION,
            "objectives": _list(_objective(), least=1),
            "roles": _map(_role(), least=1),
            "world": _world(),
            "truth": _truth(),
            "adversary": _adversary(),
            "injects": _list(_inject()),
            "expect": _list(_expectation(), least=1),
            "decisions": _list(_decision()),
            "hints": _list(_object({"text": _TEXT, "points": _COUNT}, "text")),
            "respond": _object({"playbook": _SLUG, "inputs": _map(_TEXT)}, "playbook"),
            "responses": _list(_response()),
        },
        *("irkit", "scenario", "title", "about", "lasts", "objectives", "roles", "world"),
        *("truth", "adversary", "expect", "respond"),
    )


def _objective() -> JsonObject:
    target: JsonObject = {"anyOf": [_DURATION, {"type": "string", "pattern": "^[0-9]+%$"}, _COUNT]}
    return _object(
        {"id": _TEXT, "text": _TEXT, "csf": _TEXT, "measure": _enum(Measure), "target": target},
        *("id", "text", "measure", "target"),
    )


def _role() -> JsonObject:
    return _object(
        {
            "least": _COUNT,
            "can": _list(_enum(Right)),
            "sees_truth": _TRUTH,
            "reachable_within": _DURATION,
        }
    )


def _world() -> JsonObject:
    named: JsonObject = dict.fromkeys(sorted(set(NAMED_BY.values())), _TEXT)
    entity = _object({"type": {"enum": list(NAMED_BY)}, "account": _TEXT, **named}, "type")
    broken = _object(
        {"at": _DURATION, "what": _enum(Fix), "lasts": _DURATION, "who": _TEXT},
        *("at", "what", "lasts"),
    )
    return _object(
        {
            "fixture": {"enum": list(FIXTURES)},
            "entities": _map(entity),
            "admins": _map({"enum": list(ADMIN_ROLES)}),
            "tires": _map(_SOME),
            "broken": _list(broken),
        }
    )


def _truth() -> JsonObject:
    question = _object({"id": _TEXT, "ask": _TEXT, "key": {"enum": list(KEYS)}}, "id", "ask", "key")
    return _object(
        {
            "patient_zero": _TEXT,
            "first_bad": _TEXT,
            "addresses": _texts(_TEXT),
            "never_touched": _texts(_TEXT),
            "questions": _list(question),
        },
        *("patient_zero", "first_bad", "addresses"),
    )


def _adversary() -> JsonObject:
    tactic = _tactic()
    return _object(
        {
            "goal": _texts(_HELD),
            "every": _DURATION,
            "jitter": _DURATION,
            "gives_up_after": _SOME,
            "start": _texts(_HELD),
            "tactics": _list(tactic, least=1),
            "on_loss": _list(tactic),
        },
        *("goal", "start", "tactics"),
    )


def _tactic() -> JsonObject:
    need: JsonObject = {"anyOf": [_HELD, _object({"any": _texts(_HELD)}, "any")]}
    decided: JsonObject = {**_map(_TEXT), "minProperties": 1, "maxProperties": 1}
    return _object(
        {
            "id": _TEXT,
            "do": {"enum": list(VERBS)},
            "with": _map(_TEXT),
            "needs": {"anyOf": [_HELD, _list(need)]},
            "gives": _texts(_HELD),
            "repeat": _SOME,
            "renew": _TRUTH,
            "attack": _TEXT,
            "if_decided": decided,
            "delay": _DURATION,
        },
        *("id", "do"),
    )


def _inject() -> JsonObject:
    return _object(
        {
            "id": _TEXT,
            "to": _TEXT,
            "channel": _TEXT,
            "text": _TEXT,
            "at": _DURATION,
            "after": _TEXT,
            "when": _enum(Occasion),
            "delay": _DURATION,
            "decision": _TEXT,
        },
        *("id", "to", "text"),
    )


def _expectation() -> JsonObject:
    return _object(
        {
            "id": _TEXT,
            "by": _TEXT,
            "what": _TEXT,
            "evidence": _enum(Evidence),
            "of": _TEXT,
            "within": _DURATION,
            "before": _TEXT,
            "points": _COUNT,
        },
        *("id", "by", "what", "evidence"),
    )


def _decision() -> JsonObject:
    return _object(
        {"id": _TEXT, "ask": _TEXT, "options": _texts(_TEXT), "good": _texts(_TEXT)},
        *("id", "ask", "options", "good"),
    )


def _response() -> JsonObject:
    move = _object({"at": _DURATION, "actions": _texts(_TEXT)}, "at")
    return _object(
        {
            "id": _TEXT,
            "title": _TEXT,
            "approve_after": _DURATION,
            "decides": _map(_TEXT),
            "moves": _list(move),
        },
        *("id", "title"),
    )


def _enum(words: Iterable[str]) -> JsonObject:
    return {"enum": [str(word) for word in words]}


def _texts(item: JsonObject) -> JsonObject:
    return {"anyOf": [item, _list(item)]}


def _list(item: JsonObject, *, least: int = 0) -> JsonObject:
    return {"type": "array", "items": item, "minItems": least}


def _map(item: JsonObject, *, least: int = 0) -> JsonObject:
    return {"type": "object", "additionalProperties": item, "minProperties": least}


def _object(members: dict[str, Json], *required: str) -> JsonObject:
    return {
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }
