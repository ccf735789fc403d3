"""A world and workspaces for the command line: one world a module, one workspace a test."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

with warnings.catch_warnings():
    # Typer reads a name that newer versions of Click have deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    import typer  # noqa: F401

from terminal import Terminal, free_port_base

from irkit.cli.world_secrets import keep
from irkit.proving.world_facts import Place, facts
from irkit.workspace.decode import load
from irkit.world.world import World


@pytest.fixture(scope="session")
def place() -> Place:
    """Where the worlds of this session are served."""
    return Place(base=free_port_base())


@pytest.fixture(scope="session")
def template(place: Place, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An exercise workspace as `irkit init --world` makes it."""
    root = tmp_path_factory.mktemp("template") / "acme"
    made = Terminal(root).run("init", str(root), "--world", "--port-base", str(place.base))
    assert made.code == 0, made.err
    return root


@pytest.fixture(scope="module")
def world(place: Place) -> Iterator[World]:
    """A world in which the intruder is alive; what one test does to it, the next one sees."""
    with World.start(
        place.fixture,
        seed=place.seed,
        okta_port=place.base,
        aws_port=place.base + 1,
        lookups_per_second=0,
    ) as running:
        running.plant_intruder()
        yield running


@pytest.fixture
def terminal(template: Path, tmp_path: Path, place: Place, world: World) -> Terminal:
    """A terminal in a fresh workspace of the running world; nobody has done anything in it."""
    root = tmp_path / "acme"
    shutil.copytree(template, root)
    keep(load(root), facts(world, place))
    return Terminal(root)


@pytest.fixture
def offline(template: Path, tmp_path: Path) -> Terminal:
    """A terminal in a fresh workspace whose world is not up."""
    root = tmp_path / "acme"
    shutil.copytree(template, root)
    return Terminal(root)
