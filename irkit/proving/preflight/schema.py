"""The JSON Schema of the block `preflight:`, for editors."""

from collections.abc import Mapping
from typing import Final

from irkit.canonical import Json, JsonObject

_TEXT: Final[JsonObject] = {"type": "string"}
_DURATION: Final[JsonObject] = {"type": "string", "pattern": r"^(\s*[0-9]+\s*[smhdw])+\s*$"}
_LIMITS: Final[Mapping[str, JsonObject]] = {
    "approvers": {"quorum": {"type": "integer", "minimum": 1}, "keys_valid_for": _DURATION},
    "clocks": {"skew_max": _DURATION},
    "limits": {"left_min": {"type": "string", "pattern": "^(100|[0-9]{1,2})%$"}},
    "logs": {"okta_lag_max": _DURATION, "cloudtrail_lag_max": _DURATION},
    "reach": {"ack_within": _DURATION, "asked_within": _DURATION},
    "secrets": {"age_max": _DURATION},
    "targets": {"inputs": {"type": "object", "additionalProperties": _TEXT}},
}
_REQUIRED: Final[Mapping[str, tuple[str, ...]]] = {
    "limits": ("left_min",),
    "reach": ("ack_within",),
    "secrets": ("age_max",),
}


def preflight_schema() -> JsonObject:
    """Return the schema: a list of limits, each of one check."""
    entries: list[Json] = [_entry(check, limits) for check, limits in _LIMITS.items()]
    return {"type": "array", "items": {"anyOf": entries}}


def _entry(check: str, limits: JsonObject) -> JsonObject:
    return {
        "type": "object",
        "properties": {"check": {"const": check}, **limits},
        "required": ["check", *_REQUIRED.get(check, ())],
        "additionalProperties": False,
    }
