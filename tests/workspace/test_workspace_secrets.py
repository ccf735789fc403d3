"""Secrets: found by reference, and only where nobody else can read them."""

import os
from pathlib import Path

import pytest

from irkit.diagnostics import IrkitError
from irkit.secret import Secret
from irkit.workspace.config import SecretReference
from irkit.workspace.secrets import MAX_SECRET, resolve


def reference(scheme: str, name: str) -> SecretReference:
    """Return a reference."""
    return SecretReference(scheme=scheme, name=name)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return a file with a secret that only its owner can read."""
    path = tmp_path / "token"
    path.write_text("s3cret\n")
    path.chmod(0o600)
    return path


def test_a_secret_of_the_environment(tmp_path: Path) -> None:
    """The variable's value, and nothing else of the environment."""
    found = resolve(reference("env", "KEY"), root=tmp_path, environment={"KEY": "v"})
    assert found.reveal() == "v"


@pytest.mark.parametrize("environment", [{}, {"KEY": ""}])
def test_a_variable_that_is_not_set_is_an_error(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """An empty secret is none."""
    with pytest.raises(IrkitError, match="IRK152"):
        resolve(reference("env", "KEY"), root=tmp_path, environment=environment)


def test_a_secret_of_a_file_is_read_without_its_line_end(kept: Path) -> None:
    """The path is relative to the workspace, or absolute."""
    assert resolve(reference("file", "token"), root=kept.parent, environment={}) == Secret("s3cret")
    assert resolve(reference("file", str(kept)), root=Path("elsewhere"), environment={}) == Secret(
        "s3cret"
    )


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o660, 0o644])
def test_a_file_others_can_read_is_refused(kept: Path, mode: int) -> None:
    """The help is the command that puts it right."""
    kept.chmod(mode)
    with pytest.raises(IrkitError) as caught:
        resolve(reference("file", "token"), root=kept.parent, environment={})
    assert caught.value.diagnostics[0].code == "IRK154"
    assert caught.value.diagnostics[0].help == f"chmod 600 {kept}"


def test_what_is_no_readable_text_file_is_refused(tmp_path: Path) -> None:
    """Missing, a directory, a pipe, empty, too large, or not text."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    for name, data in {
        "empty": b" \n",
        "large": b"x" * (MAX_SECRET + 1),
        "binary": b"\xff\xfe",
    }.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o600)
    for name in ("missing", ".", "pipe", "empty", "large", "binary"):
        with pytest.raises(IrkitError, match="IRK152"):
            resolve(reference("file", name), root=tmp_path, environment={})


def test_what_aws_keeps_is_not_read_here(tmp_path: Path) -> None:
    """It is asked through a connection, which nobody has at this place."""
    with pytest.raises(IrkitError, match="IRK153"):
        resolve(reference("aws-secretsmanager", "a"), root=tmp_path, environment={})


def test_no_error_shows_a_secret(kept: Path) -> None:
    """A refused file's text is not in the message."""
    kept.chmod(0o644)
    with pytest.raises(IrkitError) as caught:
        resolve(reference("file", "token"), root=kept.parent, environment={})
    assert "s3cret" not in str(caught.value)
