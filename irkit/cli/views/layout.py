"""Laying text out: labelled sections that fit a number of lines, tables, wrapped paragraphs."""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from irkit.cli.views.style import Style, Tone, cells, clip, pad

LABEL: int = 11
"""Columns of a section's label, with its space."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One line of a section: plain text and its tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A label and its lines. `least` lines stay when space is short; the rest is counted."""

    label: str
    pieces: tuple[Piece, ...]
    least: int = 1
    more: str = ""
    """What is said when lines were left out: `{n}` is how many."""


@dataclass(slots=True)
class _Fitting:
    section: Section
    keep: int = field(default=0)


def section(label: str, *texts: str, tone: Tone = Tone.PLAIN, more: str = "") -> Section:
    """Return a section of plain lines."""
    pieces = tuple(Piece(text=text, tone=tone) for text in texts)
    return Section(label=label, pieces=pieces, more=more)


def unfold(folded: Section, style: Style) -> Section:
    """Return the section with lines that are too wide broken into several."""
    pieces = [
        Piece(text=line, tone=piece.tone)
        for piece in folded.pieces
        for line in _broken(piece.text, _room(style))
    ]
    return replace(folded, pieces=tuple(pieces))


def size(sections: Iterable[Section]) -> int:
    """Return how many lines the sections take in full."""
    return sum(len(each.pieces) for each in sections)


def fit(sections: Iterable[Section], lines: int, style: Style) -> list[str]:
    """Return the sections' lines, at most `lines` where their `least` allows it.

    The longest section gives first, and says how much it leaves out.
    """
    fitting = [_Fitting(each, len(each.pieces)) for each in sections if each.pieces]
    while sum(each.keep for each in fitting) > lines:
        able = [each for each in fitting if each.keep > max(each.section.least, 1)]
        if not able:
            break
        max(able, key=lambda each: each.keep).keep -= 1
    return [line for each in fitting for line in _lines(each.section, each.keep, style)]


def _lines(section_: Section, keep: int, style: Style) -> Iterable[str]:
    width = _room(style)
    shown = list(section_.pieces[:keep])
    if keep < len(section_.pieces):
        left_out = len(section_.pieces) - keep + 1
        text = (section_.more or "{n} more: --full").replace("{n}", str(left_out))
        shown[-1] = Piece(text=f"… {text}", tone=Tone.FAINT)
    for index, piece in enumerate(shown):
        label = section_.label if index == 0 else ""
        yield style.strong(pad(label, LABEL)) + style.paint(
            piece.tone, clip(piece.text, width, "…")
        )


def _room(style: Style) -> int:
    return max(style.width - LABEL, 20)


def _broken(text: str, width: int) -> list[str]:
    if cells(text) <= width:
        return [text]
    return textwrap.wrap(
        text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def table(rows: Sequence[Sequence[str]], head: Sequence[str], style: Style) -> list[str]:
    """Return a table of plain cells; the last column takes what is left of the width."""
    columns = len(head)
    widths = [max(cells(row[at]) for row in (head, *rows)) for at in range(columns - 1)]
    room = max(style.width - sum(widths) - 2 * (columns - 1), 12)
    lines = [style.strong(_row(head, widths, room))]
    lines += [_row(row, widths, room) for row in rows]
    return lines


def _row(row: Sequence[str], widths: Sequence[int], room: int) -> str:
    start = [pad(cell, width) for cell, width in zip(row, widths, strict=False)]
    return "  ".join([*start, clip(row[-1], room)])


def wrap(text: str, style: Style, *, first: str = "", rest: str = "") -> list[str]:
    """Return plain `text` in lines of the style's width behind an indent; words stay whole."""
    return textwrap.wrap(
        text,
        max(style.width, 40),
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]
