"""One line for each thing that was looked at, and its remedy on a line of its own."""

from typing import Final

from irkit.canonical import JsonObject
from irkit.cli.views.style import Style, Tone, pad
from irkit.engine.checking import Finding, State
from irkit.report.mark import Mark
from irkit.report.reading import raw_of, text_of

_MARKS: Final = {
    State.GOOD: Mark.GOOD,
    State.WARNING: Mark.WAIT,
    State.UNKNOWN: Mark.UNKNOWN,
    State.BAD: Mark.BAD,
}
_WORDS: Final = {
    State.GOOD: "good",
    State.WARNING: "look",
    State.UNKNOWN: "unknown",
    State.BAD: "BAD",
}
_SUBJECT: Final = 14
_WORD: Final = 7


def to_json(finding: Finding) -> JsonObject:
    """Return the JSON form."""
    return {"view": "finding", **finding.to_json()}


def text(value: JsonObject, *, style: Style) -> str:
    """Return the line, and the remedy."""
    state = State(raw_of(value, "state"))
    head = style.marked(_MARKS[state], pad(_WORDS[state], _WORD))
    code = f"{raw_of(value, 'code')} " if raw_of(value, "code") else ""
    line = f"{head}  {pad(text_of(value, 'subject'), _SUBJECT)}  {code}{text_of(value, 'what')}"
    remedy = [
        f"{' ' * (_SUBJECT + _WORD + 6)}{style.paint(Tone.KEY, each)}"
        for each in text_of(value, "remedy").splitlines()
    ]
    return style.page(line, *remedy)
