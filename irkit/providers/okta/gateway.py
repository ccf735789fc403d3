"""The two handles on an Okta org: one that can only read, one that can write."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol

from irkit.canonical import Json, JsonObject
from irkit.providers.call import Reply


class OktaReader(Protocol):
    """Reads. There is no method here that could change anything."""

    @property
    def tenant(self) -> str:
        """Return `okta:<org id>`, as pinned and as the org itself said."""

    def now(self) -> datetime:
        """Return the org's clock: this machine's, corrected by the last `Date` header seen."""

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> Reply:
        """GET one resource, such as `/api/v1/users/00u1`.

        Raises:
            CallError: for every outcome that is not `ok`, after the retries a read may have.
        """

    def pages(self, path: str, query: Mapping[str, str] | None = None) -> AsyncIterator[Reply]:
        """Yield the pages of a collection to its end; an error on any page is raised."""

    async def caller(self) -> JsonObject:
        """Return whom irkit acts as here.

        For a service app its `client_id`; for an API token its owner (`user_id`, `login`) and the
        token (`token_id`, `token_name`).
        """

    async def list(self, path: str, query: Mapping[str, str] | None = None) -> list[JsonObject]:
        """Return every item of a collection."""


class OktaWriter(Protocol):
    """Writes, each sent once: retrying is the engine's decision."""

    async def take_turn(self) -> None:
        """Wait for the rate limit of the next write, as far as it is known which one that is."""

    def give_turn_back(self) -> None:
        """Give back a turn that no write used."""

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
    ) -> Reply:
        """Send one write.

        Raises:
            CallError: for every outcome that is not `ok`.
        """
