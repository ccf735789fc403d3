"""All bad news has one shape: a `Diagnostic` with a code, a place and a way out.

Codes are `IRK` and three digits, by class: 0xx syntax · 1xx schema · 2xx references and lint ·
3xx guards · 4xx approvals · 5xx providers · 6xx run, verify, undo · 7xx trail · 8xx drills and
tests · 9xx irkit's own bugs. Each code has a page in `docs/diagnostics/`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from irkit.canonical import Json


class Severity(StrEnum):
    """How bad it is. `error` stops what was asked; the others do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a file. Lines and columns count from 1; the end column is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A span and why it matters here."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A safe replacement for the text under `span`."""

    span: Span
    replacement: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One piece of bad news; `summary` stands alone, `help` names a command where one helps."""

    code: str
    summary: str
    severity: Severity = Severity.ERROR
    at: Label | None = None
    also: tuple[Label, ...] = ()
    help: str = ""
    fix: Fix | None = None

    def to_json(self) -> Json:
        """Return the JSON form, from which every other form is rendered."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "summary": self.summary,
            "at": _label(self.at) if self.at else None,
            "also": [_label(label) for label in self.also],
            "help": self.help,
        }


class IrkitError(Exception):
    """Raised where work cannot go on; carries every diagnostic found, never just the first."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        """Carry `diagnostics`, at least one."""
        super().__init__("; ".join(f"{d.code}: {d.summary}" for d in diagnostics))
        self.diagnostics = diagnostics


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Say whether any of `diagnostics` is an error."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def _label(label: Label) -> Json:
    span = label.span
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "text": label.text,
    }
