"""The tutorials, typed as they stand: every command works, and says what the page shows."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from console import Typed, commands, unsaid
from docs_files import DOCS, free_ports

_IRKIT = Path(sys.executable).parent
_READY = "Ctrl-C ends it."


class _Shell:
    """Types commands one after the other, as one person in one directory would."""

    def __init__(self, directory: Path, port_base: int) -> None:
        self.directory = directory
        self.port_base = port_base
        self.environment = {
            "PATH": f"{_IRKIT}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(directory),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
        }

    def type(self, command: str) -> tuple[int, str]:
        """Type one command and return its exit code and all it said."""
        if command.startswith("cd "):
            self.directory /= command.removeprefix("cd ")
            return 0, ""
        if command.startswith("export "):
            name, _, value = command.removeprefix("export ").partition("=")
            self.environment[name] = value
            return 0, ""
        done = subprocess.run(
            ["bash", "-c", self.suited(command)],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    @contextmanager
    def beside(self, command: str) -> Iterator[list[str]]:
        """Keep a command going in a terminal of its own; yield what it said at first."""
        process = subprocess.Popen(
            self.suited(command).split(),
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            said: list[str] = []
            for line in process.stdout:
                said.append(line.rstrip("\n"))
                if line.startswith(_READY):
                    break
            yield said
        finally:
            process.terminate()
            process.wait(timeout=20)
            if process.stdout is not None:
                process.stdout.close()

    def suited(self, command: str) -> str:
        """Return `command` for a test: at ports of its own, and with nobody there to ask."""
        if command.startswith(("irkit init acme --world", "irkit world up")):
            return f"{command} --port-base {self.port_base}"
        return f"{command} --yes" if command.startswith("irkit approve ") else command


def _judge(typed: Typed, code: int, output: str) -> None:
    assert code == typed.code, f"`{typed.command}` ended with {code}:\n{output}"
    missing = unsaid(typed.shown, output)
    assert not missing, f"`{typed.command}` does not say {missing}; it says:\n{output}"


@pytest.mark.timeout(180)
def test_the_first_containment_works_as_written(tmp_path: Path) -> None:
    """From `irkit init --world` to the undo: each command ends and speaks as the page says."""
    shell = _Shell(tmp_path, free_ports())
    steps = list(commands(DOCS / "tutorial" / "first-containment.md"))
    split = next(index for index, step in enumerate(steps) if step.background)
    for step in steps[:split]:
        _judge(step, *shell.type(step.command))
    with shell.beside(steps[split].command) as said:
        assert not unsaid(steps[split].shown, "\n".join(said))
        for step in steps[split + 1 :]:
            _judge(step, *shell.type(step.command))


def test_the_first_day_works_as_written(tmp_path: Path) -> None:
    """A live workspace is made, its people enrolled and its policy sealed, as the page says."""
    shell = _Shell(tmp_path, 0)
    steps = list(commands(DOCS / "tutorial" / "live-first-day.md"))
    assert steps, "the page has no commands any more"
    for step in steps:
        _judge(step, *shell.type(step.command))
