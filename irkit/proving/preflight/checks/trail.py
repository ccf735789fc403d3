"""Is the trail whole, can it be signed, and can the evidence be kept?

What is tried is this machine's: a file is made beside the journal and beside the evidence and taken
away again. No provider is written to.
"""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from irkit.diagnostics import IrkitError
from irkit.engine import checking
from irkit.engine.checking import Finding, State, good
from irkit.proving.preflight.site import Site
from irkit.trail.layout import Layout

_ROOM: Final = 100 * 1024 * 1024
"""Bytes that should be free: a run's records and evidence are far less."""


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield how key, journal, evidence store and disk stand."""
    for finding in checking.trail_key(site.session):
        yield Finding(
            subject="trail",
            state=finding.state,
            what=f"the key is {finding.what}" if finding.state is State.GOOD else finding.what,
            remedy=finding.remedy,
            code=finding.code,
        )
    try:
        with site.session.journal(writing=False) as journal:
            yield good("trail", f"{journal.origin}, {journal.head().size} records")
    except IrkitError as error:
        for item in error.diagnostics:
            yield checking.bad("trail", item)
        return
    layout = Layout(directory=site.session.workspace.trail_directory)
    for finding in (*_writable(layout.journal.parent), *_writable(layout.blobs), *_room(layout)):
        yield finding


def _writable(folder: Path) -> Iterator[Finding]:
    trial = folder / f".preflight-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trial.touch(mode=0o600)
        trial.unlink()
    except OSError as error:
        yield Finding(
            subject="trail",
            state=State.BAD,
            what=f"nothing can be written to {folder}: {error.strerror}",
            remedy="give it back to whoever runs irkit, with mode 0700",
        )


def _room(layout: Layout) -> Iterator[Finding]:
    free = shutil.disk_usage(layout.journal.parent).free
    if free >= _ROOM:
        yield good("trail", f"journal and evidence can be written, {free >> 20} MiB are free")
        return
    yield Finding(
        subject="trail",
        state=State.BAD,
        what=f"only {free >> 20} MiB are free: a run stops when it cannot record",
        remedy="make room, or move the workspace",
    )
