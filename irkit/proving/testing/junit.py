"""Results as JUnit XML, which build servers show: a suite for each playbook, a test for each check.

The element and attribute names are those of the common schema that Jenkins and others read.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from irkit import __version__
from irkit.proving.testing.results import CaseResult
from irkit.proving.testing.seen import Check


def junit(results: Sequence[CaseResult], digests: Mapping[str, str]) -> str:
    """Return the document; `digests` are those of the playbooks, kept as properties."""
    root = Element("testsuites", name="irkit")
    for playbook, group in groupby(results, key=lambda result: result.playbook):
        cases = tuple(group)
        suite = _suite(root, playbook, cases)
        properties = SubElement(suite, "properties")
        for name, value in (
            ("irkit.version", __version__),
            ("playbook.digest", digests.get(playbook, "")),
        ):
            SubElement(properties, "property", name=name, value=value)
        for case in cases:
            for test in _tests(case):
                suite.append(test)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def _suite(root: Element, playbook: str, cases: Sequence[CaseResult]) -> Element:
    tests = sum(max(len(case.checks), 1) for case in cases)
    return SubElement(
        root,
        "testsuite",
        name=playbook,
        tests=str(tests),
        failures=str(sum(len(case.failed) for case in cases)),
        errors=str(sum(bool(case.error) for case in cases)),
        skipped="0",
        time=_seconds(sum(case.seconds for case in cases)),
    )


def _tests(case: CaseResult) -> Iterator[Element]:
    """Yield one test for each check; the first of them has the time of the case."""
    if case.error:
        test = _test(case, "can be played", case.seconds)
        text = "\n".join(f"{item.code}: {item.summary}" for item in case.error)
        SubElement(test, "error", message=_plain(text), type=case.error[0].code).text = _plain(text)
        yield test
    for number, check in enumerate(case.checks):
        test = _test(case, check.about, 0.0 if number else case.seconds)
        if not check.holds:
            message = f"expected {check.expected}, found {check.found}"
            failure = SubElement(test, "failure", message=_plain(message), type="IRK820")
            failure.text = _plain("\n".join(_told(case, check)))
        yield test


def _test(case: CaseResult, name: str, seconds: float) -> Element:
    return Element(
        "testcase",
        classname=_plain(f"{case.playbook}.{case.case}"),
        name=_plain(name),
        time=_seconds(seconds),
    )


def _told(case: CaseResult, check: Check) -> Iterator[str]:
    if check.span is not None:
        yield f"{case.file}:{check.span.line}:{check.span.column}"
    yield f"expected: {check.expected}"
    yield f"found:    {check.found}"
    if check.where:
        yield f"see:      {check.where}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


def _plain(text: str) -> str:
    """Return `text` without what no XML document may hold."""
    return "".join(char for char in text if char in "\t\n" or char.isprintable())
