"""A terminal for tests: runs commands in this process and keeps what they said."""

import io
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from irkit.cli.main import application

KAI = "kai.contractor@acme.example"
ALICE, BOB, DANA = "alice@acme.example", "bob@acme.example", "dana@acme.example"
FEDERATED = "okta-user-federated-to-aws"


_NOBODY = {"SSH_AUTH_SOCK": "", "IRKIT_AS": "", "IRKIT_KEY": ""}


class _Captured(io.TextIOWrapper):
    """A stream that is no terminal and speaks UTF-8."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    @property
    def text(self) -> str:
        """Return what was written."""
        assert isinstance(self.buffer, io.BytesIO)
        return self.buffer.getvalue().decode()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables for as long as a command runs."""
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@dataclass(frozen=True, slots=True)
class Said:
    """What one command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return the JSON lines of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def diagnostics(self) -> list[dict[str, Any]]:
        """Return the JSON lines of standard error."""
        return [json.loads(line) for line in self.err.splitlines()]

    @property
    def codes(self) -> list[str]:
        """Return the diagnostics' codes."""
        return [item["code"] for item in self.diagnostics]

    def view(self, name: str) -> dict[str, Any]:
        """Return the last line of one view."""
        return [line for line in self.lines if line["view"] == name][-1]

    def views(self, name: str) -> list[dict[str, Any]]:
        """Return the lines of one view."""
        return [line for line in self.lines if line.get("view") == name]


@dataclass(frozen=True, slots=True)
class Terminal:
    """Types commands in a workspace."""

    root: Path

    def run(self, *words: str, who: str = "", env: Mapping[str, str] | None = None) -> Said:
        """Type one command as `who`."""
        acting = ("--as", who) if who else ()
        out, err = _Captured(), _Captured()
        with _environment({**_NOBODY, **(env or {})}), redirect_stdout(out), redirect_stderr(err):
            code = application().main([*words, *acting], standalone_mode=False)
        return Said(code, out.text, err.text)

    def here(self, *words: str, who: str = "", **more: Any) -> Said:
        """Type one command in the workspace."""
        return self.run("--workspace", str(self.root), *words, who=who, **more)

    def json(self, *words: str, who: str = "", **more: Any) -> Said:
        """Type one command in the workspace and ask for JSON lines."""
        return self.here("--json", "--debug", *words, who=who, **more)

    def approve(self, run: str, who: str, *words: str) -> Said:
        """Approve a run with the key of `who`."""
        return self.json("approve", run, "--yes", *words, who=who)

    def edit(self, old: str, new: str, file: str = "irkit.yaml") -> None:
        """Change one text in a file of the workspace."""
        path = self.root / file
        text = path.read_text()
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new))


def free_port_base() -> int:
    """Return a port that is free, as is the one after it; each process looks in another place."""
    start = 20_001 + os.getpid() % 2_000 * 4
    for base in range(start, start + 1_000, 2):
        try:
            for port in (base, base + 1):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return base
    raise AssertionError("no two ports in a row are free")
