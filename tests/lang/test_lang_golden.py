"""Whole diagnostics of bad playbooks, as they are shown; `golden/*.txt` hold what is expected.

To take over a change that is meant, delete the text file and run the test twice.
"""

from pathlib import Path

import pytest
from language_catalogue import CATALOGUE

from irkit.diagnostics.render import render, totals
from irkit.lang import decode
from irkit.lang.lint import lint

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("name", ["everything-wrong", "misshapen"])
def test_a_bad_playbook_is_shown_as_expected(name: str) -> None:
    """Every line a person sees, in order, with carets in place."""
    file = f"{name}.yaml"
    text = (GOLDEN / file).read_text(encoding="utf-8")
    decoded = decode.playbook(text, file)
    found = decoded.diagnostics
    if decoded.playbook is not None:
        found += lint(decoded.playbook, CATALOGUE)
    shown = f"{render(found, {file: text})}\n{totals(found)}\n"
    expected = GOLDEN / f"{name}.txt"
    if not expected.exists():
        expected.write_text(shown, encoding="utf-8")
        pytest.fail(f"{expected.name} was missing and has been written: read it")
    assert shown == expected.read_text(encoding="utf-8")
