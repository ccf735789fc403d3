"""Compares with texts kept beside the tests; `IRKIT_GOLDEN=write` writes them anew for review."""

import os
from pathlib import Path

EXPECTED = Path(__file__).parent / "expected"


def expect(name: str, text: str) -> None:
    """Fail unless `text` is what is kept as `name`."""
    path = EXPECTED / name
    if os.environ.get("IRKIT_GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.is_file(), f"{name} is not kept yet: look at it, then IRKIT_GOLDEN=write pytest"
    assert text == path.read_text(encoding="utf-8")
