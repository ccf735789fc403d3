"""The files irkit ships: `playbooks/` and `templates/`, in an installed wheel or a checkout.

In a wheel they are beside this module in `_assets`; in a checkout they are at its top level.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError

TEST_ENDING: Final = ".test.yaml"
"""How the name of a test file ends; what stands before is the playbook's."""

_PACKAGE: Final = Path(__file__).resolve().parent


def directory(name: str) -> Path:
    """Return the directory `playbooks` or `templates`.

    Raises:
        IrkitError: if this installation lacks it.
    """
    for base in (_PACKAGE / "_assets", _PACKAGE.parent):
        path = base / name
        if path.is_dir():
            return path
    raise IrkitError(
        Diagnostic(
            code="IRK901",
            summary=f"this installation lacks its `{name}` directory",
            help="install irkit again",
        )
    )


def playbooks() -> Path:
    """Return the directory of the shipped playbooks."""
    return directory("playbooks")


def templates() -> Path:
    """Return the directory of the shipped templates."""
    return directory("templates")


def playbook_files(under: Path) -> Iterator[Path]:
    """Yield the playbooks of a directory by name, without their tests."""
    for path in sorted(under.glob("*.yaml")):
        if not path.name.endswith(TEST_ENDING) and path.is_file():
            yield path


def find_playbook(name: str, own: Path | None, here: Path) -> Path:
    """Return the file of a playbook: a path, or an id looked for in `own` and then among ours.

    Raises:
        IrkitError: if there is none; the message lists what there is.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name:
        path = here / name
        if path.is_file():
            return path
        raise _absent(name, own)
    for base in _bases(own):
        path = base / f"{name}.yaml"
        if path.is_file():
            return path
    raise _absent(name, own)


def _bases(own: Path | None) -> Iterator[Path]:
    if own is not None and own.is_dir():
        yield own
    for base in (_PACKAGE / "_assets", _PACKAGE.parent):
        if (base / "playbooks").is_dir():
            yield base / "playbooks"
            return


def _absent(name: str, own: Path | None) -> IrkitError:
    known = sorted({path.stem for base in _bases(own) for path in playbook_files(base)})
    listed = f"there is {', '.join(known)}" if known else "there are none yet"
    return IrkitError(
        Diagnostic(code="IRK205", summary=f"there is no playbook `{name}`", help=listed)
    )
