"""Pieces of a sweep as they are done, and all of them together."""

from collections.abc import Sequence

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style
from irkit.proving.sweeps.work import Done
from irkit.report.mark import Mark
from irkit.report.reading import count_of, counted, flag_of, text_of, texts_of

_SECOND = 1000


def to_json(done: Done, number: int, total: int) -> JsonObject:
    """Return the JSON form of one piece, the `number`-th of `total`."""
    return {**done.to_json(), "number": number, "total": total}


def text(value: JsonObject, *, style: Style) -> str:
    """Return one line, and one for each thing that is wrong."""
    good = flag_of(value, "good")
    count = f"{count_of(value, 'number')}/{count_of(value, 'total')}"
    seconds = f"{count_of(value, 'ms') / _SECOND:.1f} s"
    mark = style.marked(Mark.GOOD if good else Mark.BAD, count)
    told = style.faint(f"{text_of(value, 'found')}, {seconds}")
    line = f"{mark}  {text_of(value, 'item')}  {told}"
    return style.page(line, *(f"       {wrong}" for wrong in texts_of(value, "wrong")))


def summary_json(sweep: str, playbook: str, done: Sequence[Done]) -> JsonObject:
    """Return the JSON form of one sweep of one playbook."""
    return {
        "view": "sweep_summary",
        "sweep": sweep,
        "playbook": playbook,
        "pieces": len(done),
        "good": sum(one.good for one in done),
        "wrong": tuple(f"{one.item}: {'; '.join(one.wrong)}" for one in done if not one.good),
    }


def summary_text(value: JsonObject, *, style: Style) -> str:
    """Return how many are good, and those that are not."""
    pieces, good = count_of(value, "pieces"), count_of(value, "good")
    mark = Mark.GOOD if good == pieces else Mark.BAD
    swept = f"{text_of(value, 'sweep')} {text_of(value, 'playbook')}"
    told = f"{swept}: {good} of {counted(pieces, 'piece')} good"
    return style.page(
        style.marked(mark, told), *(f"  {wrong}" for wrong in texts_of(value, "wrong"))
    )
