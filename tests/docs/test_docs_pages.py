"""The documentation holds together: links lead somewhere, and everything registered is in it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docs_files import DOCS, ROOT, pages, prose

from irkit import assets
from irkit.actions.load import ids
from irkit.cli.main import COMMANDS
from irkit.lang.lint import rule_names

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
_NOT_WORD = re.compile(r"[^\w\- ]")
_OF_THIS_MACHINE = re.compile(r"/(?:home|root|work|tmp)/")


def _anchors(page: Path) -> frozenset[str]:
    headings = _HEADING.findall(prose(page))
    return frozenset(_NOT_WORD.sub("", title.lower()).replace(" ", "-") for title in headings)


def _broken(page: Path) -> Iterator[str]:
    for link in _LINK.findall(prose(page)):
        if link.startswith("https://"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            yield link


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Every link inside the project has a file behind it, and the heading it names."""
    assert not list(_broken(page))


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_path_of_one_machine(page: Path) -> None:
    """What works on one machine only is in no page."""
    assert not _OF_THIS_MACHINE.findall(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("action", sorted(ids()))
def test_every_action_is_in_the_reference(action: str) -> None:
    """The reference has a section for each action."""
    assert f"\n## {action}\n" in (DOCS / "reference" / "actions.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_reference(command: str) -> None:
    """The reference has a section for each command."""
    text = (DOCS / "reference" / "commands.md").read_text(encoding="utf-8")
    assert f"\n## irkit {command}\n" in text


@pytest.mark.parametrize("rule", rule_names())
def test_every_lint_rule_is_in_the_reference(rule: str) -> None:
    """The reference has a line for each rule of lint."""
    text = (DOCS / "reference" / "lint-rules.md").read_text(encoding="utf-8")
    assert f"`{rule.replace('_', '-')}`" in text


def test_every_shipped_playbook_has_a_page_with_its_picture() -> None:
    """A playbook that ships has a page, written by hand in part, and no page is left behind."""
    shipped = {path.stem for path in assets.playbook_files(assets.playbooks())}
    folder = DOCS / "playbooks"
    assert {path.stem for path in folder.glob("*.md")} == {*shipped, "README"}
    assert {path.stem for path in folder.glob("*.svg")} == shipped
    for name in shipped:
        by_hand = (folder / f"{name}.md").read_text(encoding="utf-8").partition("<!--")[0]
        assert "**Have ready**" in by_hand, name


def test_every_decision_is_in_the_index() -> None:
    """The index of decisions lists each page, and they are numbered without gaps."""
    index = (DOCS / "adr" / "README.md").read_text(encoding="utf-8")
    numbered = sorted(path.name for path in (DOCS / "adr").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in numbered] == list(range(1, len(numbered) + 1))
    assert all(f"({name})" in index for name in numbered)


def test_every_page_is_reached_from_the_readme() -> None:
    """Whoever starts at the README and follows links comes to every page."""
    waiting, reached = [ROOT / "README.md"], set[Path]()
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in _LINK.findall(prose(page)):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.is_file():
                waiting.append(target)
    assert not sorted(str(page) for page in set(pages()) - reached)
