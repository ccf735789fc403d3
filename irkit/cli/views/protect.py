"""Pins on the screen: what is protected, and what matches a pattern since the last pin."""

from collections.abc import Iterator

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table
from irkit.cli.views.style import Style, Tone
from irkit.engine.pinning import Pinning
from irkit.report.mark import Mark
from irkit.report.reading import counted, flag_of, objects_of, text_of


def to_json(pinning: Pinning, *, written: bool) -> JsonObject:
    """Return the JSON form."""
    return {
        "view": "pins",
        "written": written,
        "first": pinning.first,
        "pins": [pin.to_json() for pin in pinning.pins],
        "new": [pin.to_json() for pin in pinning.new],
        "gone": [pin.to_json() for pin in pinning.gone],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the pins, what is suspicious, and what comes next."""
    pins = objects_of(value, "pins")
    rows = [(text_of(pin, "pattern"), text_of(pin, "id"), _label(pin)) for pin in pins]
    lines = table(rows, ("PATTERN", "ID", "NAME"), style) if rows else []
    return style.page(*lines, *_changes(value, style), *_next(value, len(pins), style))


def _label(pin: JsonObject) -> str:
    """Return a name short enough for a table: an IAM name keeps its account."""
    return text_of(pin, "label").removeprefix("arn:aws:iam::")


def _changes(value: JsonObject, style: Style) -> Iterator[str]:
    new, gone = objects_of(value, "new"), objects_of(value, "gone")
    if new and not flag_of(value, "first"):
        yield ""
        told = "SUSPICIOUS: matches a pattern since the last pin, and was not protected by it"
        yield style.marked(Mark.BAD, told)
        for pin in new:
            told = f"  {text_of(pin, 'label')} ({text_of(pin, 'id')}, {text_of(pin, 'pattern')})"
            yield style.paint(Tone.BAD, told)
        yield "  find out who made each of them, and when, before you seal this"
    if gone:
        yield ""
        yield style.strong("Pinned before, and not there any more")
        yield from (f"  {text_of(pin, 'label')} ({text_of(pin, 'id')})" for pin in gone)


def _next(value: JsonObject, count: int, style: Style) -> Iterator[str]:
    yield ""
    if not flag_of(value, "written"):
        same = not objects_of(value, "new") and not objects_of(value, "gone")
        told = "as pinned" if same else "not as pinned"
        yield style.marked(Mark.GOOD if same else Mark.WAIT, told)
        if not same:
            yield style.paint(Tone.KEY, "  irkit protect pin")
        return
    yield style.marked(Mark.GOOD, f"{counted(count, 'principal')} pinned in protect.lock")
    yield "  it counts once it is sealed:"
    yield style.paint(Tone.KEY, "  irkit approvers seal")
