"""The demo: irkit's main job, told by its own commands, one after the other.

Every step is the command a person would type, run as a process of its own and shown before it
runs; nothing happens behind the scenes but the world, which is a process as well. It stops at
nothing, and leaves its workspace for exploring.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from irkit.cli.commands.world import TOLD
from irkit.cli.exits import ExitCode
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.proving.world_facts import VICTIM

PLAYBOOK: Final = "okta-user-federated-to-aws"
_MARK: Final = ".irkit/demo"
_READY_WITHIN: Final = 60.0
_FIRST_PORT: Final = 18801
_LAST_PORT: Final = 19801
_ALICE: Final = ("--as", "alice@acme.example")
_BOB: Final = ("--as", "bob@acme.example")
_DANA: Final = ("--as", "dana@acme.example")


@dataclass(frozen=True, slots=True)
class Scene:
    """One step: what it shows, the command, and the exit codes that belong to the story."""

    title: str
    command: tuple[str, ...]
    exits: tuple[int, ...] = (ExitCode.DONE,)


CONTAINED: Final = Scene(
    "It watches until nothing comes back, and only then says: contained.",
    ("resume", "last", *_DANA),
)
SCENES: Final = (
    Scene(
        "What would change? A plan reads for real and writes nothing.",
        ("plan", PLAYBOOK, "-i", f"user={VICTIM}"),
    ),
    Scene(
        "Dana opens the run. Nothing may happen before somebody approves.",
        ("run", PLAYBOOK, "-i", f"user={VICTIM}", "--no-wait", *_DANA),
        (ExitCode.WAITING,),
    ),
    Scene(
        "Alice reads what closes the door at Okta, and signs it with her own key.",
        ("approve", "last", "--part", "close-the-door", "--yes", *_ALICE),
    ),
    Scene(
        "Bob reads what is left, and signs that with his.",
        ("approve", "last", "--yes", *_BOB),
    ),
    Scene(
        "The run goes on: change by change, each read back. Then it asks a question.",
        ("resume", "last", "--no-wait", *_DANA),
        (ExitCode.WAITING,),
    ),
    Scene(
        "Somebody called the user: it was not them.",
        (
            "answer",
            "last",
            "ask.manual",
            "theirs=false",
            "notes=Called on the number HR holds. He has been on leave since Friday.",
            *_ALICE,
        ),
    ),
    CONTAINED,
    Scene("Is the trail whole, and who vouches for it?", ("trail", "verify", "--deep")),
    Scene(
        "The report, for those who were asleep.",
        ("report", "last", "--format", "html", "--out", "report.html"),
    ),
    Scene(
        "A bundle for an auditor who has no irkit.", ("trail", "export", "last", "--out", "bundle")
    ),
)
UNDO: Final = (
    Scene(
        "Taking it back is a run of its own, with its own plan and approvals.",
        ("undo", "last", "--no-wait", *_DANA),
        (ExitCode.WAITING,),
    ),
    Scene("Bob signs the way back with his own key.", ("approve", "last", "--yes", *_BOB)),
    Scene(
        "What came back, and what could not.",
        ("resume", "last", *_DANA),
    ),
    Scene("And the trail still stands.", ("trail", "verify")),
)


def play(folder: Path) -> int:
    """Play the whole demo in `folder` and return the exit code."""
    started = time.monotonic()
    _clear(folder)
    base = _free_ports()
    _run(
        folder.parent, Scene("A workspace for an exercise.", ("init", "--world", str(folder))), base
    )
    (folder / _MARK).write_text("made by `irkit world demo`, which may replace it\n")
    with _world(folder, base) as world:
        for scene in SCENES:
            _run(folder, scene)
            if scene is CONTAINED:
                _ask(world)
        _verify_bundle(folder)
        for scene in UNDO:
            _run(folder, scene)
    _end(folder, time.monotonic() - started)
    return ExitCode.DONE


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _show(title: str, command: Sequence[str]) -> None:
    shown = " ".join(f"'{word}'" if " " in word else word for word in command)
    _say(f"\n━━ {title}\n$ {shown}")


def _run(folder: Path, scene: Scene, base: int | None = None) -> None:
    command = list(scene.command)
    if base is not None:
        command += ["--port-base", str(base)]
    _show(scene.title, ["irkit", *command])
    done = subprocess.run(  # noqa: S603  # our own command, nobody's words in it
        [sys.executable, "-m", "irkit", *command], cwd=folder, env=_environment(), check=False
    )
    if done.returncode not in scene.exits:
        raise IrkitError(
            Diagnostic(
                code="IRK805",
                summary=f"the demo expected exit {scene.exits[0]} of `irkit {command[0]}` "
                f"and got {done.returncode}",
                help=f"its workspace is {folder}: try the command there by hand",
            )
        )


def _environment() -> dict[str, str]:
    """Return an environment in which nothing of this machine's own approvers or agents plays in."""
    dropped = {"IRKIT_WORKSPACE", "IRKIT_AS", "IRKIT_KEY", "SSH_AUTH_SOCK"}
    return {name: value for name, value in os.environ.items() if name not in dropped}


