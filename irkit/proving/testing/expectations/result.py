"""`result: contained`: what may be said of the run."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import choice
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Ended, Seen
from irkit.yaml_strict import Node


class Result(StrEnum):
    """How a run can end, or stand when nobody does anything more."""

    CONTAINED = "contained"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    IN_DOUBT = "in_doubt"
    HOLDING = "holding"
    RUNNING = "running"
    ERROR = "error"
    """The run could not be opened at all."""


KEY: Final = "result"
SCHEMA: Final[JsonObject] = {"enum": [str(word) for word in Result]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The first run ends with this result."""

    result: Result
    span: Span
    about: str = KEY

    def judge(self, seen: Seen) -> Check:
        """Compare."""
        return compared(self.about, self.result, seen.first, self.span)


def compared(about: str, result: Result, ended: Ended, span: Span) -> Check:
    """Compare how a run ended, and say why it ended so."""
    told = [*ended.reasons, *(item.summary for item in ended.diagnostics)]
    return Check(
        about=about,
        holds=ended.result == result,
        expected=str(result),
        found=ended.result,
        span=span,
        where="; ".join(told),
    )


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read one word."""
    return (Wanted(result=result_of(node, reading), span=node.span),)


def result_of(node: Node, reading: Reading) -> Result:
    """Read a result."""
    return choice(node, reading.problems, "`result`", Result, Result.CONTAINED)
