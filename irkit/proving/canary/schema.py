"""The JSON Schema of the block `canary:`, for editors."""

from typing import Final

from irkit.canonical import JsonObject
from irkit.proving.canary.plants import kinds

_TEXT: Final[JsonObject] = {"type": "string"}
_DURATION: Final[JsonObject] = {"type": "string", "pattern": r"^(\s*[0-9]+\s*[smhdw])+\s*$"}
_TEXTS: Final[JsonObject] = {"type": "object", "additionalProperties": _TEXT}


def canary_schema() -> JsonObject:
    """Return the schema."""
    kind: JsonObject = {"enum": tuple(sorted(kinds()))}
    members: JsonObject = {
        "user": {
            "type": "string",
            "pattern": "^(arn:aws[a-z-]*:iam::[0-9]{12}:user/.+|00u.{17}|[^@/:]+@[^@/:]+)$",
        },
        "oauth_client": _TEXT,
        "tag": {"type": "string", "pattern": "^[^=]+=.+$"},
        "max_targets": {"const": 1},
        "plant": {"anyOf": [kind, {"type": "array", "items": kind, "minItems": 1}]},
        "inputs": _TEXTS,
        "answers": {"type": "object", "additionalProperties": {"type": "object"}},
        "approve": _TEXTS,
        "within": {
            "type": "object",
            "propertyNames": kind,
            "additionalProperties": _DURATION,
        },
        "quiet": {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]},
        "soc": {
            "type": "object",
            "properties": {"within": _DURATION},
            "required": ["within"],
            "additionalProperties": False,
        },
    }
    return {
        "type": "object",
        "properties": members,
        "required": ["user", "plant"],
        "additionalProperties": False,
    }
