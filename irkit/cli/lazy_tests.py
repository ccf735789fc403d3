"""What lint knows of test files: their decoder is loaded only where there is one."""

from dataclasses import dataclass
from pathlib import Path

from irkit import assets
from irkit.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class LazyTests:
    """Test files (`irkit.engine.linting.Tests`)."""

    def check(self, path: Path, data: bytes, name: str) -> tuple[Diagnostic, ...]:
        """Return everything found in a test file."""
        from irkit.proving.testing.checking import check  # noqa: PLC0415

        return check(path, data, name)

    def covers(self, playbook: Path) -> bool:
        """Say whether there is a valid test file for a playbook."""
        path = playbook.with_name(f"{playbook.stem}{assets.TEST_ENDING}")
        if not path.is_file():
            return False
        from irkit.proving.testing.checking import covers  # noqa: PLC0415

        return covers(path)
