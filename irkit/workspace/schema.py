"""The JSON Schema of `irkit.yaml`, for editors."""

from collections.abc import Mapping, Sequence
from typing import Final

from irkit.canonical import Json, JsonObject
from irkit.decode.targets import LIMITED_KINDS, TARGET_KINDS
from irkit.model.spec import Blast, Reversal
from irkit.workspace.secrets import SCHEMES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEXT: Final[JsonObject] = {"type": "string"}
_TEXTS: Final[JsonObject] = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_DURATION: Final[JsonObject] = {"type": "string", "pattern": r"^(\s*[0-9]+\s*[smhdw])+\s*$"}
_SECRET: Final[JsonObject] = {"type": "string", "pattern": f"^({'|'.join(SCHEMES)}):.+"}
_ACCOUNT: Final[JsonObject] = {"type": "string", "pattern": "^[0-9]{12}$"}
_YES_NO: Final[JsonObject] = {"enum": [True, False, "yes", "no"]}
_COUNT: Final[JsonObject] = {"type": "integer", "minimum": 0}


def workspace_schema() -> JsonObject:
    """Return the schema of `irkit.yaml`."""
    members: JsonObject = {
        "irkit": {"const": 1},
        "org": _TEXT,
        "mode": {"enum": ["live", "drill"]},
        "origin": _TEXT,
        "connections": {"type": "object", "additionalProperties": {"anyOf": [_okta(), _aws()]}},
        "federation": {"type": "array", "items": _federation()},
        "break_glass": _break_glass(),
        "protect": {"type": "array", "items": _protection()},
        "limits": {
            "type": "object",
            "propertyNames": {"enum": list(LIMITED_KINDS)},
            "additionalProperties": _COUNT,
        },
        "approvers": _TEXT,
        "approvals": _approvals(),
        "trail": _object({"path": _TEXT, "key": _TEXT, "next": _TEXT, "kms": _kms()}),
        "plan_valid": _DURATION,
        "in_doubt_wait": _DURATION,
        "hold": _object({"looks": {"type": "array", "items": _DURATION}, "watch": _DURATION}),
        "seats": _SECRET,
        "least_privilege": {"enum": [True, False, "session"]},
    }
    required = ("irkit", "org", "mode", "origin", "connections")
    return {
        "$schema": DIALECT,
        "title": "irkit workspace",
        **_object(members, required=required),
    }


def _okta() -> JsonObject:
    token = _object({"token": _SECRET}, required=("token",))
    key = _object(
        {"private_key": _SECRET, "client_id": _TEXT, "key_id": _TEXT, "scopes": _TEXTS},
        required=("private_key", "client_id"),
    )
    return _object(
        {
            "provider": {"const": "okta"},
            "org_url": _TEXT,
            "org_id": {"type": "string", "pattern": "^00o[A-Za-z0-9]{6,}$"},
            "auth": {"anyOf": [token, key]},
            "depends_on_idp": _YES_NO,
        },
        required=("provider", "org_url", "org_id", "auth"),
    )


def _source() -> JsonObject:
    profile = _object({"profile": _TEXT}, required=("profile",))
    keys = _object(
        {"access_key_id": _TEXT, "secret_access_key": _SECRET, "session_token": _SECRET},
        required=("access_key_id", "secret_access_key"),
    )
    return {"anyOf": [profile, keys]}


def _kms() -> JsonObject:
    return _object(
        {"source": _source(), "role": _TEXT, "endpoint_url": _TEXT}, required=("source",)
    )


def _break_glass() -> JsonObject:
    way = _object({"principal": _TEXT, "source": _source()}, required=("principal", "source"))
    return _object(
        {
            "aws": {"type": "array", "items": way},
            "okta": _TEXTS,
            "quarantine": _TEXTS,
            "signed_in_within": _DURATION,
        }
    )


def _aws() -> JsonObject:
    account = _object(
        {"id": _ACCOUNT, "name": _TEXT, "read_role": _TEXT, "write_role": _TEXT}, required=("id",)
    )
    organization = _object(
        {
            "from": {"const": "organization"},
            "read_role": _TEXT,
            "write_role": _TEXT,
            "except": {"type": "array", "items": _ACCOUNT},
            "management": _ACCOUNT,
        },
        required=("from", "read_role", "write_role"),
    )
    return _object(
        {
            "provider": {"const": "aws"},
            "source": _source(),
            "accounts": {
                "anyOf": [{"type": "array", "items": account, "minItems": 1}, organization]
            },
            "regions": _TEXTS,
            "endpoint_url": _TEXT,
            "permissions": _TEXTS,
            "depends_on_idp": _YES_NO,
        },
        required=("provider", "source", "accounts"),
    )


def _federation() -> JsonObject:
    return _object(
        {"okta_app": _TEXT, "aws": _TEXTS, "saml_provider": _TEXT, "session_name": _TEXT},
        required=("okta_app", "saml_provider"),
    )


def _protection() -> JsonObject:
    return {
        "type": "object",
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"enum": list(TARGET_KINDS)},
        "additionalProperties": {"type": "string", "minLength": 1},
    }


def _approvals() -> JsonObject:
    excluded: JsonObject = {"const": "requester"}
    full = _object(
        {
            "need": _COUNT,
            "from": _TEXTS,
            "not": {"anyOf": [excluded, {"type": "array", "items": excluded, "minItems": 1}]},
            "valid": _DURATION,
        },
        required=("need",),
    )
    need: JsonObject = {"anyOf": [_COUNT, full]}
    reversal: Sequence[str] = [str(word) for word in Reversal]
    blast: Sequence[str] = [str(word) for word in Blast]
    alone = _object(
        {
            "from": _TEXTS,
            "reversal": _words(reversal),
            "blast": _words(blast),
            "at_most": _COUNT,
            "confirm_within": _DURATION,
        },
        required=("reversal", "blast", "at_most"),
    )
    keys: JsonObject = {
        "user_presence": {"type": "boolean"},
        "user_verification": {"type": "boolean"},
    }
    return _object(
        {
            "reversal": _object(dict.fromkeys(reversal, need)),
            "blast": _object(dict.fromkeys(blast, need)),
            "alone": alone,
            "change": need,
            "security_keys": _object(keys),
            "webauthn_origins": _TEXTS,
        }
    )


def _words(words: Sequence[str]) -> JsonObject:
    one: JsonObject = {"enum": list(words)}
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _object(members: Mapping[str, Json], *, required: Sequence[str] = ()) -> JsonObject:
    return {
        "type": "object",
        "properties": dict(members),
        "required": list(required),
        "additionalProperties": False,
    }
