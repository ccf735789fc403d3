"""Diagnostics as text with the source line and carets, and as JSON lines.

Both forms say the same: the text is laid out from the same fields that `Diagnostic.to_json` gives.
Source lines are shown as they are, except for control characters, which could move the cursor of
a terminal, and for what looks like a secret. Colour is the caller's: `paint` is told what each
piece is and returns it dressed.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

from irkit.canonical import thaw
from irkit.diagnostics import Diagnostic, Label, Severity
from irkit.diagnostics.literals import mask_secrets

_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_TAB: Final = "    "
_MAX_LINE: Final = 160


class Piece(StrEnum):
    """What a piece of the text is, for whoever colours it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    SUMMARY = "summary"
    GUTTER = "gutter"
    CARET = "caret"
    HELP = "help"


Paint: TypeAlias = Callable[[Piece, str], str]


def _as_it_is(_piece: Piece, text: str) -> str:
    return text


def render(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, str] | None = None,
    *,
    paint: Paint = _as_it_is,
) -> str:
    """Return all of `diagnostics` as text, with a blank line between them.

    `sources` gives the text of each file that spans name; a span in another file is shown by its
    place alone.
    """
    lines_of = {
        file: re.split(r"\r\n|\n|\r", source.removeprefix("\ufeff"))
        for file, source in (sources or {}).items()
    }
    blocks = ("\n".join(_block(item, lines_of, paint)) + "\n" for item in diagnostics)
    return "\n".join(blocks)


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """Return one JSON object a line."""
    return "".join(
        json.dumps(thaw(item.to_json()), ensure_ascii=False, separators=(",", ":")) + "\n"
        for item in diagnostics
    )


def totals(diagnostics: Iterable[Diagnostic]) -> str:
    """Return the counts in words: `2 errors, 1 warning`; `no problems` where there are none."""
    counts = dict.fromkeys(Severity, 0)
    for item in diagnostics:
        counts[item.severity] += 1
    said = [f"{n} {severity}{'s' if n > 1 else ''}" for severity, n in counts.items() if n]
    return ", ".join(said) or "no problems"


def _block(item: Diagnostic, lines_of: Mapping[str, list[str]], paint: Paint) -> Iterable[str]:
    severity = Piece(str(item.severity))
    head = paint(severity, f"{item.severity}[{item.code}]")
    yield f"{head}: {paint(Piece.SUMMARY, _safe(item.summary))}"
    labels = ([item.at] if item.at else []) + list(item.also)
    width = max((len(str(label.span.line)) for label in labels), default=1)
    gutter = " " * width
    for index, label in enumerate(labels):
        arrow = "-->" if index == 0 else ":::"
        span = label.span
        place = f"{span.file}:{span.line}:{span.column}"
        yield f"{gutter}{paint(Piece.GUTTER, arrow)} {_safe(place)}"
        yield from _excerpt(label, lines_of.get(span.file), gutter, severity, paint)
    for line in item.help.splitlines():
        yield f"{gutter} {paint(Piece.GUTTER, '=')} {paint(Piece.HELP, 'help:')} {_safe(line)}"


def _excerpt(
    label: Label, lines: list[str] | None, gutter: str, severity: Piece, paint: Paint
) -> Iterable[str]:
    span = label.span
    bar = paint(Piece.GUTTER, "|")
    if lines is None or not 0 < span.line <= len(lines):
        if label.text:
            yield f"{gutter} {paint(Piece.GUTTER, '=')} {_safe(label.text)}"
        return
    source = mask_secrets(lines[span.line - 1])
    end = span.end_column if span.end_line == span.line else len(source.rstrip()) + 1
    before = _shown(source[: span.column - 1])
    under = _shown(source[span.column - 1 : end - 1])
    start = _cells(before)
    length = max(1, min(_cells(under), _MAX_LINE - start))
    carets = paint(severity, "^" * length)
    text = f" {paint(severity, _safe(label.text))}" if label.text else ""
    number = paint(Piece.GUTTER, str(span.line).rjust(len(gutter)))
    yield f"{gutter} {bar}"
    yield f"{number} {bar} {_cut(_shown(source))}".rstrip()
    yield f"{gutter} {bar} {' ' * min(start, _MAX_LINE)}{carets}{text}"


def _shown(text: str) -> str:
    return _safe(text.replace("\t", _TAB))


def _safe(text: str) -> str:
    return _CONTROL.sub("\ufffd", text)


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_LINE else text[: _MAX_LINE - 1] + "…"


def _cells(text: str) -> int:
    """Return how many terminal columns `text` takes."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )
