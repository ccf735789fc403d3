"""The kill matrix: which action cuts which kind of credential, which it leaves alone or makes."""

from collections.abc import Iterable, Iterator
from string import ascii_uppercase
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style, Tone, pad
from irkit.model.access.kinds import CredentialKind
from irkit.model.spec import Spec, Verb
from irkit.report.reading import object_of, objects_of, raw_of, texts_of

CUTS: Final = "cuts"
LEAVES: Final = "leaves alone"
MINTS: Final = "mints"
REVEALS: Final = "reveals"
SAYS_NOTHING: Final = ""
RENEWS: Final = "cuts and mints"
_SHAPES: Final = {
    CUTS: "✔",
    LEAVES: "·",
    MINTS: "!",
    RENEWS: "*",
    REVEALS: "?",
    SAYS_NOTHING: " ",
}
_TONES: Final = {
    CUTS: Tone.GOOD,
    LEAVES: Tone.FAINT,
    MINTS: Tone.BAD,
    RENEWS: Tone.WARN,
    REVEALS: Tone.WARN,
}


def to_json(specs: Iterable[Spec]) -> JsonObject:
    """Return the JSON form: one row an action, one cell a kind of credential that it speaks of."""
    listed = [spec for spec in specs if spec.verb is Verb.DO or spec.mints or spec.reveals]
    return {
        "view": "matrix",
        "kinds": [str(kind) for kind in CredentialKind],
        "rows": [{"action": spec.id, "cells": _cells(spec)} for spec in listed],
        "uncut": [str(kind) for kind in CredentialKind if not any(kind in s.cuts for s in listed)],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the matrix with a letter a kind, and the legend below it."""
    kinds = texts_of(value, "kinds")
    rows = objects_of(value, "rows")
    width = max((len(raw_of(row, "action")) for row in rows), default=0)
    head = " ".join(ascii_uppercase[: len(kinds)])
    lines = [style.strong(f"{pad('ACTION', width)}  {head}")]
    for row in rows:
        cells = object_of(row, "cells")
        marks = " ".join(_mark(str(cells.get(kind, SAYS_NOTHING)), style) for kind in kinds)
        lines.append(f"{pad(raw_of(row, 'action'), width)}  {marks}")
    return style.page(*lines, "", *_legend(value, kinds, style))


def _cells(spec: Spec) -> JsonObject:
    said = ((REVEALS, spec.reveals), (LEAVES, spec.does_not_cut), (CUTS, spec.cuts))
    cells = {str(kind): word for word, kinds in said for kind in kinds}
    return cells | {str(kind): RENEWS if kind in spec.cuts else MINTS for kind in spec.mints}


def _mark(word: str, style: Style) -> str:
    return style.paint(_TONES.get(word, Tone.PLAIN), _SHAPES[word])


def _legend(value: JsonObject, kinds: tuple[str, ...], style: Style) -> Iterator[str]:
    words = (CUTS, LEAVES, MINTS, RENEWS, REVEALS)
    yield "   ".join(f"{_mark(word, style)} {word}" for word in words) + "   blank: says nothing"
    yield ""
    uncut = texts_of(value, "uncut")
    for letter, kind in zip(ascii_uppercase, kinds, strict=False):
        nobody = style.paint(Tone.WARN, "  no action cuts it") if kind in uncut else ""
        yield f"  {letter}  {kind}{nobody}"
