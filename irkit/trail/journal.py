"""The journal in a file: append-only, signed, durable before it is acknowledged.

A commit is: lock → take in other writers' lines → one `write` of the records and the checkpoint
that covers them → one `fdatasync` → acknowledge. No acknowledged record is ever unsigned. Whatever
goes wrong while writing poisons the writer: it refuses from then on, and opening again recovers.
"""

import json
import os
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final, Self

from irkit.canonical import JsonObject, canonical, digest
from irkit.clock import Clock, system_clock
from irkit.diagnostics import IrkitError
from irkit.trail import head_cache, problems
from irkit.trail.chain import Chain
from irkit.trail.commit import build
from irkit.trail.draft import Prepared, prepare
from irkit.trail.files import Files
from irkit.trail.group import Group
from irkit.trail.head_cache import WORTH_IT
from irkit.trail.kept import Kept
from irkit.trail.keys import Signer
from irkit.trail.layout import Layout
from irkit.trail.note import NAME, VerifierKey
from irkit.trail.protocol import Head
from irkit.trail.record import Actor, Draft, Record, decode_line
from irkit.trail.scan import MAX_COMMIT, Scan
from irkit.trail.tail import check_rest, quarantine

SYSTEM: Final = Actor(id="irkit", kind="system", auth="trail-key")
_MARK_EVERY: Final = 64 * 1024
_GROUP_LIMIT: Final = MAX_COMMIT // 4
_RECENT: Final = 1024
"""How many of the last records are kept, with their bodies' bytes, for who follows closely."""


