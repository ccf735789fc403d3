"""`second_run: {result: contained, writes: 0}`: the same playbook again, a minute later.

`changed` lists what in the provider's state differs after it, and nothing else may: patterns over
its paths.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import fields, heading
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.expectations.result import SCHEMA as RESULT
from irkit.proving.testing.expectations.result import Result, compared, result_of
from irkit.proving.testing.seen import Check, Expectation, Seen, State, differing
from irkit.yaml_strict import Node

KEY: Final = "second_run"
PATTERNS: Final[JsonObject] = {"type": "array", "items": {"type": "string"}}
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        "result": RESULT,
        "writes": {"type": "integer", "minimum": 0},
        "changed": PATTERNS,
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """The second run ends with this result."""

    result: Result
    span: Span
    about: str = "second run: result"

    def judge(self, seen: Seen) -> Check:
        """Compare."""
        assert seen.second is not None, "the decoder asks for `run: twice`"
        return compared(self.about, self.result, seen.second, self.span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """The second run changes something exactly so many times."""

    count: int
    span: Span
    about: str = "second run: writes"

    def judge(self, seen: Seen) -> Check:
        """Count the calls that had an effect."""
        assert seen.second is not None, "the decoder asks for `run: twice`"
        made = seen.second.writes
        return Check(
            about=self.about,
            holds=len(made) == self.count,
            expected=str(self.count),
            found=str(len(made)),
            span=self.span,
            where=", ".join(f"{call.operation} on {call.target}" for call in made),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Only what the patterns name differs in the provider's state, and all they name does."""

    patterns: tuple[str, ...]
    span: Span
    about: str = "second run: changed"

    def judge(self, seen: Seen) -> Check:
        """Compare the whole state before and after."""
        assert seen.after_second is not None, "the decoder asks for `run: twice`"
        return difference(self.about, self.patterns, seen.after, seen.after_second, self.span)


def difference(
    about: str, patterns: tuple[str, ...], before: State, after: State, span: Span
) -> Check:
    """Compare two whole states: only what `patterns` name may differ, and each of them has to."""
    paths = differing(before.whole, after.whole)
    beyond = [path for path in paths if not any(fnmatchcase(path, one) for one in patterns)]
    idle = [one for one in patterns if not any(fnmatchcase(path, one) for path in paths)]
    found = [f"{path} differs" for path in beyond] + [f"{one} does not differ" for one in idle]
    return Check(
        about=about,
        holds=not found,
        expected=", ".join(patterns) or "nothing differs",
        found="; ".join(found) or "as expected",
        span=span,
    )


def read(node: Node, reading: Reading) -> tuple[Expectation, ...]:
    """Read result, writes and what may differ."""
    reader = fields(node, reading.problems, f"`{KEY}`")
    if reader is None:
        return ()
    found: list[Expectation] = []
    result, writes, changed = (reader.take(key) for key in ("result", "writes", "changed"))
    if result is not None:
        found.append(Ending(result=result_of(result, reading), span=heading(result)))
    count = reader.integer("writes")
    if writes is not None and count is not None:
        found.append(Writes(count=count, span=heading(writes)))
    if changed is not None:
        found.append(Changed(patterns=reader.texts("changed"), span=heading(changed)))
    reader.close()
    return tuple(found)
