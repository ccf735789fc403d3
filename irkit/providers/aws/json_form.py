"""Results of AWS as irkit keeps them: times as RFC 3339, bytes as base64, secrets apart."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from irkit.canonical import MAX_INTEGER, Json
from irkit.clock import rfc3339
from irkit.secret import MASK, Secret

_METADATA: Final = "ResponseMetadata"


def to_json(value: object) -> Json:
    """Return `value`, as the SDK decoded it, as JSON."""
    match value:
        case None | bool() | str():
            form: Json = value
        case int():
            form = value if abs(value) <= MAX_INTEGER else str(value)
        case datetime():
            form = rfc3339(value if value.tzinfo else value.replace(tzinfo=UTC))
        case bytes() | bytearray():
            form = base64.b64encode(value).decode()
        case Mapping():
            form = {str(key): to_json(item) for key, item in value.items() if key != _METADATA}
        case list() | tuple() | set():
            form = [to_json(item) for item in value]
        case _ if hasattr(value, "read"):
            form = base64.b64encode(value.read()).decode()
        case _:
            form = str(value)  # floats and decimals: irkit's JSON has only integers
    return form


def take_secrets(
    result: Mapping[str, object], paths: tuple[str, ...]
) -> tuple[Mapping[str, object], dict[str, Secret]]:
    """Return `result` with the fields at `paths` masked, and those fields as secrets.

    A path that is not in the result is not in the secrets either.
    """
    secrets: dict[str, Secret] = {}
    masked: dict[str, object] = dict(result)
    for path in paths:
        *parents, name = path.split(".")
        place = masked
        for parent in parents:
            inner = place.get(parent)
            if not isinstance(inner, Mapping):
                break
            place[parent] = dict(inner)
            place = place[parent]  # type: ignore[assignment]  # the line above made it a dict
        else:
            if isinstance(text := place.get(name), str):
                secrets[path] = Secret(text)
                place[name] = MASK
    return masked, secrets
