"""What is in the wheel, and what is not."""

import email
import tomllib
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from installed_wheel import ROOT

import irkit

pytestmark = pytest.mark.xdist_group("wheel")


def _names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_it_holds_the_package_the_assets_and_its_metadata_only(wheel: Path) -> None:
    """Nothing else ships: no tests, no docs, no stray files at the top."""
    tops = {PurePosixPath(name).parts[0] for name in _names(wheel)}
    assert tops == {"irkit", f"irkit-{irkit.__version__}.dist-info"}


def test_every_module_of_the_package_is_in_it(wheel: Path) -> None:
    """The wheel has the Python files of the source tree, neither more nor fewer."""
    shipped = {name for name in _names(wheel) if name.endswith(".py")}
    there = {str(path.relative_to(ROOT)) for path in (ROOT / "irkit").rglob("*.py")}
    assert shipped == there


def test_every_playbook_and_template_is_in_it(wheel: Path) -> None:
    """What the repository keeps at its top level is under `irkit/_assets`."""
    shipped = {name for name in _names(wheel) if name.startswith("irkit/_assets/")}
    there = {
        f"irkit/_assets/{path.relative_to(ROOT)}"
        for folder in ("playbooks", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    assert shipped == there
    assert len(there) > 5


def test_no_key_and_no_leftover_is_in_it(wheel: Path) -> None:
    """A git-ignored key beside the playbooks and compiled files stay behind."""
    assert [name for name in _names(wheel) if ".irkit" in name or name.endswith(".pyc")] == []


def test_the_files_that_are_no_code_are_known(wheel: Path) -> None:
    """A file that is neither code, asset, metadata nor a known kind of data is a stray one."""
    known = {".py", ".json", ".sh", ".yaml", ".j2", ".css", ".js", ".typed", ".md"}
    assert [
        name
        for name in _names(wheel)
        if ".dist-info/" not in name and PurePosixPath(name).suffix not in known
    ] == []


def test_its_metadata_says_what_pyproject_says(wheel: Path) -> None:
    """Name, version, licence, Python and extras are as declared."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"irkit-{irkit.__version__}.dist-info/METADATA").decode()
    metadata = email.message_from_string(text)
    assert metadata["Name"] == "irkit"
    assert metadata["Version"] == declared["version"] == irkit.__version__
    assert metadata["License-Expression"] == declared["license"]
    assert metadata["Requires-Python"] == declared["requires-python"]
    assert set(metadata.get_all("Provides-Extra") or ()) == set(declared["optional-dependencies"])


def test_its_licence_ships_with_it(wheel: Path) -> None:
    """The text of the licence is among the metadata."""
    assert f"irkit-{irkit.__version__}.dist-info/licenses/LICENSE" in _names(wheel)
