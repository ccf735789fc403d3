"""The wheel, built from a copy and installed into a fresh environment that has no source."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from installed_wheel import ROOT, Installed

_SOURCES = ("irkit", "playbooks", "templates", "pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built offline from a copy in which files lie about that must not ship."""
    copy = tmp_path_factory.mktemp("source")
    for name in _SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy / name)
    shutil.copy(ROOT / ".gitignore", copy / ".gitignore")
    stray = copy / "playbooks" / ".irkit" / "keys"
    stray.mkdir(parents=True)
    (stray / "trail").write_text("a key that must never leave\n")
    (copy / "irkit" / "__pycache__").mkdir()
    (copy / "irkit" / "__pycache__" / "left.pyc").write_bytes(b"left over")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(copy / "dist")],
        cwd=copy,
        check=True,
        capture_output=True,
    )
    (built,) = (copy / "dist").glob("*.whl")
    kept = tmp_path_factory.mktemp("wheel") / built.name
    shutil.move(built, kept)
    shutil.rmtree(copy)
    return kept


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """A fresh environment with the wheel; its dependencies are this interpreter's own."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", str(python))
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )
    (site,) = (home / "lib").glob("python*/site-packages")
    # A plain path: the .pth files in it, an editable install among them, are not followed.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(home=home, wheel=wheel)
