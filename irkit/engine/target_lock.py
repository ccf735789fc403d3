"""One change per target is in flight at a time, across runs: an advisory lock per target."""

import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio

_EVERY = 0.05


@asynccontextmanager
async def target_lock(folder: Path | None, key: str) -> AsyncIterator[None]:
    """Hold the lock of the target `key`; the kernel frees it if the process dies.

    Without a folder (a dry run) there is nothing to lock.
    """
    if folder is None:
        yield
        return
    os.makedirs(folder, mode=0o700, exist_ok=True)  # noqa: PTH103  # a pathlib call in async code
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await anyio.sleep(_EVERY)
        yield
    finally:
        os.close(handle)
