"""Secrets in a keyring: a real backend that keeps them in a file, and what can go wrong."""

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.core import load_keyring
from keyrings.alt.file import PlaintextKeyring

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.secret import Secret
from irkit.workspace.config import SecretReference
from irkit.workspace.secrets import MAX_SECRET, resolve

KEPT = "https://acme.okta.com/irkit"


@pytest.fixture(autouse=True)
def kept(tmp_path: Path) -> Iterator[PlaintextKeyring]:
    """Use a keyring of this test's own."""
    before = keyring.get_keyring()
    mine = PlaintextKeyring()
    mine.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


def read(name: str) -> Secret:
    """Read a secret of the keyring."""
    reference = SecretReference(scheme="keyring", name=name)
    return resolve(reference, root=Path("ws"), environment={})


def refused(name: str = KEPT) -> Diagnostic:
    """Return why a secret is not read."""
    with pytest.raises(IrkitError) as caught:
        read(name)
    return caught.value.diagnostics[0]


def test_a_secret_of_the_keyring() -> None:
    """Service and name are told apart at the last slash."""
    keyring.set_password("https://acme.okta.com", "irkit", "s3cret\n")
    assert read(KEPT) == Secret("s3cret")


def test_what_is_not_in_the_keyring_is_an_error() -> None:
    """The help is the command that puts it there."""
    found = refused()
    assert (found.code, found.help) == (
        "IRK152",
        "put it there: keyring set https://acme.okta.com irkit",
    )


@pytest.mark.parametrize("text", [" ", "x" * (MAX_SECRET + 1)])
def test_what_cannot_be_a_secret_is_an_error(text: str) -> None:
    """The same limits hold as for a file."""
    keyring.set_password("https://acme.okta.com", "irkit", text)
    assert refused().code == "IRK152"


def test_without_the_package_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra of irkit's."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    found = refused()
    assert found.code == "IRK153"
    assert "irkit[keyring]" in found.help


def test_a_machine_without_keyring() -> None:
    """The package is there and finds nothing that keeps secrets."""
    keyring.set_keyring(load_keyring("keyring.backends.fail.Keyring"))
    assert refused().code == "IRK158"


def test_a_keyring_that_fails_is_not_quoted(kept: PlaintextKeyring) -> None:
    """What a backend says may be of what it keeps; irkit names the kind of error."""
    Path(kept.file_path).write_text("hunter2\n")
    found = refused()
    assert found.code == "IRK158"
    assert "MissingSectionHeaderError" in found.summary
    assert "hunter2" not in f"{found}"
