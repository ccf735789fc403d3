"""Modules and functions stay small; what comes near the limit is listed and does not fail."""

import pytest
from source_tree import Module, body_lines, modules

_MODULE, _MODULE_NEAR = 400, 300
_FUNCTION, _FUNCTION_NEAR = 50, 30
_FOLDERS = ("irkit", "benchmarks", "docs")


def _all() -> list[Module]:
    return [module for folder in _FOLDERS for module in modules(folder)]


def test_no_module_is_longer_than_400_lines() -> None:
    """A longer module has more than one subject and is split."""
    near = {module.name: module.lines for module in _all() if module.lines > _MODULE_NEAR}
    print(f"modules over {_MODULE_NEAR} lines: {near}")  # noqa: T201  # shown with -rP
    assert {name: lines for name, lines in near.items() if lines > _MODULE} == {}


@pytest.mark.parametrize("folder", [*_FOLDERS, "tests"])
def test_no_function_is_longer_than_50_lines(folder: str) -> None:
    """A longer function does more than one thing and is split."""
    near = {
        f"{module.name}:{function.name}": body_lines(function)
        for module in modules(folder)
        for function in module.functions()
        if body_lines(function) > _FUNCTION_NEAR
    }
    print(f"functions over {_FUNCTION_NEAR} lines: {near}")  # noqa: T201  # shown with -rP
    assert {name: lines for name, lines in near.items() if lines > _FUNCTION} == {}
