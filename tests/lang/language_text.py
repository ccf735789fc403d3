"""Short ways to write and judge playbooks in the language tests."""

from pathlib import Path

from language_catalogue import CATALOGUE

from irkit.diagnostics import Diagnostic
from irkit.lang import decode
from irkit.lang.lint import LintContext, lint
from irkit.model.playbook import Playbook, Step

FEDERATED = (Path(__file__).parent / "federated.yaml").read_text(encoding="utf-8")
"""The whole playbook of the language reference."""

HEAD = "irkit: 1\nplaybook: p\ntitle: T\n"


def decoded(text: str) -> Playbook:
    """Return the playbook of a text that has no problems."""
    result = decode.playbook(text, "p.yaml")
    assert result.diagnostics == ()
    assert result.playbook is not None
    return result.playbook


def steps(text: str) -> tuple[Step, ...]:
    """Return the steps of a playbook of plain steps."""
    return decoded(f"{HEAD}steps:\n{text}").phases[0].steps


def problems(text: str) -> list[str]:
    """Return code and summary of everything wrong with a playbook's text."""
    return [f"{d.code} {d.summary}" for d in decode.playbook(text, "p.yaml").diagnostics]


def step_problems(text: str) -> list[str]:
    """Return code and summary of everything wrong with a playbook of these steps."""
    return problems(f"{HEAD}steps:\n{text}")


def linted(text: str, context: LintContext | None = None) -> tuple[Diagnostic, ...]:
    """Return what lint finds in a text that decodes."""
    return lint(decoded(text), CATALOGUE, config=context)


def found(text: str, code: str, context: LintContext | None = None) -> list[str]:
    """Return the summaries of one code that lint finds."""
    return [d.summary for d in linted(text, context) if d.code == code]
