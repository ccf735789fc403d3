"""What two common formats for build servers allow, as far as irkit uses them.

SARIF 2.1.0: the objects that a linter's log is made of, with the properties, requirements and
value ranges that the standard gives them. JUnit: the elements and attributes that Jenkins reads.
"""

from typing import Final
from xml.etree.ElementTree import Element

from irkit.canonical import Json, JsonObject

_TEXT: Final[JsonObject] = {"type": "string"}
_PLACE: Final[JsonObject] = {"type": "integer", "minimum": 1}
_URI_REFERENCE: Final[JsonObject] = {"type": "string", "pattern": r"^[!#-;=?-\[\]_a-z~%]+$"}


def _object(members: dict[str, Json], *required: str) -> JsonObject:
    return {
        "type": "object",
        "properties": members,
        "required": list(required),
        "additionalProperties": False,
    }


_MESSAGE: Final = _object({"text": _TEXT}, "text")
_REGION: Final = _object(
    dict.fromkeys(("startLine", "startColumn", "endLine", "endColumn"), _PLACE), "startLine"
)
_LOCATION: Final = _object(
    {
        "physicalLocation": _object(
            {"artifactLocation": _object({"uri": _URI_REFERENCE}), "region": _REGION},
            "artifactLocation",
        )
    }
)
_RESULT: Final = _object(
    {
        "ruleId": _TEXT,
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": _MESSAGE,
        "locations": {"type": "array", "items": _LOCATION},
        "relatedLocations": {"type": "array", "items": _LOCATION, "uniqueItems": True},
    },
    "message",
)
_RULE: Final = _object({"id": _TEXT, "help": _MESSAGE}, "id")
_DRIVER: Final = _object(
    {
        "name": _TEXT,
        "version": _TEXT,
        "rules": {"type": "array", "items": _RULE, "uniqueItems": True},
    },
    "name",
)
SARIF: Final = _object(
    {
        "$schema": {"type": "string", "pattern": "^https://"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": _object(
                {
                    "tool": _object({"driver": _DRIVER}, "driver"),
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "results": {"type": "array", "items": _RESULT},
                },
                "tool",
            ),
        },
    },
    "version",
    "runs",
)

_PROBLEM: Final = (set[str](), {"type", "message"}, set[str]())
JUNIT: Final[dict[str, tuple[set[str], set[str], set[str]]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"properties", "testcase", "testsuite", "system-out", "system-err"},
    ),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, set(), set()),
    "testcase": (
        {"name"},
        {"time", "classname", "group"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": _PROBLEM,
    "error": _PROBLEM,
    "skipped": _PROBLEM,
}
"""Of each element: the attributes it must have, those it may have, and what may be in it."""


def junit_problems(element: Element) -> list[str]:
    """Return what is wrong with a document by the table."""
    required, allowed, children = JUNIT[element.tag]
    own = set(element.keys())
    found = [f"{element.tag} has no {name}" for name in sorted(required - own)]
    found += [f"{element.tag} has a {name}" for name in sorted(own - required - allowed)]
    for child in element:
        if child.tag not in children:
            found.append(f"{child.tag} in {element.tag}")
        else:
            found += junit_problems(child)
    return found
