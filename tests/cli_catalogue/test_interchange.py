"""Documents for build servers keep to the formats that those read."""

import json
from dataclasses import replace
from pathlib import Path
from typing import cast
from xml.etree import ElementTree as ET

from catalogue_workspace import Desk
from interchange import junit_problems, sarif_problems

from irkit.canonical import Json, thaw
from irkit.cli.sarif import sarif
from irkit.diagnostics import Diagnostic, Label, Severity, Span
from irkit.lang import decode
from irkit.proving.testing.junit import junit
from irkit.proving.testing.results import CaseResult
from irkit.proving.testing.seen import Check

SPAN = Span(file="play books/x.yaml", line=3, column=7, end_line=3, end_column=9)
WRONG = Path(__file__).parent.parent / "lang" / "golden" / "misshapen.yaml"
FAILED = CaseResult(
    playbook="p",
    case="contains <everybody> & nobody",
    file="p.test.yaml",
    seconds=1.5,
    checks=(
        Check(about="result", holds=True, expected="contained", found="contained"),
        Check(
            about="exit", holds=False, expected="0", found="3\x00\x1b[31m", span=SPAN, where="why"
        ),
    ),
)
BROKEN = replace(
    FAILED, case="other", checks=(), error=(Diagnostic(code="IRK804", summary="no such seat"),)
)


def test_a_log_of_every_kind_of_finding_is_sarif() -> None:
    """What lint finds, with places, labels and none of either, is a log that may be uploaded."""
    text = WRONG.read_text(encoding="utf-8")
    found = decode.playbook(text, "play books/wrong.yaml").diagnostics
    label = Label(span=SPAN, text="first used here")
    more = (
        Diagnostic(code="IRK108", summary="twice", at=Label(span=SPAN), also=(label,)),
        Diagnostic(code="IRK001", summary="not there", severity=Severity.WARNING),
    )
    document = thaw(sarif((*found, *more)))
    assert len(found) > 10
    assert sarif_problems(document) == []


def test_a_log_that_is_no_sarif_is_noticed() -> None:
    """A property of no object and a place before the first line are found."""
    zero = replace(SPAN, line=0)
    bad = thaw(sarif([Diagnostic(code="IRK108", summary="x", at=Label(span=zero))]))
    assert isinstance(bad, dict)
    runs = cast("list[dict[str, Json]]", bad["runs"])
    runs[0]["tools"] = []
    assert len(sarif_problems(bad)) >= 2


def test_lint_writes_sarif(desk: Desk) -> None:
    """The command's own output is such a log."""
    (desk.root / "playbooks" / "bad.yaml").write_text("irkit: 1\nplaybook: Bad Name\n")
    said = desk.run("lint", "--format", "sarif", str(desk.root / "playbooks" / "bad.yaml"))
    document = json.loads(said.out)
    assert said.code == 1
    assert document["runs"][0]["results"]
    assert sarif_problems(document) == []


def test_results_of_tests_are_junit() -> None:
    """Passed, failed and unplayable cases are what build servers read, and well-formed."""
    root = ET.fromstring(junit([FAILED, BROKEN], {"p": "sha256:1"}).encode())
    assert junit_problems(root) == []
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "1", "1")
    (failure,) = suite.iter("failure")
    assert (failure.text or "").startswith("p.test.yaml:3:7\nexpected: 0\nfound:    3[31m")


def test_what_is_no_junit_is_noticed() -> None:
    """An element without its name, or one that does not belong there, is found."""
    root = ET.fromstring("<testsuites><testcase/><testsuite name='x'/></testsuites>")
    assert "testcase in testsuites" in junit_problems(root)
    assert "testsuite has no tests" in junit_problems(root)
