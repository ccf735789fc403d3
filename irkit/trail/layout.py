"""Where the parts of a trail are on disk."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The directory of one workspace's trail."""

    directory: Path

    @property
    def journal(self) -> Path:
        """The single source of truth."""
        return self.directory / "journal.jsonl"

    @property
    def lock(self) -> Path:
        """What processes lock; a file of its own, so that it outlives the journal."""
        return self.directory / "journal.jsonl.lock"

    @property
    def head_cache(self) -> Path:
        """The frontier at some checkpoint; may be deleted."""
        return self.directory / "head.cache"

    @property
    def torn(self) -> Path:
        """Quarantined bytes of interrupted writes."""
        return self.directory / "torn"

    @property
    def anchors(self) -> Path:
        """What outside parties returned."""
        return self.directory / "anchors"

    @property
    def openings(self) -> Path:
        """Encrypted openings of redacted values."""
        return self.directory / "openings"

    @property
    def openings_key(self) -> Path:
        """What openings are encrypted with; not in the trail's directory, where copies look."""
        return self.directory.parent / "keys" / "openings"

    @property
    def blobs(self) -> Path:
        """Evidence and big values by digest."""
        return self.directory / "blobs"
