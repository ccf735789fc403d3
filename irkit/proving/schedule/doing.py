"""Proving what is due: one after the other, under a lock, each attempt recorded as a proof.

A level that can be proven by a timer is a module of `levels/` with a `prove`, found by its file.
Drills are people's; a level without a module is left to them and stays due. An attempt that could
not be made is recorded as unknown: that it was tried and came to nothing is knowledge.
"""

import fcntl
import importlib
import os
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias, cast

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.own_bug import own_bug
from irkit.proving import proof as proving
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.schedule import levels
from irkit.proving.schedule.agenda import Item
from irkit.proving.shelf import Shelf, Shelved
from irkit.proving.testing.endings import Exits

Prove: TypeAlias = Callable[[Shelf, Shelved, Exits], Proof]


def able() -> frozenset[Level]:
    """Return the levels that can be proven by a timer."""
    words = {module.name for module in pkgutil.iter_modules(levels.__path__)}
    return frozenset(level for level in Level if level.word in words)


def waits(shelf: Shelf, item: Item, here: Path) -> str:
    """Return why an item that is due is not for a timer now; nothing if it is."""
    if item.level not in able():
        return "is not for a timer"
    orders = shelf.one(item.playbook, here).regime.canary
    if item.level is not Level.CANARY or orders is None:
        return ""
    hours = orders.quiet_at(shelf.session.clock())
    return f"waits for the end of the quiet hours: {hours.text}" if hours is not None else ""


@contextmanager
def alone(state: Path) -> Iterator[bool]:
    """Hold the schedule's lock; yield whether this process has it."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(state / "schedule.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(handle)


def prove(shelf: Shelf, item: Item, here: Path, exits: Exits) -> Proof:
    """Prove one item and record what came of it; `exits` are those that tests may expect.

    Raises:
        IrkitError: if the playbook cannot be loaded, or the proof cannot be recorded.
    """
    shelved = shelf.one(item.playbook, here)
    if shelved.problems:
        raise IrkitError(*shelved.problems)
    module = importlib.import_module(f"{levels.__name__}.{item.level.word}")
    try:
        proof = cast("Prove", module.prove)(shelf, shelved, exits)
    except IrkitError as error:
        proof = _came_to_nothing(shelf, shelved, item.level, error.diagnostics)
    except Exception as error:  # noqa: BLE001  # one level must not end the others
        proof = _came_to_nothing(shelf, shelved, item.level, (own_bug(error),))
    with shelf.session.journal(writing=True) as journal:
        proving.record(journal, shelf.session.actor, proof)
    return proof


def _came_to_nothing(
    shelf: Shelf, shelved: Shelved, level: Level, problems: tuple[Diagnostic, ...]
) -> Proof:
    subject = shelf.subject(shelved, level)
    assert subject is not None, "the playbook can be loaded"
    workspace = shelf.session.workspace
    return Proof(
        playbook=shelved.name,
        level=level,
        outcome=Outcome.UNKNOWN,
        subject=subject,
        where=f"{workspace.mode} {workspace.org}",
        took=timedelta(),
        problems=tuple(f"{item.code}: {item.summary}" for item in problems),
    )
