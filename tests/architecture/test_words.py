"""What stands in no file: vague module names, unfinished work, mocks, and this machine's paths."""

import re

import pytest
from source_tree import ROOT, TESTS, modules, texts

_VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "manager", "misc", "stuff"}
# Written in pieces, so that this file holds none of them.
_UNFINISHED = re.compile(r"\bTO" + r"DO\b|\bFIX" + r"ME\b")
_REGISTRIES = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("proxy", "golang", "org"),
        ("crates", "io"),
        ("ghcr", "io"),
        ("docker", "io"),
    )
)
_MACHINE = re.compile(r"(?<![\w}.:/~>-])/(?:home|Users|root|work)/\w")
_MOCKING = ("unittest." + "mock", "import " + "mock", "mock" + "er", "monkeypatch." + "setattr")


def _holding(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name}:{number}: {line.strip()[:80]}"
        for name, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize("folder", ["irkit", "tests", "benchmarks"])
def test_no_module_or_folder_has_a_name_that_says_nothing(folder: str) -> None:
    """A name like `utils` or `manager` hides what is inside."""
    paths = [path for path in (ROOT / folder).rglob("*") if path.suffix == ".py" or path.is_dir()]
    assert [str(path) for path in paths if path.stem in _VAGUE] == []


def test_nothing_is_marked_as_unfinished() -> None:
    """No file promises to finish something later."""
    assert _holding(_UNFINISHED) == []


@pytest.mark.parametrize("word", _MOCKING)
def test_no_test_replaces_what_it_tests(word: str) -> None:
    """Simulators stand on the other side; nothing is patched in between."""
    assert [module.name for module in modules("tests") if word in module.text] == []


def test_no_file_names_a_package_registry() -> None:
    """Where packages come from is the installing machine's own business."""
    assert _holding(re.compile("|".join(map(re.escape, _REGISTRIES)))) == []


def test_no_file_holds_an_absolute_path_of_a_machine() -> None:
    """Whatever is found, is found from the file or the workspace."""
    assert _holding(_MACHINE) == []


def test_test_modules_have_unique_names() -> None:
    """Without packages in the tests' folders two modules of one name would hide each other."""
    names = [path.stem for path in TESTS.rglob("*.py") if path.stem != "conftest"]
    assert sorted(names) == sorted(set(names))
