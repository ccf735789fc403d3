"""`protect.lock`: the ids that the protect patterns meant when they were pinned.

An intruder can name a role `ir-backup` or join a group; what matches a pattern but is not pinned is
therefore not protected, and suspicious.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from irkit import yaml_strict
from irkit.canonical import JsonObject
from irkit.decode import Fields, Problems, fields
from irkit.diagnostics import Diagnostic, IrkitError

FORMAT: Final = 1
_KEYS: Final = ("kind", "pattern", "tenant", "id", "label")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pin:
    """One protected thing: what it is, the pattern that found it, where, its id and its name."""

    kind: str
    pattern: str
    tenant: str
    id: str
    label: str

    def to_json(self) -> JsonObject:
        """Return the JSON form, which the policy's digest covers."""
        return {key: getattr(self, key) for key in _KEYS}


def load(path: Path) -> tuple[Pin, ...]:
    """Read `protect.lock`; a file that is not there pins nothing.

    Raises:
        IrkitError: with everything that is wrong with it.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return ()
    except OSError as error:
        summary = f"{path} cannot be read: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK160", summary=summary)) from error
    pins, found = decode(data, path.name)
    if pins is None:
        raise IrkitError(*found)
    return pins


def decode(data: bytes, file: str) -> tuple[tuple[Pin, ...] | None, tuple[Diagnostic, ...]]:
    """Decode the bytes of a `protect.lock`; never raises."""
    node, found = yaml_strict.load_bytes(data, file)
    problems = Problems(found)
    pins: tuple[Pin, ...] = ()
    top = fields(node, problems, file) if node is not None else None
    if top is not None:
        if top.integer("irkit", 0, required=True) != FORMAT:
            problems.add("IRK110", "write `irkit: 1`", top.node.span)
        pins = tuple(sorted(_pins(top)))
        top.close()
    return (None if problems else pins), problems.all()


def encode(pins: Iterable[Pin]) -> str:
    """Return the text of a `protect.lock`, in a fixed order so that changes show in a diff."""
    lines = ["# Written by `irkit protect pin`; changing it changes the policy.", "irkit: 1"]
    found = sorted(set(pins))
    lines.append("pins:" if found else "pins: []")
    for pin in found:
        for index, key in enumerate(_KEYS):
            mark = "  - " if index == 0 else "    "
            lines.append(f"{mark}{key}: {_quoted(getattr(pin, key))}")
    return "\n".join(lines) + "\n"


def _pins(top: Fields) -> Iterable[Pin]:
    for node in top.sequence("pins", required=True):
        reader = fields(node, top.problems, "a pin")
        if reader is not None:
            texts = {key: reader.text(key, required=True) for key in _KEYS}
            reader.close()
            yield Pin(**texts)


def _quoted(text: str) -> str:
    """Return `text` as a YAML scalar; a name with invisible characters is shown to have them."""
    visible = "".join(char if char.isprintable() else "\ufffd" for char in text)
    return json.dumps(visible, ensure_ascii=False)
