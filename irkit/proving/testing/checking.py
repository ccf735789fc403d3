"""Reading test files from disk: for lint, which wants all there is to find, and for running."""

from pathlib import Path

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.proving.testing.decode import decode, playbook_of
from irkit.proving.testing.suite import Suite


def check(path: Path, data: bytes, name: str) -> tuple[Diagnostic, ...]:
    """Return everything found in a test file."""
    return decode(data, name, playbook_of(path)).diagnostics


def covers(path: Path) -> bool:
    """Say whether a test file is valid and has cases."""
    if not path.is_file():
        return False
    suite = decode(path.read_bytes(), path.name, playbook_of(path)).suite
    return suite is not None and bool(suite.cases)


def load(path: Path, name: str = "") -> Suite:
    """Read a test file; `name` is what messages call it.

    Raises:
        IrkitError: with everything that is wrong with it.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        summary = f"{path} cannot be read: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK001", summary=summary)) from error
    decoded = decode(data, name or str(path), playbook_of(path))
    if decoded.suite is None:
        raise IrkitError(*decoded.diagnostics)
    return decoded.suite
