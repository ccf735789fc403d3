"""Where files are: which workspace a command works in.

A workspace is named by `--workspace` or `IRKIT_WORKSPACE`, or is the nearest directory above the
working directory that holds `irkit.yaml`. No file in a home directory is consulted.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError

WORKSPACE_FILE: Final = "irkit.yaml"
WORKSPACE_VARIABLE: Final = "IRKIT_WORKSPACE"


def find_workspace(
    start: Path, environment: Mapping[str, str], given: Path | None = None
) -> Path | None:
    """Return the workspace's directory, or None where there is none above `start`.

    Raises:
        IrkitError: if one was named and there is none.
    """
    named = given
    if named is None and environment.get(WORKSPACE_VARIABLE):
        named = Path(environment[WORKSPACE_VARIABLE])
    if named is not None:
        return _named(start / named)
    start = start.absolute()
    return next((d for d in (start, *start.parents) if (d / WORKSPACE_FILE).is_file()), None)


def require_workspace(
    start: Path, environment: Mapping[str, str], given: Path | None = None
) -> Path:
    """Return the workspace's directory.

    Raises:
        IrkitError: if there is none.
    """
    found = find_workspace(start, environment, given)
    if found is None:
        raise IrkitError(
            Diagnostic(
                code="IRK166",
                summary=f"there is no {WORKSPACE_FILE} in {start} or above it",
                help="make one with `irkit init`, or name one: --workspace DIR",
            )
        )
    return found


def _named(path: Path) -> Path:
    directory = path.parent if path.name == WORKSPACE_FILE else path
    if (directory / WORKSPACE_FILE).is_file():
        return directory.absolute()
    raise IrkitError(
        Diagnostic(
            code="IRK166",
            summary=f"{directory} is no workspace: it holds no {WORKSPACE_FILE}",
            help=f"make one there: irkit init --workspace {directory}",
        )
    )
