"""The journal's file descriptors: lock, write at the end, make durable."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Self

from irkit.trail import problems
from irkit.trail.blobs import sync_directory
from irkit.trail.layout import Layout


@dataclass(slots=True, kw_only=True)
class Files:
    """An open journal and its lock; `lock` is None when it is open for reading only.

    `unpublished` is the file of a journal that has no first commit yet.
    """

    layout: Layout
    journal: int
    lock: int | None
    unpublished: Path | None = None

    @classmethod
    def create(cls, layout: Layout) -> Self:
        """Make an empty journal under a name of its own; `publish` gives it the journal's.

        Raises:
            IrkitError: IRK705 if it cannot be made.
        """
        try:
            journal, unnamed = mkstemp(prefix=f"{layout.journal.name}.", dir=layout.directory)
        except OSError as error:
            raise problems.poisoned(error.strerror or str(error)) from error
        return cls(
            layout=layout, journal=journal, lock=_open_lock(layout), unpublished=Path(unnamed)
        )

    def publish(self) -> None:
        """Give a new journal its name, durably: whoever finds a journal finds its first commit.

        Raises:
            IrkitError: IRK701 if another process was faster, IRK705 if it cannot be done.
        """
        assert self.unpublished is not None
        try:
            self.layout.journal.hardlink_to(self.unpublished)
        except FileExistsError as error:
            raise problems.exists(self.layout.journal) from error
        except OSError as error:
            raise problems.poisoned(error.strerror or str(error)) from error
        self._drop_unpublished()
        sync_directory(self.layout.directory)

    @classmethod
    def open(cls, layout: Layout, *, writing: bool) -> Self:
        """Open the journal that is there.

        Raises:
            IrkitError: IRK700 if there is none.
        """
        mode = os.O_RDWR if writing else os.O_RDONLY
        try:
            journal = os.open(layout.journal, mode | os.O_CLOEXEC)
        except OSError as error:
            raise problems.missing(layout.journal) from error
        return cls(layout=layout, journal=journal, lock=_open_lock(layout) if writing else None)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock that excludes other processes."""
        if self.lock is None:
            raise problems.read_only()
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self.lock, fcntl.LOCK_UN)

    @property
    def is_open(self) -> bool:
        """Say whether the journal has not been closed."""
        return self.journal >= 0

    def size(self) -> int:
        """Return the journal's size now."""
        return os.fstat(self.journal).st_size

    def require_same(self) -> None:
        """Require that the journal's name still leads to the open file.

        Raises:
            IrkitError: IRK704 if it was replaced or removed.
        """
        ours = os.fstat(self.journal)
        try:
            there = self.layout.journal.stat()
        except OSError as error:
            raise problems.damaged(self.layout.journal, 0, "it was removed") from error
        if (ours.st_dev, ours.st_ino) != (there.st_dev, there.st_ino):
            raise problems.damaged(self.layout.journal, 0, "it was replaced by another file")

    @contextmanager
    def reader(self) -> Iterator[BinaryIO]:
        """Give a buffered reader of its own position."""
        with self.layout.journal.open("rb") as file:
            yield file

    def read(self, start: int) -> bytes:
        """Return the bytes from `start` to the end."""
        with self.reader() as file:
            file.seek(start)
            return file.read()

    def write(self, data: bytes, *, at: int) -> None:
        """Write `data` at the end, which is `at`, and make it durable."""
        written = 0
        while written < len(data):
            written += os.pwrite(self.journal, data[written:], at + written)
        os.fdatasync(self.journal)

    def truncate(self, size: int) -> None:
        """Cut the journal to `size` bytes, durably."""
        os.ftruncate(self.journal, size)
        os.fsync(self.journal)

    def close(self) -> None:
        """Close the descriptors."""
        if self.journal >= 0:
            os.close(self.journal)
            self.journal = -1
        if self.lock is not None:
            os.close(self.lock)
            self.lock = None
        self._drop_unpublished()

    def _drop_unpublished(self) -> None:
        if self.unpublished is not None:
            self.unpublished.unlink(missing_ok=True)
            self.unpublished = None


def _open_lock(layout: Layout) -> int:
    return os.open(layout.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
