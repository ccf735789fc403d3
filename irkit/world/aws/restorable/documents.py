"""Policy documents in the restorable state: compared by meaning, not by spelling."""

import json
from typing import cast

from irkit.canonical import Json


def document(text: str | None) -> Json:
    """Return a stored document as JSON, so that two spellings of it are equal."""
    try:
        return cast("Json", json.loads(text or "null"))
    except ValueError:
        return text
