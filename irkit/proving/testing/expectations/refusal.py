"""`refusal: {code: IRK301, guard: protected}`: who said no, and with which words."""

import re
from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import fields, heading
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Expectation, Seen
from irkit.yaml_strict import Node

KEY: Final = "refusal"
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "code": {"type": "string", "pattern": "^IRK[0-9]{3}$"},
        "guard": {"type": "string"},
    },
}
_CODE: Final = re.compile(r"IRK\d{3}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """Something was refused with this diagnostic."""

    code: str
    span: Span
    about: str = "refusal: code"

    def judge(self, seen: Seen) -> Check:
        """Look for it among refusals and diagnostics."""
        found = [item.code for item in seen.first.refused]
        found += [item.code for item in seen.first.diagnostics]
        return Check(
            about=self.about,
            holds=self.code in found,
            expected=self.code,
            found=", ".join(dict.fromkeys(found)) or "nothing was refused",
            span=self.span,
            where="; ".join(item.summary for item in seen.first.refused),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Something was refused by this guard."""

    guard: str
    span: Span
    about: str = "refusal: guard"

    def judge(self, seen: Seen) -> Check:
        """Look for the guard."""
        found = [item.guard for item in seen.first.refused if item.guard]
        return Check(
            about=self.about,
            holds=self.guard in found,
            expected=self.guard,
            found=", ".join(dict.fromkeys(found)) or "no guard refused anything",
            span=self.span,
            where="; ".join(item.summary for item in seen.first.refused),
        )


def read(node: Node, reading: Reading) -> tuple[Expectation, ...]:
    """Read code and guard."""
    reader = fields(node, reading.problems, f"`{KEY}`")
    if reader is None:
        return ()
    found: list[Expectation] = []
    code, guard = reader.text("code"), reader.text("guard")
    place = reader.node.get("code")
    if place is not None:
        if not _CODE.fullmatch(code):
            reading.problems.add("IRK105", f"`{code}` is no code of a diagnostic", heading(place))
        found.append(Coded(code=code, span=heading(place)))
    place = reader.node.get("guard")
    if place is not None:
        found.append(Guarded(guard=guard, span=heading(place)))
    reader.close()
    return tuple(found)
