"""Diagnostics as SARIF 2.1.0, which code review tools show beside the lines."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

from irkit import __version__
from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, Severity, Span

_SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(diagnostics: Iterable[Diagnostic]) -> JsonObject:
    """Return a SARIF log of one run."""
    found = tuple(diagnostics)
    rules: list[Json] = [
        {"id": code, "help": {"text": f"See docs/diagnostics/{code}.md in irkit's documentation."}}
        for code in sorted({item.code for item in found})
    ]
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "irkit", "version": __version__, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": [_result(item) for item in found],
            }
        ],
    }


def _result(item: Diagnostic) -> JsonObject:
    text = f"{item.summary}\n{item.help}" if item.help else item.summary
    result: dict[str, Json] = {
        "ruleId": item.code,
        "level": _LEVELS[item.severity],
        "message": {"text": text},
    }
    if item.at is not None:
        result["locations"] = [_location(item.at.span)]
    if item.also:
        result["relatedLocations"] = [_location(label.span) for label in item.also]
    return result


def _location(span: Span) -> JsonObject:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(span.file)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
