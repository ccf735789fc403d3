"""A case on the screen: what it is, its runs, what was noted, and what holds it open."""

from collections.abc import Iterable, Iterator, Sequence

from irkit.canonical import JsonObject
from irkit.cli.closing import Held
from irkit.cli.views import runs as runs_view
from irkit.cli.views.layout import wrap
from irkit.cli.views.style import Style, Tone
from irkit.cli.views.times import full
from irkit.clock import parse_rfc3339, rfc3339
from irkit.engine.cases import Case
from irkit.model.run import Run
from irkit.report.mark import Mark
from irkit.report.reading import object_of, objects_of, raw_of, text_of, texts_of


def to_json(case: Case, runs: Sequence[Run] = (), held: Iterable[Held] = ()) -> JsonObject:
    """Return the JSON form of a case with its runs."""
    return {
        "view": "case",
        "case": case.name,
        "title": case.title,
        "opened_at": rfc3339(case.opened_at),
        "opened_by": case.opened_by,
        "closed_at": rfc3339(case.closed_at) if case.closed_at else "",
        "closed_by": case.closed_by,
        "runs": runs_view.to_json(runs),
        "notes": [note.to_json() for note in case.notes],
        "held_open_by": [item.to_json() for item in held],
        "left": list(case.left),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the screen."""
    return style.page(*_head(value, style), *_body(value, style), *_held(value, style))


def opened_text(value: JsonObject, *, style: Style) -> str:
    """Return that a case was opened, and how to use its name."""
    name = raw_of(value, "case")
    return style.page(
        style.marked(Mark.GOOD, f"case {name} is open"),
        style.paint(Tone.KEY, f"  irkit run PLAYBOOK --case {name}"),
        style.paint(Tone.KEY, f"  irkit case note {name} TEXT"),
    )


def closed_text(value: JsonObject, *, style: Style) -> str:
    """Return that a case was closed, and what stays undone."""
    name = raw_of(value, "case")
    lines = [style.marked(Mark.GOOD, f"case {name} is closed")]
    lines += [f"  stays undone: {item}" for item in texts_of(value, "left")]
    return style.page(*lines, style.paint(Tone.KEY, f"  irkit report {name} --format html"))


def _head(value: JsonObject, style: Style) -> Iterator[str]:
    closed = raw_of(value, "closed_at")
    mark, word = (Mark.GOOD, "CLOSED") if closed else (Mark.STEP, "OPEN")
    title = text_of(value, "title")
    yield f"{style.marked(mark, word)}  {style.strong(text_of(value, 'case'))}  {title}"
    opened = full(parse_rfc3339(raw_of(value, "opened_at")), style)
    yield style.faint(f"opened {opened} by {text_of(value, 'opened_by')}")
    if closed:
        at = full(parse_rfc3339(closed), style)
        yield style.faint(f"closed {at} by {text_of(value, 'closed_by')}")


def _body(value: JsonObject, style: Style) -> Iterator[str]:
    yield ""
    yield runs_view.text(object_of(value, "runs"), style=style)
    notes = objects_of(value, "notes")
    if notes:
        yield ""
        yield style.strong("Notes")
    for note in notes:
        at = full(parse_rfc3339(raw_of(note, "at")), style)
        yield style.faint(f"  {at} {text_of(note, 'by')}")
        yield from wrap(text_of(note, "text"), style, first="    ", rest="    ")


def _held(value: JsonObject, style: Style) -> Iterator[str]:
    items = objects_of(value, "held_open_by")
    if items:
        yield ""
        yield style.strong("Held open by")
    for item in items:
        yield style.paint(Tone.WARN, f"  {Mark.WAIT} {text_of(item, 'what')}")
        yield f"      {style.paint(Tone.KEY, raw_of(item, 'command'))}"
