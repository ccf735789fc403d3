"""Fixtures of the trail's tests: published vectors, a real ssh-agent, fresh trails."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from trail_story import ORIGIN, Ticks

from irkit.trail.journal import Journal
from irkit.trail.keys import FileSigner, create_key_file

VECTORS = Path(__file__).parents[2].parent / "shared" / "data" / "vectors"


@pytest.fixture
def vectors() -> Callable[[str], Path]:
    """Return a function that gives the folder of one kind of published vectors."""

    def find(kind: str) -> Path:
        path = VECTORS / kind
        if not path.is_dir():
            pytest.skip(f"the published {kind} vectors are not here")
        return path

    return find


@pytest.fixture
def tool() -> Callable[[str], str]:
    """Return a function that gives the path of a program, or skips."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"{name} is not installed")
        return path

    return find


@pytest.fixture
def agent_socket(tool: Callable[[str], str], tmp_path: Path) -> Iterator[str]:
    """Start an ssh-agent of this test's own and end it afterwards."""
    path = tmp_path / "agent.sock"
    process = subprocess.Popen(
        [tool("ssh-agent"), "-D", "-a", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )
    assert process.stdout is not None
    process.stdout.readline()
    try:
        yield str(path)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


@pytest.fixture
def clock() -> Ticks:
    """Return a clock that moves when it is read."""
    return Ticks()


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    """Return a new trail key."""
    return create_key_file(tmp_path / "trail.key")


@pytest.fixture
def trail(tmp_path: Path) -> Path:
    """Return where a test keeps its trail."""
    return tmp_path / "trail"


@pytest.fixture
def journal(trail: Path, signer: FileSigner) -> Iterator[Journal]:
    """Return a new journal with its genesis record."""
    with Journal.create(trail, origin=ORIGIN, signer=signer, policy={"v": 1}, clock=Ticks()) as new:
        yield new
