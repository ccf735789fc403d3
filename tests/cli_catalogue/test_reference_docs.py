"""The reference pages say what the code says."""

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from irkit import decode as decoding
from irkit.actions.load import ids
from irkit.canonical import thaw
from irkit.cli.main import COMMANDS
from irkit.decode import targets
from irkit.lang.lint import rule_names
from irkit.proving.testing.expectations import kinds
from irkit.proving.testing.schema import suite_schema
from irkit.workspace import approvers, break_glass, connections, decode, rules, trail_settings
from irkit.world.faults import FaultKind

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
READERS = frozenset(
    name for name, _ in inspect.getmembers(decoding.Fields, inspect.isfunction) if name[0] != "_"
) | {"_secret", "_url", "inside", "endpoint", "_table", "_key", "_words", "limit_entries"}


def keys_module(name: str = "configuration_keys") -> ModuleType:
    """Import a table of keys, which stands beside the pages."""
    spec = spec_from_file_location(name, REFERENCE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def read_keys(module: ModuleType) -> Iterator[str]:
    """Yield the names that a decoder asks its readers for."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else ""
        name = function.id if isinstance(function, ast.Name) else name
        if name in READERS:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value
                    break


def test_the_pages_are_up_to_date() -> None:
    """Whoever changes the code writes the pages again: python docs/reference/generate.py."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(REFERENCE / "generate.py"), "--check"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_action_command_and_rule_has_its_place() -> None:
    """Nothing that is registered is left out."""
    actions = (REFERENCE / "actions.md").read_text()
    assert all(f"## {name}\n" in actions for name in ids())
    commands = (REFERENCE / "commands.md").read_text()
    assert all(f"## irkit {name}\n" in commands for name in COMMANDS)
    lint = (REFERENCE / "lint-rules.md").read_text()
    assert all(f"`{name.replace('_', '-')}`" in lint for name in rule_names())


def test_every_key_that_is_read_is_described() -> None:
    """A key of irkit.yaml without a description is found, and a described one that is not read."""
    described = {path.rpartition(".")[2] for path in keys_module().KEYS}
    read = {
        key
        for module in (decode, connections, break_glass, rules, trail_settings)
        for key in read_keys(module)
    }
    read |= set(read_keys(targets)) | {"protect"}
    assert described == read


def test_every_key_of_roles_is_described() -> None:
    """The same for roles.yaml."""
    described = {path.rpartition(".")[2] for path in keys_module().ROLES}
    assert described == set(read_keys(approvers))


def test_each_lint_rule_names_its_code() -> None:
    """The table links every rule to the page of its diagnostic."""
    lint = (REFERENCE / "lint-rules.md").read_text()
    rows = [line for line in lint.split("\n") if line.startswith("| ") and "`" in line]
    assert len(rows) == len(rule_names())
    assert all("](../diagnostics/IRK" in row for row in rows)


def test_every_key_of_a_test_file_is_documented() -> None:
    """The page of test files lists the keys that the schema knows, and no others."""
    keys, schema = keys_module("test_file_keys"), thaw(suite_schema())
    assert isinstance(schema, dict)
    known = {
        "TOP": schema["properties"],
        "CASE": schema["$defs"]["case"]["properties"],
        "SWEEPS": schema["properties"]["sweeps"]["properties"],
        "WORLD": schema["properties"]["worlds"]["additionalProperties"]["properties"],
    }
    assert {name: set(getattr(keys, name)) for name in known} == {
        name: set(properties) for name, properties in known.items()
    }
    page = (REFERENCE / "test-files.md").read_text(encoding="utf-8")
    assert [key for key in kinds() if f"| `{key}: " not in page] == []
    assert [kind for kind in FaultKind if f"| `{kind}` |" not in page] == []
