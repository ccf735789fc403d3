"""An environment in which the wheel is installed, and how to run something in it."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Installed:
    """An environment in which the wheel is installed."""

    home: Path
    wheel: Path

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run the installed `irkit` with nothing of this checkout in reach."""
        return self._run([str(self.home / "bin" / "irkit"), *arguments], cwd or self.home)

    def python(self, code: str) -> str:
        """Run a few lines in the environment and return what they print."""
        ran = self._run([str(self.home / "bin" / "python"), "-c", code], self.home)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout.strip()

    def _run(self, command: list[str], cwd: Path) -> subprocess.CompletedProcess[str]:
        keep = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        environment = {**keep, "HOME": str(self.home), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
