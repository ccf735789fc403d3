"""A workspace in a temporary directory, people with real ssh keys, and the command line on it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

from irkit.cli.main import application
from irkit.proving.world_facts import Place, facts
from irkit.workspace.init import init
from irkit.world.world import World

ALICE, BOB, CAROL = "alice@acme.example", "bob@acme.example", "carol@acme.example"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Mapping[str, Any]:
        """Return the last JSON line of the output."""
        return dict(json.loads(self.out.strip().split("\n")[-1]))

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the codes of the diagnostics, for commands run with --json."""
        lines = [line for line in self.err.split("\n") if line.startswith("{")]
        return tuple(json.loads(line)["code"] for line in lines)


@dataclass(slots=True)
class Desk:
    """One workspace and its command line."""

    root: Path
    keys: Path
    made: dict[str, Path] = field(default_factory=dict)

    def run(self, *args: str, who: str = ALICE) -> Said:
        """Run `irkit ARGS` in the workspace and return what it said."""
        words = ["--workspace", str(self.root), "--as", who, *args]
        out, err = _stream(), _stream()
        with redirect_stdout(out), redirect_stderr(err):
            code = application().main(words, prog_name="irkit", standalone_mode=False)
        said = Said(code or 0, _text(out), _text(err))
        assert "IRK900" not in said.err, said.err
        return said

    def ask(self, *args: str, who: str = ALICE) -> Said:
        """Run with `--json`."""
        return self.run("--json", *args, who=who)

    def key(self, name: str, *options: str) -> Path:
        """Return a person's private key file, made by `ssh-keygen` when first asked for."""
        if name not in self.made:
            path = self.keys / name.partition("@")[0]
            kind = options or ("-t", "ed25519")
            words = ["ssh-keygen", "-q", *kind, "-N", "", "-C", name, "-f", str(path)]
            subprocess.run(words, check=True)
            self.made[name] = path
        return self.made[name]

    def public(self, name: str) -> str:
        """Return the path of a person's public key."""
        return f"{self.key(name)}.pub"

    def enrol(self, *names: str, role: str = "ir-oncall") -> None:
        """Enrol people with their keys."""
        for name in names:
            said = self.ask("approvers", "add", name, "--key", self.public(name), "--role", role)
            assert said.code == 0, said.err

    def sealed(self, *names: str) -> None:
        """Enrol people and begin the trail."""
        self.enrol(*names)
        said = self.ask("approvers", "seal")
        assert said.code == 0, said.err


def make_desk(directory: Path) -> Desk:
    """Make a live workspace that nothing has been done in."""
    root, keys = directory / "workspace", directory / "keys"
    root.mkdir()
    keys.mkdir()
    init(root, org="acme")
    return Desk(root=root, keys=keys)


@contextmanager
def exercise(directory: Path) -> Iterator[tuple[Desk, World]]:
    """Serve a world with an intruder in it, and make a workspace that points at it."""
    root, keys = directory / "workspace", directory / "keys"
    root.mkdir()
    keys.mkdir()
    with World.start() as world:
        world.plant_intruder()
        place = _Here(okta=world.okta_url, aws=world.aws_url)
        init(root, world=facts(world, place))
        yield Desk(root=root, keys=keys), world


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here(Place):
    """A place at whatever ports were free."""

    okta: str
    aws: str

    @property
    def okta_url(self) -> str:
        """Return where Okta is."""
        return self.okta

    @property
    def aws_url(self) -> str:
        """Return where AWS is."""
        return self.aws


def _stream() -> TextIOWrapper:
    return TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, BytesIO)
    return stream.buffer.getvalue().decode()
