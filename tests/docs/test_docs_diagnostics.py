"""Every diagnostic has one meaning and one page, and the examples on the pages do what they say."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from docs_files import DOCS, ROOT, Block, blocks

from irkit import assets
from irkit.actions.load import catalogue
from irkit.diagnostics import Diagnostic
from irkit.lang import decode
from irkit.lang.lint import LintContext, lint
from irkit.proving.regime import ENDING
from irkit.proving.testing.checking import check
from irkit.trail.allowed_signers import parse_allowed_signers
from irkit.workspace import approvers
from irkit.workspace import decode as settings

FOLDER = DOCS / "diagnostics"
CODE = re.compile(r"IRK\d{3}")
SECTIONS = ("## What happened", "## Why irkit stops here", "## What to do", "## Example")
SHARED: Mapping[str, str] = {
    "IRK001": "a file cannot be read, whoever reads it",
    "IRK100": "a command line that is not understood, wherever that is noticed",
    "IRK102": "an unknown parameter, in a playbook or on the command line",
    "IRK105": "a value that is none of those allowed, in playbooks and settings",
    "IRK103": "a value of the wrong shape, in playbooks and settings",
    "IRK104": "something required is missing, in playbooks and settings",
    "IRK106": "a text that is no duration, in playbooks, settings and test files",
    "IRK107": "a name that cannot be one, in playbooks and settings",
    "IRK108": "a name that is there twice, in playbooks and settings",
    "IRK110": "a format of another version, in playbooks and settings",
    "IRK115": "a missing parameter, in a playbook or on the command line",
    "IRK134": "a text that is no time, in inputs and scenarios",
    "IRK141": "an input that the playbook does not have, on the command line or in a scenario",
    "IRK152": "a secret that cannot be read, and the check that tells it",
    "IRK153": "a secret that cannot be fetched, and the check that tells it",
    "IRK154": "a secret that others can read, and the check that tells it",
    "IRK158": "a keyring that does not help, and the check that tells it",
    "IRK160": "a file of the workspace cannot be read, whoever reads it",
    "IRK201": "an unknown action, in a playbook or on the command line",
    "IRK203": "an unknown phase, in a playbook or on the command line",
    "IRK205": "a playbook that is not there, for a call or a command",
    "IRK208": "no connection, or not clear which, found by lint or at run time",
    "IRK245": "a circle of calls, found by lint or when a playbook is loaded",
    "IRK270": "a name that means nothing at the provider",
    "IRK273": "a type without its connection",
    "IRK305": "a drill against the real thing, found on connecting or by the guard",
    "IRK404": "a key that is not the approver's, found before or after signing",
    "IRK424": "a text that is not the plan's, found on adding or on verifying",
    "IRK440": "no usable key to sign with",
    "IRK441": "a passphrase that is missing or wrong",
    "IRK446": "a decision that nothing waits for, and a part that is none of those it can be about",
    "IRK447": "nothing to confirm",
    "IRK516": "a list that does not end",
    "IRK602": "a step that cannot be planned, and where it is shown",
    "IRK613": "nothing of that name in the run",
    "IRK700": "no trail, whoever looks for it",
    "IRK702": "a record that cannot be written",
    "IRK710": "a missing or altered blob",
    "IRK720": "the time stamp authority does not answer",
    "IRK721": "a time stamp that does not verify",
    "IRK802": "no port for the world",
    "IRK856": "no drill, whoever looks for one",
    "IRK857": "something a drill or its scenario does not have",
}
"""Codes that several packages give, and the one meaning they share there."""


def emitted() -> Mapping[str, frozenset[str]]:
    """Return the packages that give each code: where it stands as a value, not in a docstring."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in sorted((ROOT / "irkit").rglob("*.py")):
        if path.match("cli/exits.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                code = CODE.fullmatch(node.value)
                if code is not None:
                    found[code[0]].add(path.relative_to(ROOT / "irkit").parts[0])
    return {code: frozenset(packages) for code, packages in found.items()}


def documented() -> frozenset[str]:
    """Return the codes that have a page."""
    return frozenset(path.stem for path in FOLDER.glob("IRK*.md"))


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    """A responder who looks a code up finds it, and no page speaks of a code that cannot come."""
    assert not sorted(emitted().keys() - documented()), "codes without a page"
    assert not sorted(documented() - emitted().keys()), "pages whose code nothing gives"


def test_each_code_has_one_meaning() -> None:
    """A code that several packages give is listed above, with the meaning they share."""
    several = {code for code, packages in emitted().items() if len(packages) > 1}
    assert not sorted(several - SHARED.keys())


def test_titles_tell_codes_apart() -> None:
    """No two pages have the same title."""
    titles = [_title(path) for path in sorted(FOLDER.glob("IRK*.md"))]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("page", sorted(FOLDER.glob("IRK*.md")), ids=lambda page: page.stem)
def test_a_page_says_what_why_and_what_to_do(page: Path) -> None:
    """A page has its code in the title, its four sections in order, and an example of it."""
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# {page.stem}: ")
    places = [text.index(section) for section in SECTIONS]
    assert places == sorted(places)
    example = next(blocks(page))
    assert "finds" in example.info or page.stem in example.text


def test_the_index_lists_every_page() -> None:
    """The index names every code with the title of its page."""
    index = (FOLDER / "README.md").read_text(encoding="utf-8")
    for path in FOLDER.glob("IRK*.md"):
        assert f"| [{path.stem}]({path.name}) | {_title(path)} |" in index


def examples() -> Iterator[Block]:
    """Yield the examples that can be tried: those whose fence says `finds`."""
    for path in sorted(FOLDER.glob("IRK*.md")):
        yield from (block for block in blocks(path) if "finds" in block.info.split())


@pytest.mark.parametrize("block", list(examples()), ids=lambda block: block.page.stem)
def test_an_example_gives_exactly_its_code(block: Block) -> None:
    """What the page shows as wrong is found, and nothing else is."""
    found = _found(block)
    assert {item.code for item in found} == {block.page.stem}, [
        f"{item.code} {item.summary}" for item in found
    ]


def test_every_rule_of_the_language_has_an_example_that_is_tried() -> None:
    """Codes that lint and decoding give are shown by a text that gives them."""
    tried = {block.page.stem for block in examples()}
    of_rules = {
        code
        for path in (ROOT / "irkit" / "lang" / "rules").glob("*.py")
        for code in CODE.findall(path.read_text(encoding="utf-8"))
    }
    assert not sorted(of_rules - tried)


def _title(page: Path) -> str:
    first = page.read_text(encoding="utf-8").partition("\n")[0]
    return first.removeprefix(f"# {page.stem}: ")


def _found(block: Block) -> tuple[Diagnostic, ...]:
    words = block.info.split()
    match words[words.index("finds") + 1 :]:
        case ["irkit.yaml"]:
            return settings.decode(block.text.encode(), Path("workspace"))[1]
        case ["roles.yaml"]:
            return approvers.decode(block.text.encode(), "roles.yaml")[1]
        case ["allowed_signers"]:
            return parse_allowed_signers(block.text, file="allowed_signers")[1]
        case [name] if name.endswith(ENDING):
            file = assets.playbooks() / name
            return check(file, block.text.encode(), name)
        case rest:
            return _linted(block.text, tested="untested" not in rest)


def _linted(text: str, *, tested: bool) -> tuple[Diagnostic, ...]:
    decoded = decode.playbook(text, "example.yaml")
    if decoded.playbook is None:
        return decoded.diagnostics
    context = LintContext(
        roles={"ir-oncall": ("a",), "ir-lead": ("a", "b"), "identity-owner": ("b",)},
        permissions={"aws": frozenset({"iam:*", "sts:*", "cloudtrail:*", "secretsmanager:*"})},
        connections={"okta": "okta", "aws": "aws"},
        templates=frozenset({"after-action", "comms-draft"}),
        tested=tested,
        playbooks={decoded.playbook.id: decoded.playbook},
    )
    return (*decoded.diagnostics, *lint(decoded.playbook, catalogue(), config=context))
