"""What is kept beside the journal: blobs by their digests, and openings of values kept apart."""

from irkit.canonical import Json
from irkit.trail.blobs import BlobStore
from irkit.trail.layout import Layout
from irkit.trail.openings import Openings


class Kept(BlobStore):
    """The blobs of one trail, and its openings."""

    __slots__ = ("openings",)

    def __init__(self, layout: Layout) -> None:
        """Use the directories of `layout`; each is made when something is put there."""
        super().__init__(layout.blobs)
        self.openings = Openings(layout.openings, layout.openings_key)

    def reveal(self, commitment: Json) -> Json:
        """Return the value behind a commitment.

        Raises:
            IrkitError: IRK740 if it cannot be shown.
        """
        return self.openings.get(commitment).value
