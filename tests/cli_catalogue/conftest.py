"""Fixtures of the command-line tests."""

import warnings
from pathlib import Path

import pytest

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import typer  # noqa: F401

from catalogue_workspace import Desk, make_desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A live workspace that nothing has been done in."""
    return make_desk(tmp_path)
