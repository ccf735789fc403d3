"""Evidence and big values by digest: written once under `blobs/sha256/`, never changed."""

import hashlib
import os
import re
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from irkit.canonical import digest_bytes
from irkit.diagnostics import Diagnostic, IrkitError

_DIGEST: Final = re.compile(r"sha256:([0-9a-f]{2})([0-9a-f]{62})")


class BlobStore:
    """A directory of blobs."""

    __slots__ = ("_root",)

    def __init__(self, root: Path) -> None:
        """Use the directory `root`; it is made when the first blob is put."""
        self._root = root

    def put(self, data: bytes) -> str:
        """Store `data` durably and return its digest; the same data is stored once."""
        digest = digest_bytes(data)
        path = self.path(digest)
        if path.is_file() and path.stat().st_size == len(data):
            return digest
        return self.put_chunks((data,))

    def put_chunks(self, chunks: Iterable[bytes]) -> str:
        """Store what `chunks` make together, without holding all of it, and return its digest."""
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch = self._root / f".{secrets.token_hex(8)}"
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        hashed = hashlib.sha256()
        with os.fdopen(descriptor, "wb") as file:
            for chunk in chunks:
                hashed.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        digest = f"sha256:{hashed.hexdigest()}"
        path = self.path(digest)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        scratch.replace(path)
        sync_directory(path.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """Return the blob and check it against its digest.

        Raises:
            IrkitError: IRK710 if it is missing or altered.
        """
        try:
            data = self.path(digest).read_bytes()
        except OSError as error:
            raise _problem(f"the blob {digest} is missing") from error
        if digest_bytes(data) != digest:
            raise _problem(f"the blob {digest} was altered")
        return data

    def path(self, digest: str) -> Path:
        """Return where the blob is or would be.

        Raises:
            IrkitError: IRK710 if `digest` is malformed.
        """
        match = _DIGEST.fullmatch(digest)
        if match is None:
            raise _problem(f"{digest!r} is no digest")
        return self._root / "sha256" / match[1] / match[2]


def sync_directory(path: Path) -> None:
    """Make a new name in `path` durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _problem(summary: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK710",
            summary=summary,
            help="restore the workspace's trail directory from a copy, then run "
            "`irkit trail verify`",
        )
    )
