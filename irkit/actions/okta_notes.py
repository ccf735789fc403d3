"""Reading many lists of an org: what could not be read is a gap, never an empty list."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from irkit.actions.base import Readers
from irkit.actions.shape import entries
from irkit.canonical import Json, JsonObject
from irkit.providers.call import CallError


@dataclass(slots=True)
class Notes:
    """Reads lists and remembers which could not be read, and by which requests the rest was."""

    gaps: list[str] = field(default_factory=list)
    request_ids: list[str] = field(default_factory=list)

    async def read(
        self, readers: Readers, path: str, query: "Mapping[str, str] | None" = None
    ) -> list[JsonObject]:
        """Return every item of a collection; none, and a gap, if it cannot be read."""
        found: list[JsonObject] = []
        try:
            async for page in readers.okta.pages(path, query):
                found += entries({"page": page.body}, "page")
                self.request_ids.append(page.request_id)
        except CallError as error:
            self.gaps.append(f"{path}: {error.diagnostics[0].summary}")
            return []
        return found

    async def show(self, readers: Readers, path: str) -> Json:
        """Return one thing; None, and a gap, if it cannot be read."""
        try:
            reply = await readers.okta.get(path)
        except CallError as error:
            self.gaps.append(f"{path}: {error.diagnostics[0].summary}")
            return None
        self.request_ids.append(reply.request_id)
        return reply.body
