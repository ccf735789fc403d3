"""The schedule on the screen: what is due, and what came of proving it."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.layout import table, wrap
from irkit.cli.views.style import Style, Tone
from irkit.cli.views.times import age
from irkit.clock import parse_rfc3339, rfc3339, words
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.schedule.agenda import Item
from irkit.report.mark import Mark
from irkit.report.reading import (
    count_of,
    counted,
    flag_of,
    objects_of,
    raw_of,
    text_of,
    texts_of,
)

_HEAD: Final = ("DUE", "PLAYBOOK", "LEVEL", "BY", "WHY")
_MARKS: Final = {
    Outcome.PASSED: Mark.GOOD,
    Outcome.FAILED: Mark.BAD,
    Outcome.UNKNOWN: Mark.UNKNOWN,
}
_SHOWN: Final = 5
_WORTH_SAYING: Final = timedelta(minutes=1)


def to_json(items: Iterable[Item], *, able: Collection[Level], now: datetime) -> JsonObject:
    """Return the JSON form; `able` are the levels a timer proves."""
    listed = tuple(items)
    return {
        "view": "schedule",
        "at": rfc3339(now),
        "items": [
            {**item.to_json(), "now": item.is_due(now), "timer": item.level in able}
            for item in listed
        ],
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the table, the soonest first."""
    items = objects_of(value, "items")
    if not items:
        hint = "say what you ask in `policy:` of playbooks/NAME.test.yaml"
        return style.page(style.marked(Mark.WAIT, f"no policy asks for anything: {hint}"))
    lines = table([_cells(item, style) for item in items], _HEAD, style)
    due = [item for item in items if flag_of(item, "now") and flag_of(item, "timer")]
    if due:
        lines += ["", style.marked(Mark.WAIT, f"{counted(len(due), 'proof')} due now; next:")]
        lines.append(style.paint(Tone.KEY, "  irkit schedule run"))
    return style.page(*lines)


def proof_json(proof: Proof) -> JsonObject:
    """Return the JSON form of an attempt that was just made."""
    return {"view": "proof", **proof.to_json()}


def proof_text(value: JsonObject, *, style: Style) -> str:
    """Return how it went, and what was wrong."""
    outcome = Outcome(raw_of(value, "outcome"))
    level = Level(raw_of(value, "level")).word
    lines = [style.marked(_MARKS[outcome], f"{outcome}  {text_of(value, 'playbook')} {level}")]
    problems = texts_of(value, "problems")
    for problem in problems[:_SHOWN]:
        lines += wrap(problem, style, first="    ", rest="      ")
    if len(problems) > _SHOWN:
        lines.append(f"    and {len(problems) - _SHOWN} more: irkit trail show --type proof --full")
    return style.page(*lines)


def _cells(item: JsonObject, style: Style) -> tuple[str, ...]:
    due = parse_rfc3339(raw_of(item, "due"))
    missed = count_of(item, "missed")
    more = f"; {counted(missed, 'window')} missed" if missed else ""
    late = style.now - due
    when = age(due, style)
    if flag_of(item, "now"):
        when = f"now, {words(late)} late" if late >= _WORTH_SAYING else "now"
    return (
        when,
        text_of(item, "playbook"),
        text_of(item, "level"),
        "timer" if flag_of(item, "timer") else "people",
        f"{text_of(item, 'why')}{more}",
    )
