"""`exit: 3`: the exit code of the command that the run would have been."""

from dataclasses import dataclass
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import integer
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Seen
from irkit.yaml_strict import Node

KEY: Final = "exit"
SCHEMA: Final[JsonObject] = {"type": "integer", "minimum": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The first run leaves with this code."""

    code: int
    span: Span
    about: str = KEY

    def judge(self, seen: Seen) -> Check:
        """Compare."""
        return Check(
            about=self.about,
            holds=seen.first.exit == self.code,
            expected=str(self.code),
            found=str(seen.first.exit),
            span=self.span,
            where=f"the result is {seen.first.result}",
        )


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read one number."""
    code = integer(node, reading.problems, "`exit`", 0)
    return (Wanted(code=code or 0, span=node.span),)
