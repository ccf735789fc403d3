"""Imports go down only, and what is kept apart stays apart."""

import subprocess
import sys
from functools import cache

import grimp
import pytest
from source_tree import ROOT

_LEAVES = ("irkit.canonical", "irkit.clock", "irkit.secret", "irkit.diagnostics")
_AUDITED = ("irkit.trail", "irkit.model", *_LEAVES)
_WORLD_ONLY = ("moto", "flask", "flask_cors", "starlette", "uvicorn", "xmltodict")
_SERVING = ("starlette", "uvicorn")


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph("irkit", include_external_packages=True, cache_dir=None)


def _importers(package: str) -> set[str]:
    graph = _graph()
    return (
        set() if package not in graph.modules else graph.find_modules_that_directly_import(package)
    )


def test_every_contract_of_the_floors_is_kept() -> None:
    """The contracts of pyproject.toml hold for the tree as it is."""
    checked = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import *; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    assert " kept, 0 broken" in checked.stdout


def test_verification_can_be_read_whole_by_an_auditor() -> None:
    """All that verifying a trail runs is the trail, the model and four leaf modules."""
    reached = _graph().find_upstream_modules("irkit.trail.verify")
    foreign = [
        module
        for module in reached
        if module.startswith("irkit.") and not module.startswith(_AUDITED)
    ]
    assert foreign == []


def test_verification_stands_on_no_third_party_code_but_cryptography() -> None:
    """What verifies a trail needs the standard library and `cryptography`, orjson if there."""
    reached = _graph().find_upstream_modules("irkit.trail.verify")
    outside = {
        module
        for module in reached
        if not module.startswith("irkit") and module not in sys.stdlib_module_names
    }
    assert outside <= {"cryptography", "orjson"}


@pytest.mark.parametrize("package", _WORLD_ONLY)
def test_only_the_world_knows_how_it_is_simulated(package: str) -> None:
    """The packages of the extra `[world]` are imported there, and by the pages of a drill."""
    homes = ("irkit.world", "irkit.drill.pages") if package in _SERVING else ("irkit.world",)
    assert [name for name in _importers(package) if not name.startswith(homes)] == []


def test_an_action_cannot_write_its_own_audit_record() -> None:
    """No path of imports leads from an action to the trail or to the engine."""
    reached = _graph().find_upstream_modules("irkit.actions", as_package=True)
    above = ("irkit.trail", "irkit.engine", "irkit.cli")
    assert [module for module in reached if module.startswith(above)] == []


def test_the_language_is_given_the_catalogue_as_a_value() -> None:
    """No path of imports leads from the language to the actions or the providers."""
    reached = _graph().find_upstream_modules("irkit.lang", as_package=True)
    assert [m for m in reached if m.startswith(("irkit.actions", "irkit.providers"))] == []
