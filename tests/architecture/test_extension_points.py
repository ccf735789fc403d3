"""An extension point is one file: an action, a guard, a lint rule, a command."""

import ast
import importlib
import inspect
import pkgutil

import pytest
from source_tree import PACKAGE

from irkit.actions import load
from irkit.engine import guards
from irkit.lang import lint, rules
from irkit.model.spec import Verb
from irkit.proving.testing import expectations
from irkit.proving.testing.expectations import kinds


def _guard_names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(guards.__path__))


@pytest.mark.parametrize("action_id", sorted(load.ids()))
def test_the_id_of_an_action_is_the_path_of_its_module(action_id: str) -> None:
    """`okta.user.suspend` is `actions/okta/user/suspend.py` and nothing else."""
    found = load.load(action_id)
    assert found.spec.id == action_id
    assert found.__module__ == f"irkit.actions.{action_id}"


@pytest.mark.parametrize("action_id", sorted(load.ids()))
def test_a_change_says_how_it_is_taken_back_and_interrupted(action_id: str) -> None:
    """A change declares effect and reversal, and what it needs; a read needs a provider too."""
    spec = load.spec(action_id)
    assert spec.needs
    assert spec.summary
    assert spec.verb is Verb.READ or (spec.effect and spec.reversal and spec.target)


@pytest.mark.parametrize("name", _guard_names())
def test_a_guard_is_one_file_with_its_constants(name: str) -> None:
    """A guard module has `NAME`, `OVERRIDABLE` and `judge`, and the name is the file's."""
    module = importlib.import_module(f"{guards.__name__}.{name}")
    assert name.replace("_", "-") == module.NAME
    assert isinstance(module.OVERRIDABLE, bool)
    assert list(inspect.signature(module.judge).parameters) == ["step", "run", "facts"]


def test_every_guard_of_the_folder_is_at_work() -> None:
    """Being in the folder is all the registration there is."""
    assert len(guards.guards()) == len(_guard_names()) > 0


@pytest.mark.parametrize("name", lint.rule_names())
def test_a_lint_rule_is_one_file_that_names_its_code(name: str) -> None:
    """A rule has `check(view)`, and its docstring begins with what it finds and the IRK code."""
    module = importlib.import_module(f"{rules.__name__}.{name}")
    assert list(inspect.signature(module.check).parameters) == ["view"]
    assert "IRK" in (module.__doc__ or "").splitlines()[0]


@pytest.mark.parametrize("key", sorted(kinds()))
def test_an_expectation_is_one_file_with_its_key(key: str) -> None:
    """An expectation module has `KEY`, its file's name, a `SCHEMA`, and `read`."""
    kind = kinds()[key]
    module = importlib.import_module(f"{expectations.__name__}.{key}")
    assert key == module.KEY
    assert kind.SCHEMA
    assert list(inspect.signature(module.read).parameters) == ["node", "reading"]
    assert (module.__doc__ or "").startswith(f"`{key}: ")


def test_there_are_at_least_fifteen_lint_rules() -> None:
    """The language promises at least that many."""
    assert len(lint.rule_names()) >= 15


def _table_of_commands() -> dict[str, str]:
    """Return the table of `irkit.cli.main`, which is a constant and can be read without Typer."""
    tree = ast.parse((PACKAGE / "cli" / "main.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "COMMANDS":
            assert node.value is not None
            return dict(ast.literal_eval(node.value))
    raise AssertionError("irkit.cli.main has no table of commands")


def test_a_command_is_one_file_and_one_line_of_help() -> None:
    """Every command of the table has its module, and every module is in the table."""
    files = [path.stem for path in (PACKAGE / "cli" / "commands").glob("*.py")]
    modules = sorted(name.replace("_", "-") for name in files if name != "__init__")
    assert modules == sorted(_table_of_commands())
