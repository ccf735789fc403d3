"""Finding scenarios: those that irkit ships, and those of a workspace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from irkit import assets
from irkit.decode import nearest
from irkit.diagnostics import Diagnostic, IrkitError, has_errors
from irkit.drill.scenario.checks import check
from irkit.drill.scenario.decode import decode
from irkit.drill.scenario.model import Scenario
from irkit.model.spec import Catalogue

FOLDER: Final = "scenarios"


def files(own: Path | None) -> Iterator[Path]:
    """Yield the scenarios of a workspace's playbook folder and the shipped ones, each id once."""
    seen: set[str] = set()
    for base in (own, assets.playbooks()):
        folder = base / FOLDER if base is not None else None
        if folder is None or not folder.is_dir():
            continue
        for path in sorted(folder.glob("*.yaml")):
            if path.stem not in seen:
                seen.add(path.stem)
                yield path


def find(name: str, own: Path | None, here: Path) -> Path:
    """Return the file of a scenario: a path, or an id.

    Raises:
        IrkitError: if there is none.
    """
    if name.endswith((".yaml", ".yml")) or "/" in name:
        if (here / name).is_file():
            return here / name
    else:
        for path in files(own):
            if path.stem == name:
                return path
    known = [path.stem for path in files(own)]
    near = nearest(name, known)
    meant = f"did you mean `{near}`?" if near else f"there is {', '.join(known)}"
    raise IrkitError(
        Diagnostic(code="IRK852", summary=f"there is no scenario `{name}`", help=meant)
    )


def load(path: Path, catalogue: Catalogue, name: str = "") -> Scenario:
    """Read and check a scenario; `name` is what messages call its file.

    Raises:
        IrkitError: with everything that is wrong with it. Nothing of it is started then.
    """
    scenario, found = checked(path.read_bytes(), name or str(path), catalogue)
    if scenario is None or has_errors(found):
        raise IrkitError(*found)
    return scenario


def checked(
    data: bytes, name: str, catalogue: Catalogue
) -> tuple[Scenario | None, tuple[Diagnostic, ...]]:
    """Decode a scenario and check its story; return it, if it decodes, and all that was found."""
    decoded = decode(data, name)
    if decoded.scenario is None:
        return None, decoded.diagnostics
    return decoded.scenario, (*decoded.diagnostics, *check(decoded.scenario, catalogue))