@contextmanager
def _world(folder: Path, base: int) -> Iterator[subprocess.Popen[str]]:
    """Keep the simulated world up for as long as the context lasts; its last words stay unsaid."""
    command = ["world", "up", "--port-base", str(base)]
    _show("Okta and AWS, simulated on loopback, with an intruder in them.", ["irkit", *command])
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "irkit", *command],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        hints = False  # what to type in another terminal is not for a demo
        for line in process.stdout:
            hints = hints or line.startswith("In another terminal")
            if line.startswith("Ctrl-C"):
                break
            if not hints:
                _say(line.rstrip("\n"))
        if process.poll() is not None:
            raise IrkitError(
                Diagnostic(
                    code="IRK806",
                    summary="the simulated world did not start",
                    help=f"try it by hand: cd {folder} && irkit world up",
                )
            )
        yield process
    finally:
        process.terminate()
        process.wait(timeout=_READY_WITHIN)


def _ask(world: "subprocess.Popen[str]") -> None:
    """Let the world try every credential itself, the intruder's and the innocent ones'."""
    _show("Is it true? The world tries every credential itself.", ["kill", "-USR1", "(the world)"])
    assert world.stdout is not None
    world.send_signal(signal.SIGUSR1)
    for line in world.stdout:
        if line.strip():
            _say(line.rstrip("\n"))
        if line.startswith(TOLD):
            return


def _verify_bundle(folder: Path) -> None:
    _show(
        "Checked by stock tools alone: ssh-keygen, openssl, sha256sum.",
        ["bash", "bundle/verify.sh"],
    )
    missing = [tool for tool in ("bash", "ssh-keygen", "openssl") if shutil.which(tool) is None]
    if missing:
        _say(f"skipped: {', '.join(missing)} is not installed; irkit itself does not need it")
        return
    done = subprocess.run(["bash", "verify.sh"], cwd=folder / "bundle", check=False)  # noqa: S607
    if done.returncode:
        raise IrkitError(
            Diagnostic(
                code="IRK807",
                summary="the bundle does not verify with stock tools",
                help=f"read {folder / 'bundle'} and what verify.sh printed",
            )
        )


def _clear(folder: Path) -> None:
    """Make room for the demo's workspace; only one that a demo made is ever removed."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / _MARK).is_file():
        raise IrkitError(
            Diagnostic(
                code="IRK808",
                summary=f"{folder} exists and was not made by the demo",
                help="name another place: irkit world demo --workspace DIR",
            )
        )
    shutil.rmtree(folder)


def _free_ports() -> int:
    """Return the first of two neighbouring ports that are free."""
    for base in range(_FIRST_PORT, _LAST_PORT, 10):
        if _is_free(base) and _is_free(base + 1):
            return base
    raise IrkitError(
        Diagnostic(code="IRK802", summary="no free ports for the world", help="stop what listens")
    )


def _is_free(port: int) -> bool:
    with socket.socket() as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _end(folder: Path, seconds: float) -> None:
    irkit = Path(sys.executable).parent / "irkit"
    shown = os.path.relpath(irkit) if irkit.exists() else "irkit"
    place = os.path.relpath(folder)
    _say(
        f"""
━━ Done in {seconds:.0f} s.
What was changed was signed before, read back, watched, recorded, checked, and taken back.

The workspace stays in {place}. Look around:
  {shown} --workspace {place} runs
  {shown} --workspace {place} trail show
  {shown} --workspace {place} report last
  {shown} --workspace {place} actions matrix
  {shown} --workspace {place} world up        # the world again, as new; then plan and run by hand
The report is {place}/report.html: open it in a browser."""
    )
