"""How text is dressed: width, colour, characters and the time it is read at, all passed in.

Marks are a shape with a word beside it, so that a screen without colour says the same. The caller
decides on colour (`NO_COLOR`, no terminal, `--plain`); here is only what it looks like.
"""

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

from irkit.report.mark import Mark


class Tone(StrEnum):
    """What a piece of text is, for colour."""

    GOOD = "32"
    BAD = "31;1"
    WARN = "33"
    STRONG = "1"
    FAINT = "2"
    KEY = "36"
    PLAIN = ""


TONE_OF: Final = {
    Mark.GOOD: Tone.GOOD,
    Mark.BAD: Tone.BAD,
    Mark.WAIT: Tone.WARN,
    Mark.UNKNOWN: Tone.WARN,
    Mark.STEP: Tone.FAINT,
    Mark.SENT: Tone.FAINT,
}

_ASCII: Final = str.maketrans(
    {
        "✔": "+",
        "✖": "x",
        "▲": "!",
        "·": "-",
        "→": "->",
        "…": "...",
        "–": "-",
        "—": "-",
        "×": "x",
        "≤": "<=",
        "≥": ">=",
        "±": "+/-",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How to render. `now` is the moment of looking, `tz` the reader's time zone."""

    width: int = 100
    colour: bool = False
    unicode: bool = True
    now: datetime
    tz: tzinfo = UTC

    def paint(self, tone: Tone, text: str) -> str:
        """Return `text` in the colour of `tone`, or as it is."""
        if not self.colour or not tone or not text:
            return text
        return f"\x1b[{tone}m{text}\x1b[0m"

    def strong(self, text: str) -> str:
        """Return `text` emphasised."""
        return self.paint(Tone.STRONG, text)

    def faint(self, text: str) -> str:
        """Return `text` set back."""
        return self.paint(Tone.FAINT, text)

    def marked(self, mark: Mark, text: str) -> str:
        """Return a mark and its word, in the mark's colour."""
        return self.paint(TONE_OF[mark], f"{mark} {text}")

    def page(self, *lines: str) -> str:
        """Join `lines` into what is printed, in the characters the terminal can show."""
        return self.shown("\n".join(line.rstrip() for line in lines))

    def shown(self, text: str) -> str:
        """Return `text` in the characters the terminal can show."""
        if self.unicode:
            return text
        return text.translate(_ASCII).encode("ascii", "backslashreplace").decode()

    def clip(self, text: str, width: int) -> str:
        """Return plain `text` cut to `width` columns, with `…` where something is left out."""
        return clip(text, width, "…" if self.unicode else "...")


def clip(text: str, width: int, ellipsis: str = "…") -> str:
    """Return plain `text` (no colour codes) cut to `width` columns."""
    if cells(text) <= width:
        return text
    room = max(width - len(ellipsis), 0)
    taken, used = [], 0
    for char in text:
        used += cells(char)
        if used > room:
            break
        taken.append(char)
    return ("".join(taken).rstrip() + ellipsis)[: max(width, 1)]


def cells(text: str) -> int:
    """Return how many columns plain `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def pad(text: str, width: int) -> str:
    """Return plain `text` filled with spaces up to `width` columns."""
    return text + " " * max(width - cells(text), 0)
