"""Okta's published OpenAPI description as JSON Schema validators, one per operation and status.

The real service sends null where the description has no `nullable`, so every property may be null
here; formats and patterns are left out for the same reason. A union is satisfied by one of its
members: the description's members overlap, so `oneOf` would refuse what Okta itself sends.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "okta"
_KEPT = {"type", "enum", "required", "items", "minItems", "maxItems"}


def need(path: Path) -> Path:
    """Return `path`, or skip the test that wants it."""
    if not path.exists():
        pytest.skip(f"third-party data is not here: {path.name}")
    return path


@cache
def _description() -> dict[str, Any]:
    path = need(DATA / "openapi" / "management.openapi.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def has(operation: str, status: int) -> bool:
    """Say whether the description has this operation with this status."""
    return str(status) in _responses(operation)


def problems(operation: str, status: int, body: object) -> list[str]:
    """Return what the description has against `body` as the answer of an operation."""
    content = _resolved(_responses(operation)[str(status)]).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    if schema is None:
        return [] if body in (None, {}) else ["the description has no body"]
    validator = _validator(json.dumps(schema, sort_keys=True))
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def scopes(operation: str) -> set[str]:
    """Return the OAuth scopes that an operation accepts; none where it is not described."""
    method, path = operation.split(" ", 1)
    found = _description()["paths"].get(path, {}).get(method.lower(), {})
    return {scope for way in found.get("security", []) for scope in way.get("oauth2", [])}


def _responses(operation: str) -> dict[str, Any]:
    method, path = operation.split(" ", 1)
    found: dict[str, Any] = _description()["paths"].get(path, {}).get(method.lower(), {})
    responses: dict[str, Any] = found.get("responses", {})
    return responses


def _resolved(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = _description()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


@cache
def _validator(schema: str) -> Draft202012Validator:
    definitions: dict[str, Any] = {}
    root = _relaxed(json.loads(schema), definitions)
    return Draft202012Validator({**root, "$defs": definitions})


def _relaxed(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _relaxed(_resolved(schema), definitions)
        return {"$ref": f"#/$defs/{name}"}
    made = {key: value for key, value in schema.items() if key in _KEPT}
    if isinstance(made.get("items"), dict):
        made["items"] = _relaxed(made["items"], definitions)
    if "properties" in schema:
        made["properties"] = {
            key: {"anyOf": [{"type": "null"}, _relaxed(value, definitions)]}
            for key, value in schema["properties"].items()
        }
    if isinstance(schema.get("additionalProperties"), dict):
        extra = _relaxed(schema["additionalProperties"], definitions)
        made["additionalProperties"] = {"anyOf": [{"type": "null"}, extra]}
    for union in ("oneOf", "anyOf", "allOf"):
        if union in schema:
            members = [_relaxed(member, definitions) for member in schema[union]]
            made["allOf" if union == "allOf" else "anyOf"] = members
    return made
