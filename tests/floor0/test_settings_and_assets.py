"""Where files are: the workspace, and what irkit ships."""

from pathlib import Path

import pytest

from irkit import assets
from irkit.diagnostics import IrkitError
from irkit.settings import find_workspace, require_workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return a directory that holds an `irkit.yaml`."""
    root = tmp_path / "ws"
    (root / "playbooks" / "deep").mkdir(parents=True)
    (root / "irkit.yaml").write_text("irkit: 1\n")
    return root


def test_the_nearest_workspace_above_is_found(workspace: Path) -> None:
    """A command works from anywhere inside the workspace."""
    assert find_workspace(workspace / "playbooks" / "deep", {}) == workspace
    assert find_workspace(workspace, {}) == workspace


def test_without_a_workspace_there_is_none(tmp_path: Path) -> None:
    """Looking up ends at the root."""
    assert find_workspace(tmp_path, {}) is None


def test_a_named_workspace_wins_over_the_environment(workspace: Path, tmp_path: Path) -> None:
    """The option is nearer than the variable, and may name the file itself."""
    environment = {"IRKIT_WORKSPACE": str(tmp_path / "elsewhere")}
    assert find_workspace(tmp_path, environment, workspace) == workspace
    assert find_workspace(tmp_path, environment, workspace / "irkit.yaml") == workspace
    assert find_workspace(tmp_path, {}, Path("ws")) == workspace


def test_the_environment_names_a_workspace(workspace: Path, tmp_path: Path) -> None:
    """IRKIT_WORKSPACE is used where no option is given."""
    assert find_workspace(tmp_path, {"IRKIT_WORKSPACE": str(workspace)}) == workspace
    assert find_workspace(tmp_path, {"IRKIT_WORKSPACE": ""}) is None


def test_a_named_directory_that_is_none_is_an_error(tmp_path: Path) -> None:
    """A wrong name is never silently replaced by another workspace."""
    with pytest.raises(IrkitError, match="IRK166"):
        find_workspace(tmp_path, {}, tmp_path / "nowhere")


def test_a_required_workspace_says_how_to_make_one(workspace: Path, tmp_path: Path) -> None:
    """The error ends with the command to type."""
    assert require_workspace(workspace, {}) == workspace
    with pytest.raises(IrkitError) as caught:
        require_workspace(tmp_path, {})
    assert "irkit init" in caught.value.diagnostics[0].help


def test_playbooks_are_listed_without_their_tests(tmp_path: Path) -> None:
    """A test beside a playbook is no playbook."""
    for name in ("b.yaml", "a.yaml", "a.test.yaml", "notes.md"):
        (tmp_path / name).write_text("")
    (tmp_path / "scenarios.yaml").mkdir()
    assert [path.name for path in assets.playbook_files(tmp_path)] == ["a.yaml", "b.yaml"]


def test_a_playbook_is_found_by_path_or_by_id(tmp_path: Path) -> None:
    """A path is taken from where one stands, an id from the workspace first."""
    own = tmp_path / "playbooks"
    own.mkdir()
    (own / "mine.yaml").write_text("")
    assert assets.find_playbook("mine", own, tmp_path) == own / "mine.yaml"
    assert assets.find_playbook("playbooks/mine.yaml", None, tmp_path) == own / "mine.yaml"


@pytest.mark.parametrize("name", ["nothing-of-that-name", "no/such.yaml"])
def test_an_absent_playbook_is_an_error_that_lists_what_there_is(tmp_path: Path, name: str) -> None:
    """Whoever mistypes a name sees the names."""
    (tmp_path / "mine.yaml").write_text("")
    with pytest.raises(IrkitError) as caught:
        assets.find_playbook(name, tmp_path, tmp_path)
    assert caught.value.diagnostics[0].code == "IRK205"
    assert "mine" in caught.value.diagnostics[0].help


def test_a_missing_asset_directory_is_a_fault_of_the_installation() -> None:
    """What should be shipped and is not has its own code."""
    with pytest.raises(IrkitError, match="IRK901"):
        assets.directory("no-such-assets")
