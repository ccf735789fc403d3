"""`undo: {result: completed, changed: []}`: taken back, the provider is as it was.

`changed` lists what in the provider's state differs from the start all the same, `not_back` the
actions whose changes the plan says cannot be taken back exactly.
"""

from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import fields, heading, scalars
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.expectations.result import SCHEMA as RESULT
from irkit.proving.testing.expectations.result import Result, compared, result_of
from irkit.proving.testing.expectations.second_run import PATTERNS, difference
from irkit.proving.testing.seen import Check, Expectation, Seen
from irkit.yaml_strict import Node

KEY: Final = "undo"
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {"result": RESULT, "changed": PATTERNS, "not_back": PATTERNS},
}
_EXACT: Final = frozenset({"EXACT", "ADDITIVE", "READ"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The undo ends with this result."""

    result: Result
    span: Span
    about: str = "undo: result"

    def judge(self, seen: Seen) -> Check:
        """Compare."""
        assert seen.undone is not None, "the decoder asks for `then: undo`"
        return compared(self.about, self.result, seen.undone, self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """After the undo nothing differs from the start but what the patterns name."""

    patterns: tuple[str, ...]
    span: Span
    about: str = "undo: changed"

    def judge(self, seen: Seen) -> Check:
        """Compare the whole state at the start and after the undo."""
        assert seen.after_undo is not None, "the decoder asks for `then: undo`"
        return difference(self.about, self.patterns, seen.start, seen.after_undo, self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotBack:
    """Exactly these actions made changes that cannot be taken back, and the plan said so."""

    actions: tuple[str, ...]
    span: Span
    about: str = "undo: not back"

    def judge(self, seen: Seen) -> Check:
        """Compare with what the plan declares of the changes that were made."""
        declared = {made.action for made in seen.first.changes if made.reversal not in _EXACT}
        return Check(
            about=self.about,
            holds=declared == set(self.actions),
            expected=", ".join(sorted(self.actions)) or "everything comes back",
            found=", ".join(sorted(declared)) or "everything comes back",
            span=self.span,
        )


def read(node: Node, reading: Reading) -> tuple[Expectation, ...]:
    """Read result, what may differ, and what is declared not to come back."""
    reader = fields(node, reading.problems, f"`{KEY}`")
    if reader is None:
        return ()
    found: list[Expectation] = []
    result, changed, not_back = (reader.take(key) for key in ("result", "changed", "not_back"))
    if result is not None:
        found.append(Ending(result=result_of(result, reading), span=heading(result)))
    if changed is not None:
        found.append(Changed(patterns=reader.texts("changed"), span=heading(changed)))
    if not_back is not None:
        for place in scalars(not_back):
            reading.names.must_know(place, reading.names.acts, "action", reading.problems)
        found.append(NotBack(actions=reader.texts("not_back"), span=heading(not_back)))
    reader.close()
    return tuple(found)
