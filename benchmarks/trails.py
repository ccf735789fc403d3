"""Trails to measure with, and the floor they stand on: this disk's fdatasync rate."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from irkit.trail.journal import Journal
from irkit.trail.keys import create_key_file
from irkit.trail.record import Actor, Draft

ACTOR = Actor(id="bench", kind="person", auth="local")
_LINE = b"x" * 899 + b"\n"


def draft(number: int) -> Draft:
    """Return a draft of the size an intent has."""
    return Draft(
        type="note",
        actor=ACTOR,
        body={
            "change": f"steps.suspend[user-{number:07d}]#suspend",
            "digest": "sha256:" + "0" * 64,
            "part": "sha256:" + "1" * 64,
            "attempt": 1,
            "approvals": [17, 18],
            "resolved": {"status": "SUSPENDED"},
        },
    )


@contextmanager
def new_trail(folder: Path | None = None) -> Iterator[Journal]:
    """Make a trail in `folder`, or in a temporary directory."""
    with TemporaryDirectory() as temporary:
        base = folder or Path(temporary)
        signer = create_key_file(base / "key")
        with Journal.create(
            base / "trail", origin="acme.example/irkit/bench", signer=signer, policy={}
        ) as journal:
            yield journal


def fdatasync_rate(seconds: float) -> float:
    """Return how many 900-byte appends a second this disk makes durable, one after the other."""
    with TemporaryDirectory() as folder:
        handle = os.open(Path(folder) / "floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            done, started = 0, time.perf_counter()
            while (passed := time.perf_counter() - started) < seconds:
                os.write(handle, _LINE)
                os.fdatasync(handle)
                done += 1
        finally:
            os.close(handle)
    return done / passed