class Journal:
    """One workspace's journal, open for appending, or for reading where there is no signer."""

    def __init__(self, layout: Layout, files: Files, signer: Signer | None, clock: Clock) -> None:
        """Use `create` or `open` instead."""
        self._layout = layout
        self._files = files
        self._signer = signer
        self._clock = clock
        self._chain = Chain()
        self._offset = 0
        self._cached = 0
        self._marks: list[tuple[int, int]] = [(0, 0)]
        self._recent: deque[tuple[Record, bytes]] = deque(maxlen=_RECENT)
        self._io = threading.RLock()
        self._group = Group(self._commit, _GROUP_LIMIT)
        self._poison: IrkitError | None = None
        self.blobs = Kept(layout)

    @classmethod
    def create(
        cls,
        directory: Path,
        *,
        origin: str,
        signer: Signer,
        policy: JsonObject,
        clock: Clock = system_clock,
        actor: Actor = SYSTEM,
    ) -> Self:
        """Begin a trail in `directory`; its first record pins origin, policy and trail key.

        Raises:
            IrkitError: IRK701 if there is one already, IRK715 for an origin that cannot name a
            trail,
                IRK705 if it cannot be written.
        """
        if not NAME.fullmatch(origin):
            raise problems.bad_origin(origin)
        layout = Layout(directory=directory)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if layout.journal.exists():
            raise problems.exists(layout.journal)
        files = Files.create(layout)
        journal = cls(layout, files, signer, clock)
        key = VerifierKey(name=origin, public=signer.public)
        body: JsonObject = {
            "origin": origin,
            "policy": digest(policy),
            "policy_blob": journal.blobs.put(canonical(policy)),
            "vkeys": [str(key)],
        }
        journal._chain.origin = origin
        journal._chain.keys = {str(key): key}
        try:
            journal.append(Draft(type="trail.genesis", actor=actor, body=body))
            files.publish()
        except BaseException:
            files.close()
            raise
        return journal

    @classmethod
    def open(cls, directory: Path, *, signer: Signer | None, clock: Clock = system_clock) -> Self:
        """Open the trail in `directory`, recovering from an interrupted write if there was one.

        Without a signer it is open for reading, and an interrupted write is left as it is.

        Raises:
            IrkitError: IRK700 if there is none, IRK704 or IRK713 if it was altered (nothing is
                changed then), IRK706 if the signer is not one of its keys.
        """
        layout = Layout(directory=directory)
        journal = cls(layout, Files.open(layout, writing=signer is not None), signer, clock)
        try:
            journal._start()
            if signer is None:
                journal._take_in()
                journal._require_begun()
            else:
                with journal._files.locked():
                    journal._take_in_all()
                journal._require_begun()
                journal._vkey()
        except BaseException:
            journal.close()
            raise
        return journal

    @property
    def origin(self) -> str:
        """The name of this trail, which its checkpoints and approvals carry."""
        return self._chain.origin

    @property
    def vkeys(self) -> tuple[VerifierKey, ...]:
        """The keys that may sign checkpoints now."""
        return tuple(self._chain.keys.values())

    def append(self, *drafts: Draft) -> tuple[Record, ...]:
        """Record `drafts` in order; return when they are durable and signed.

        Raises:
            IrkitError: IRK702 for a draft that cannot be written (nothing is written then), IRK705
                if the disk failed, IRK704 if the journal was altered, IRK711 without a signer.
        """
        prepared = self._prepare(drafts)
        return self._group.wait(self._group.add(prepared))

    def enqueue(self, draft: Draft) -> None:
        """Let `draft` ride on the next commit; it comes before anything appended later.

        Raises:
            IrkitError: as `append` does for a draft that cannot be written.
        """
        self._group.add(self._prepare((draft,)))

    def flush(self) -> None:
        """Return when everything enqueued so far is durable and signed."""
        self._group.wait(self._group.add(()))
        if self._poison is not None:
            raise self._poison

    def replay(self, run: str | None = None) -> Iterator[Record]:
        """Give the records known to this process, all or those of one run, in order."""
        wanted = None if run is None else b'"run":' + canonical(run) + b","
        with self._io:
            end = self._offset
        for record in self._records(0, end, wanted):
            if run is None or record.run == run:
                yield record

    def follow(self, after_n: int) -> Iterator[Record]:
        """Take in other writers' records and give those after index `after_n`.

        Looks once and ends; with nothing new it costs one `fstat`.
        """
        with self._io:
            if self._files.size() > self._offset:
                self._take_in()
            size, end = self._chain.frontier.size, self._offset
            if after_n + 1 >= size:
                return
            known = self._known(after_n + 1)
            start = next(offset for n, offset in reversed(self._marks) if n <= after_n + 1)
        for record in known or self._records(start, end, None):
            if record.n > after_n:
                yield record

    def head(self) -> Head:
        """Return the size and root this process knows."""
        with self._io:
            return Head(size=self._chain.frontier.size, root=self._chain.frontier.root())

    def close(self) -> None:
        """Close the files; what was enqueued and never flushed is lost."""
        healthy = self._poison is None and self._chain.commits > 0 and self._files.is_open
        if self._signer is not None and healthy and self._offset - self._cached > WORTH_IT:
            head_cache.save(self._layout, self._chain, self._offset, self._signer)
        if self._signer is not None:
            self._signer.close()
        self._files.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _prepare(self, drafts: Sequence[Draft]) -> tuple[Prepared, ...]:
        if self._signer is None:
            raise problems.read_only()
        if self._poison is not None:
            raise self._poison
        if self._chain.commits and any(draft.type == "trail.genesis" for draft in drafts):
            raise problems.refused_draft("trail.genesis", "a trail begins once")
        return tuple(prepare(draft, self.blobs) for draft in drafts)

    def _start(self) -> None:
        """Begin where the cache says, if it can be believed."""
        cached = head_cache.load(self._layout, self._files, self._signer)
        if cached is not None:
            self._chain, self._offset, self._cached = cached.chain, cached.offset, cached.offset
            self._marks.append((cached.chain.frontier.size, cached.offset))

    def _require_begun(self) -> None:
        if self._chain.commits == 0:
            raise problems.damaged(self._layout.journal, 0, "it has no valid first commit")

    def _vkey(self) -> VerifierKey:
        if self._signer is None:
            raise problems.read_only()
        key = VerifierKey(name=self._chain.origin, public=self._signer.public)
        if str(key) not in self._chain.keys:
            raise problems.foreign_key(self._chain.origin)
        return key

    def _commit(self, batch: Sequence[Prepared]) -> tuple[Record, ...]:
        """Write one commit; called by one thread at a time."""
        if self._poison is not None:
            raise self._poison
        try:
            with self._io, self._files.locked():
                if self._chain.commits:
                    self._take_in_all()
                return self._write(batch)
        except BaseException as error:
            # Enqueued drafts have nobody waiting for them: nothing may be written after a loss.
            self._chain.rewind()
            self._poison = (
                error if isinstance(error, IrkitError) else problems.poisoned(repr(error))
            )
            raise self._poison from error

    def _write(self, batch: Sequence[Prepared]) -> tuple[Record, ...]:
        if self._chain.sealed:
            raise problems.sealed(self._chain.origin)
        key, signer = self._vkey(), self._signer
        assert signer is not None
        written = build(self._chain, batch, now=self._clock(), key=key, sign=signer.sign)
        try:
            self._files.write(written.data, at=self._offset)
        except OSError as error:
            raise problems.poisoned(error.strerror or str(error)) from error
        self._chain.close(written.note, check_signature=False)
        self._moved(self._offset + len(written.data))
        self._recent.extend(zip(written.records, (p.body for p in batch), strict=True))
        return written.records

    def _take_in_all(self) -> None:
        """Take in everything; quarantine what an interrupted write left. The lock is held."""
        self._files.require_same()
        if self._files.size() == self._offset:
            return
        self._take_in()
        rest = self._files.size() - self._offset
        if rest == 0:
            return
        data = check_rest(self._layout, self._files, self._chain, self._offset)
        self._vkey()
        body = quarantine(self._layout, self._files, data, self._offset)
        recovered = Draft(type="trail.recovered", actor=SYSTEM, body=body)
        self._write((prepare(recovered, self.blobs),))

    def _take_in(self) -> None:
        """Move along over the valid commits that are there."""
        with self._io, self._files.reader() as file:
            scan = Scan(file=file, chain=self._chain, offset=self._offset)
            for commit in scan.commits(self._files.size()):
                self._moved(scan.offset)
                self._recent.extend((record, b"") for record in commit.records)

    def _known(self, first: int) -> tuple[Record, ...]:
        """Return the records from index `first` on, if the last ones kept reach back so far.

        Bodies are as they will be read back from the file, not as callers handed them in.
        """
        if not self._recent or self._recent[0][0].n > first:
            return ()
        count = self._recent[-1][0].n - first + 1
        last = tuple(islice(reversed(self._recent), count))[::-1]
        return tuple(
            replace(record, body=json.loads(body)) if body else record for record, body in last
        )

    def _moved(self, offset: int) -> None:
        self._offset = offset
        if offset - self._marks[-1][1] >= _MARK_EVERY:
            self._marks.append((self._chain.frontier.size, offset))

    def _records(self, start: int, end: int, wanted: bytes | None) -> Iterator[Record]:
        with self._files.reader() as file:
            file.seek(start)
            while start < end:
                line = file.readline()
                start += len(line)
                if line[:1] == b"{" and (wanted is None or wanted in line):
                    yield decode_line(line[:-1])


def exists(directory: Path) -> bool:
    """Say whether there is a trail in `directory`."""
    return os.path.lexists(Layout(directory=directory).journal)
