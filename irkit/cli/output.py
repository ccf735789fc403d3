"""What a command says: text for people, or one JSON object a line, and where it goes.

Answers and progress go to standard output, bad news and hints to standard error. Text is rendered
from the same JSON that `--json` prints (`irkit.cli.views`). Colour needs a terminal and no
`NO_COLOR`; a question needs a person at a terminal, and there are no spinners at all.
"""

import json
import os
import shutil
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Protocol, TextIO

from irkit.canonical import JsonObject, thaw
from irkit.cli.options import Common
from irkit.cli.views.style import Style, Tone
from irkit.clock import Clock, system_clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.diagnostics.render import Piece, render, render_json
from irkit.settings import find_workspace

_TONES = {
    Piece.ERROR: Tone.BAD,
    Piece.WARNING: Tone.WARN,
    Piece.NOTE: Tone.KEY,
    Piece.SUMMARY: Tone.STRONG,
    Piece.GUTTER: Tone.KEY,
    Piece.CARET: Tone.BAD,
    Piece.HELP: Tone.KEY,
}
_WIDTH = 100


class Text(Protocol):
    """Lays a view's JSON out as text."""

    def __call__(self, value: JsonObject, *, style: Style) -> str:
        """Return the text of `value`."""


@dataclass(slots=True, kw_only=True)
class Output:
    """Where a command's words go, and in which dress."""

    json: bool = False
    plain: bool = False
    quiet: bool = False
    roots: tuple[Path, ...] = (Path(),)
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Clock = system_clock

    @classmethod
    def of(cls, common: Common) -> "Output":
        """Return the output that the common options ask for."""
        return cls(json=common.json, plain=common.plain, quiet=common.quiet, roots=_roots(common))

    @property
    def interactive(self) -> bool:
        """Say whether somebody can be asked."""
        return not self.json and sys.stdin.isatty() and sys.stderr.isatty()

    def show(self, value: JsonObject, text: Text) -> None:
        """Say what the command was asked for."""
        if self.json:
            self._line(sys.stdout, value)
            return
        told = text(value, style=self.style())
        if told:
            print(told, flush=True)  # noqa: T201  # the one place that prints

    def progress(self, value: JsonObject, text: Text) -> None:
        """Say what happens on the way; `--quiet` leaves it out."""
        if not self.quiet:
            self.show(value, text)

    def say(self, text: str, **facts: object) -> None:
        """Say a sentence that is no view: `facts` are its JSON form's other fields."""
        self.show({"view": "said", "text": text, **facts}, _said)  # type: ignore[dict-item]

    def hint(self, text: str) -> None:
        """Say what may be typed next; to people only."""
        if not (self.json or self.quiet):
            print(self.style().shown(text), file=sys.stderr, flush=True)  # noqa: T201

    def raw(self, text: str) -> None:
        """Write a document as it is: a schema, SARIF, a policy."""
        print(text, flush=True)  # noqa: T201

    def bad_news(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show diagnostics beside the answer, with the source lines they point at."""
        found = tuple(diagnostics)
        self._diagnostics(sys.stderr, found, _sources(found, self.roots))

    def found(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, str]) -> None:
        """Show diagnostics that are the answer; `sources` are the texts of the files."""
        self._diagnostics(sys.stdout, tuple(diagnostics), sources)

    def _diagnostics(
        self, stream: TextIO, found: tuple[Diagnostic, ...], sources: Mapping[str, str]
    ) -> None:
        if self.json:
            stream.write(render_json(found))
            stream.flush()
            return
        style = self.style(stream)

        def paint(piece: Piece, text: str) -> str:
            return style.paint(_TONES[piece], text)

        stream.write(style.shown(render(found, sources, paint=paint)))
        stream.flush()

    def style(self, stream: TextIO | None = None) -> Style:
        """Return how to dress text for `stream` (standard output) at this moment."""
        stream = stream or sys.stdout
        now = self.clock()
        return Style(
            width=_columns(stream),
            colour=self._colour(stream),
            unicode=not self.plain and _speaks_unicode(stream),
            now=now,
            tz=_local(now),
        )

    def _colour(self, stream: TextIO) -> bool:
        return stream.isatty() and not self.plain and not self.environment.get("NO_COLOR")

    def _line(self, stream: TextIO, value: JsonObject) -> None:
        line = json.dumps(thaw(value), ensure_ascii=False, separators=(",", ":"))
        print(line, file=stream, flush=True)


def _said(value: JsonObject, *, style: Style) -> str:
    return style.page(str(value["text"]))


def _columns(stream: TextIO) -> int:
    return min(shutil.get_terminal_size().columns, 140) if stream.isatty() else _WIDTH


def _speaks_unicode(stream: TextIO) -> bool:
    return (stream.encoding or "").lower().replace("-", "") in {"utf8", "utf16"}


def _local(now: datetime) -> tzinfo:
    return now.astimezone().tzinfo or UTC


def _roots(common: Common) -> tuple[Path, ...]:
    """Return the folders that the files of diagnostics may be named from."""
    try:
        root = find_workspace(Path.cwd(), os.environ, common.workspace)
    except (IrkitError, OSError):
        root = None
    if root is None:
        return (Path(),)
    return (Path(), root, root / "approvers", root / "playbooks")


def _sources(diagnostics: Iterable[Diagnostic], roots: tuple[Path, ...]) -> dict[str, str]:
    """Read the files that spans name, as far as they can be read."""
    files = {
        label.span.file
        for item in diagnostics
        for label in ((item.at,) if item.at else ()) + item.also
    }
    sources = {}
    for file in files:
        path = next((root / file for root in roots if (root / file).is_file()), None)
        try:
            if path is not None:
                sources[file] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return sources
