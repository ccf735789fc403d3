"""Everything public says what it is for, and every test says in one sentence what it shows."""

import ast
import re

import pytest
from source_tree import Module, modules, public

_CODE = re.compile(r"`[^`]*`")
_SECOND_SENTENCE = re.compile(r"[.!?] +[A-Z]")


def _tests() -> list[tuple[Module, str, str]]:
    return [
        (module, function.name, ast.get_docstring(function) or "")
        for module in modules("tests")
        for function in module.functions()
        if function.name.startswith("test_")
    ]


@pytest.mark.parametrize("folder", ["irkit", "benchmarks", "tests", "docs"])
def test_every_module_says_what_it_is_for(folder: str) -> None:
    """A module begins with a docstring."""
    assert [m.name for m in modules(folder) if not ast.get_docstring(m.tree)] == []


@pytest.mark.parametrize("folder", ["irkit", "benchmarks"])
def test_everything_public_is_documented(folder: str) -> None:
    """A public class, function, method or property has a docstring."""
    bare = [
        f"{module.name}:{node.name}"
        for module in modules(folder)
        for node in public(module.tree)
        if not ast.get_docstring(node)
    ]
    assert bare == []


def test_every_test_says_what_it_shows() -> None:
    """A test has a docstring that ends as a sentence does."""
    assert [f"{m.name}:{n}" for m, n, text in _tests() if not text.endswith((".", "?", "!"))] == []


def test_a_test_needs_no_more_than_one_sentence() -> None:
    """A test that takes two sentences to describe is two tests."""
    long = [
        f"{module.name}:{name}"
        for module, name, text in _tests()
        if _SECOND_SENTENCE.search(_CODE.sub("", text)) or "\n\n" in text
    ]
    assert long == []
