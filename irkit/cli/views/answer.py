"""The answer of one reading action, as the provider's facts were recorded."""

import json

from irkit.canonical import Json, JsonObject, thaw
from irkit.cli.views.style import Style
from irkit.model.run import ReadFact
from irkit.model.visible import visible
from irkit.report.reading import texts_of


def to_json(fact: ReadFact) -> JsonObject:
    """Return the JSON form."""
    gaps: list[Json] = list(fact.gaps)
    return {
        "view": "answer",
        "action": fact.action,
        "digest": fact.digest,
        "complete": fact.complete,
        "gaps": gaps,
        "left_out": list[Json](fact.left_out),
        "value": thaw(fact.value),
    }


def text(value: JsonObject, *, style: Style) -> str:
    """Return the value, indented; what is missing from it is said first."""
    said = json.dumps(thaw(value["value"]), ensure_ascii=False, indent=2)
    lines = [visible(line) for line in said.split("\n")]
    gaps = value["gaps"]
    missing = [f"incomplete: {visible(str(gap))}" for gap in gaps] if gaps else []  # type: ignore[union-attr]
    missing += [f"not looked at: {visible(each)}" for each in texts_of(value, "left_out")]
    return style.page(*missing, *lines)
