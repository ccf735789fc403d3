"""Policies of resources: one statement of irkit's among those that are there."""

import json
from collections.abc import Mapping
from typing import Final

from irkit.actions.shape import at, entries, listed
from irkit.canonical import Json, JsonObject, thaw

_VERSION: Final = "2012-10-17"


def with_statement(document: Json, statement: Json) -> JsonObject:
    """Return `document` with `statement` last, in place of an earlier one with its Sid.

    `document` may be None.
    """
    others = [item for item in _statements(document) if at(item, "Sid") != at(statement, "Sid")]
    return _document(document, [*others, statement])


def without_statement(document: Json, sid: str) -> "JsonObject | None":
    """Return `document` without the statement called `sid`, None if no other one is left."""
    others = [item for item in _statements(document) if at(item, "Sid") != sid]
    return _document(document, listed(others)) if others else None


def statement_of(document: Json, sid: str) -> Json:
    """Return the statement called `sid`, None if there is none."""
    found = (item for item in _statements(document) if at(item, "Sid") == sid)
    return thaw(next(found, None))


def policy_text(document: Json) -> str:
    """Return a policy as AWS takes it."""
    return json.dumps(thaw(document), separators=(",", ":"))


def _statements(document: Json) -> tuple[JsonObject, ...]:
    found = at(document, "Statement")
    return (found,) if isinstance(found, Mapping) else entries(document, "Statement")


def _document(document: Json, statements: list[Json]) -> JsonObject:
    version = at(document, "Version") or _VERSION
    whole: dict[str, Json] = {"Version": version, "Statement": statements}
    name = at(document, "Id")
    return whole if name is None else {**whole, "Id": name}
