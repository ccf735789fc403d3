"""What is imported before anything is done."""

import subprocess
import sys

import pytest

_SHOW = """
import contextlib, io, sys
before = set(sys.modules)
sys.argv = ["irkit", *{arguments!r}]
from irkit.cli.main import main
try:
    with contextlib.redirect_stdout(io.StringIO()):
        main()
except SystemExit:
    pass
print("\\n".join(sorted(set(sys.modules) - before)))
"""
_TYPER = {"typer", "click", "annotated_doc", "shellingham", "typing_extensions"}


def _imported(*arguments: str) -> set[str]:
    """Return the modules that are loaded after a command has run in a fresh interpreter."""
    shown = subprocess.run(
        [sys.executable, "-c", _SHOW.format(arguments=arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(shown.stdout.split())


def _tops(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules} - set(sys.stdlib_module_names)


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_imports_nothing_but_typer(argument: str) -> None:
    """Asking for help loads the command table and Typer, and no command."""
    imported = _imported(argument)
    assert _tops(imported) <= {"irkit", *_TYPER}
    assert {name for name in imported if name.startswith("irkit.")} <= {
        "irkit.cli",
        "irkit.cli.main",
        "irkit.cli.options",
    }


def test_a_commands_help_loads_that_command_and_no_sdk() -> None:
    """`irkit run --help` is no reason to load boto3, the simulated world or Jinja."""
    heavy = {"boto3", "botocore", "okta", "aiohttp", "moto", "flask", "jinja2", "pydantic", "rich"}
    assert _tops(_imported("run", "--help")) & heavy == set()


def test_lint_loads_no_sdk_and_no_world() -> None:
    """Checking a file needs no provider, and a playbook nothing of what tests are."""
    imported = _imported("lint", "/nonexistent.yaml")
    heavy = {"boto3", "botocore", "okta", "aiohttp", "moto", "flask"}
    assert _tops(imported) & heavy == set()
    unneeded = ("irkit.world", "irkit.proving", "irkit.engine.session")
    assert [name for name in imported if name.startswith(unneeded)] == []
