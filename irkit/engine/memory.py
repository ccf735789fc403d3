"""A journal that forgets: for a bare `plan`, which records nothing because it writes nothing."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from irkit.canonical import Json, digest_bytes
from irkit.clock import Clock, rfc3339
from irkit.trail.protocol import Head
from irkit.trail.record import Draft, Record


@dataclass(slots=True)
class MemoryBlobs:
    """Blobs of one process."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def put(self, data: bytes) -> str:
        """Keep `data` and return its digest."""
        name = digest_bytes(data)
        self.kept[name] = data
        return name

    def put_chunks(self, chunks: Iterable[bytes]) -> str:
        """Keep what `chunks` make together and return its digest."""
        return self.put(b"".join(chunks))

    def get(self, digest: str) -> bytes:
        """Return the data with that digest."""
        return self.kept[digest]

    def reveal(self, commitment: Json) -> Json:
        """Return it as it is: this journal keeps nothing apart."""
        return commitment


@dataclass(slots=True)
class MemoryJournal:
    """Keeps records for as long as the process lives; signs and stores nothing."""

    clock: Clock
    records: list[Record] = field(default_factory=list)
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)

    def append(self, *drafts: Draft) -> tuple[Record, ...]:
        """Keep `drafts` in order."""
        added = tuple(self._record(draft, index) for index, draft in enumerate(drafts))
        self.records.extend(added)
        return added

    def enqueue(self, draft: Draft) -> None:
        """Keep `draft`."""
        self.append(draft)

    def flush(self) -> None:
        """Do nothing: there is nothing to make durable."""

    def replay(self, run: str | None = None) -> Iterator[Record]:
        """Give the records kept, all or those of one run."""
        return (record for record in self.records if run is None or record.run == run)

    def follow(self, after_n: int) -> Iterator[Record]:
        """Give the records after index `after_n`."""
        return iter(self.records[after_n + 1 :])

    def head(self) -> Head:
        """Return the size; there is no root to speak of."""
        return Head(size=len(self.records), root=hashlib.sha256(b"").digest())

    def _record(self, draft: Draft, offset: int) -> Record:
        n = len(self.records) + offset
        return Record(
            n=n,
            prev="",
            ts=rfc3339(self.clock()),
            boot="",
            mono=0,
            c=n,
            run=draft.run,
            rn=n,
            type=draft.type,
            actor=draft.actor,
            body=draft.body,
            leaf=b"",
        )
