"""The commands that screens and reports tell people to type; every one works when pasted."""

import shlex
from collections.abc import Iterable


def approve(run: str) -> str:
    """Return how to approve what waits in a run; the key is found where people keep theirs."""
    return f"irkit approve {shlex.quote(run)}"


def confirm_break_glass(run: str) -> str:
    """Return how a second person confirms what was done alone."""
    return f"irkit approve {shlex.quote(run)} --confirm-breakglass"


def answer(run: str, step: str, names: Iterable[str] = ()) -> str:
    """Return how to answer a manual step; the values are the person's to fill in."""
    values = "".join(f" {name}={name.upper()}" for name in names)
    return f"irkit answer {shlex.quote(run)} {shlex.quote(step)}{values}"


def resolve(run: str, change: str) -> str:
    """Return how a person decides a change in doubt."""
    return f"irkit resolve {shlex.quote(run)} {shlex.quote(change)}"


def on(command: str, run: str) -> str:
    """Return a command that takes a run and nothing else: `irkit resume RUN`."""
    return f"irkit {command} {shlex.quote(run)}"


def report(run: str) -> str:
    """Return how to write the after-action report."""
    return f"irkit report {shlex.quote(run)} --format html"
