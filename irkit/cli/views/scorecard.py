"""A scorecard on the screen: the number that matters first, then the split, then the baselines."""

from collections.abc import Iterator
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table
from irkit.cli.views.style import Style
from irkit.drill.scenario.goals import UNITS, Measure, Unit
from irkit.report.mark import Mark
from irkit.report.reading import count_of, flag_of, object_of, objects_of, raw_of, text_of
from irkit.report.times import passed

_UNKNOWN: Final = "-"


def text(value: JsonObject, *, style: Style) -> str:
    """Return the scorecard."""
    return style.page(
        *_verdict(value, style),
        "",
        *_groups(value, style),
        "",
        *_measures(value, style),
        "",
        *_expectations(value, style),
    )


def _verdict(value: JsonObject, style: Style) -> Iterator[str]:
    measures = object_of(value, "measures")
    false = count_of(measures, "false_all_clears")
    ending = raw_of(value, "ending")
    yield style.strong(f"[EXERCISE] {count_of(value, 'total')} of 100 · ended: {ending}")
    if false:
        minutes = count_of(measures, "false_all_clear_time") // 60
        yield style.marked(
            Mark.BAD, f"FALSE ALL-CLEAR  contained was said while the intruder was in, {minutes}m"
        )
    elif measures.get("time_to_evict") is None:
        yield style.marked(Mark.BAD, "STILL IN  the intruder was not evicted, and nobody said so")
    else:
        yield style.marked(Mark.GOOD, "EVICTED  and contained was not said before it was so")


def _groups(value: JsonObject, style: Style) -> Iterator[str]:
    groups = object_of(value, "groups")
    for name in groups:
        group = object_of(groups, name)
        capped = " (capped: false all-clear)" if name == "outcome" and value.get("capped") else ""
        points = "not measured"
        if count_of(group, "of"):
            points = f"{count_of(group, 'got')} of {count_of(group, 'of')}{capped}"
        yield style.strong(f"{name:8} {points}")
        yield from (
            f"  {_tenths(item):>10}  {text_of(item, 'what')}"
            for item in objects_of(value, "points")
            if raw_of(item, "group") == name
        )
    if count_of(value, "hints"):
        yield f"hints    -{count_of(value, 'hints')}"


def _tenths(item: JsonObject) -> str:
    got = item.get("got_tenths")
    return (
        _UNKNOWN if got is None else f"{count_of(item, 'got_tenths') / 10:g}/{count_of(item, 'of')}"
    )


def _measures(value: JsonObject, style: Style) -> list[str]:
    """Return every measure beside what it was for the baselines."""
    others = objects_of(value, "baselines")
    columns = [object_of(value, "measures"), *(object_of(item, "measures") for item in others)]
    rows = [
        (*(measure_text(column, measure) for column in columns), measure.replace("_", " "))
        for measure in Measure
        if any(column.get(measure) is not None for column in columns)
    ]
    totals = (
        str(count_of(value, "total")),
        *(str(count_of(item, "total")) for item in others),
        "score",
    )
    letters = [f"({chr(ord('a') + at)})" for at in range(len(others))]
    lines = table([totals, *rows], ("THIS", *letters, "MEASURE"), style)
    named = zip(letters, others, strict=True)
    return [*lines, *(f"  {letter} {text_of(item, 'name')}" for letter, item in named)]


def measure_text(column: JsonObject, measure: Measure) -> str:
    """Return a measured value as people read it."""
    if column.get(measure) is None:
        return _UNKNOWN
    number = count_of(column, measure)
    match UNITS[measure]:
        case Unit.SECONDS:
            return passed(number)
        case Unit.PERCENT:
            return f"{number}%"
        case Unit.COUNT:
            return str(number)


def _expectations(value: JsonObject, style: Style) -> Iterator[str]:
    for item in objects_of(value, "expectations"):
        met = item.get("met")
        mark = Mark.UNKNOWN if met is None else Mark.GOOD if flag_of(item, "met") else Mark.BAD
        why = text_of(item, "why")
        told = f"{text_of(item, 'id')}  {text_of(item, 'what')}{f': {why}' if why else ''}"
        yield style.marked(mark, told)
