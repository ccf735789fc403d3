"""The first page in words: a verdict, a few sentences, and the numbers beside what others got."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from irkit.drill.measures.told import Told
from irkit.drill.record.deeds import Deed
from irkit.drill.record.kinds import Ending
from irkit.drill.report.facts import often
from irkit.drill.report.model import MeasureRow, Number, Score, Verdict
from irkit.drill.scenario.goals import Measure
from irkit.report.mark import Mark
from irkit.report.reading import counted
from irkit.report.times import exact, passed

Values = Mapping[str, int | None]

_ENDED: Final = {
    Ending.EVICTED: "It ended because the intruder had nothing left and did not come back.",
    Ending.GOAL: "It ended because the intruder reached its goal.",
    Ending.CLOCK: "It ended because the time was up.",
    Ending.STOPPED: "The facilitator ended it.",
    Ending.REAL: "It was ended because a real incident began.",
    Ending.DIED: "The process that ran it died; nothing is known of what came after.",
}


def verdict(
    told: Told, values: Values, score: Score, others: tuple[tuple[str, int], ...]
) -> Verdict:
    """Return what it came to; `others` are the baselines' names and totals."""
    mark, word = _word(told, values)
    return Verdict(
        mark=mark.name.lower(),
        word=word,
        sentences=(
            " ".join(_what_happened(told, values)),
            " ".join(_how(told, values)),
            " ".join(_came_to(told, score, others)),
        ),
    )


def _word(told: Told, values: Values) -> tuple[Mark, str]:  # noqa: PLR0911  # one a verdict
    end = told.drill.end
    if values.get(Measure.FALSE_ALL_CLEARS):
        return Mark.BAD, "FALSE ALL-CLEAR"
    if end is not None and end.why is Ending.REAL:
        return Mark.WAIT, "ENDED FOR A REAL INCIDENT"
    if values.get(Measure.TIME_TO_EVICT) is not None:
        return Mark.GOOD, "EVICTED"
    if end is None:
        return Mark.WAIT, "NOT OVER"
    if end.why in {Ending.DIED, Ending.STOPPED}:
        return Mark.WAIT, "BROKE OFF" if end.why is Ending.DIED else "STOPPED"
    if not told.drill.acts:
        return Mark.UNKNOWN, "NOTHING HAPPENED"
    if told.only_talked:
        return Mark.UNKNOWN, "TALKED THROUGH"
    return Mark.BAD, "STILL IN"


def _what_happened(told: Told, values: Values) -> Iterator[str]:
    seats, left = len(told.drill.seats), values.get(Measure.SEATS_LEFT) or 0
    if not told.drill.acts:
        yield "No act of the intruder is recorded."
    elif not told.worked:
        yield f"The intruder tried {often(len(told.drill.acts))}, and nothing worked."
    else:
        yield (
            f"In this exercise the intruder got {counted(seats, 'way')} in and acted with success "
            f"{often(len(told.worked))} before {passed(told.end)}."
        )
    evicted = values.get(Measure.TIME_TO_EVICT)
    if evicted is not None:
        yield f"The last way in was shut {_long(evicted)} after the first bad act."
    elif left:
        yield f"{counted(left, 'way')} in {'was' if left == 1 else 'were'} still open at the end."
    false = values.get(Measure.FALSE_ALL_CLEARS) or 0
    if false:
        lasted = _long(values.get(Measure.FALSE_ALL_CLEAR_TIME) or 0)
        yield f"Contained was said {often(false)} while that was not so, and believed for {lasted}."
    lost = values.get(Measure.DATA_LOST)
    if lost:
        yield f"The intruder did what it came for {often(lost)}."


def _how(told: Told, values: Values) -> Iterator[str]:
    if told.only_talked:
        yield "It was talked through: nothing was changed, so the outcome was not measured."
    for measure, done, never in (
        (Measure.TIME_TO_DECLARE, "An incident was declared after {}.", "Nobody declared."),
        (Measure.TIME_TO_FIRST_CUT, "The first change was made after {}.", ""),
    ):
        value = values.get(measure)
        told_so = never if value is None else done.format(_long(value))
        if told_so:
            yield told_so
    if not told.of_deed(Deed.CUT) and not told.only_talked:
        yield "Nothing was changed."
    wait = values.get(Measure.APPROVAL_P90)
    if wait is not None:
        yield f"Nine of ten signatures came within {_long(wait)}."
    cut_off = values.get(Measure.COLLATERAL)
    if cut_off:
        yield f"{counted(cut_off, 'innocent credential')} stopped working on the way."


def _came_to(told: Told, score: Score, others: tuple[tuple[str, int], ...]) -> Iterator[str]:
    beside = "; ".join(f"{name}: {total}" for name, total in others)
    yield f"It scored {score.total} of 100{f' (beside it: {beside})' if beside else ''}."
    if any(group.capped for group in score.groups):
        yield "A false all-clear leaves at most 10 of the 50 points for the outcome."
    end = told.drill.end
    if end is None:
        yield f"It is still on, at {passed(told.end)} of {passed(told.drill.lasts)}."
    else:
        yield f"{_ENDED[end.why]} That was at {passed(end.t)} of {passed(told.drill.lasts)}."


def _long(seconds: int) -> str:
    return exact(timedelta(seconds=seconds))


def numbers(
    score: Score, columns: tuple[str, ...], totals: tuple[int, ...], rows: Mapping[str, MeasureRow]
) -> tuple[Number, ...]:
    """Return the numbers of the first page, each beside the same number of the baselines."""
    return (
        Number(
            label="Score of 100",
            value=str(score.total),
            about=_beside(columns, [str(total) for total in totals]),
        ),
        *(_number(columns, rows.get(measure), label, long=long) for measure, label, long in _FIRST),
    )


_FIRST: Final = (
    (Measure.FALSE_ALL_CLEARS, "False all-clears", False),
    (Measure.TIME_TO_FIRST_CUT, "First cut after", True),
    (Measure.TIME_TO_EVICT, "Evicted after", True),
    (Measure.DATA_LOST, "Acts at its goal", False),
)


def _number(columns: tuple[str, ...], row: MeasureRow | None, label: str, *, long: bool) -> Number:
    values = row.values if row else (None,) * len(columns)

    def shown(value: int | None) -> str:
        return "never" if value is None else passed(value) if long else str(value)

    return Number(
        label=label, value=shown(values[0]), about=_beside(columns, [shown(v) for v in values])
    )


def _beside(columns: tuple[str, ...], values: list[str]) -> str:
    return " · ".join(
        f"{name} {value}" for name, value in list(zip(columns, values, strict=True))[1:]
    )
