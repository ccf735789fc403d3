"""The two handles on AWS accounts: one that can only read, one that can write.

Operations have boto3's names (`iam`, `list_access_keys`), parameters and results AWS's own
(`UserName`). Times in results are RFC 3339 text, bytes are base64 text.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from typing import Protocol

from irkit.canonical import Json, JsonObject
from irkit.providers.call import Reply
from irkit.secret import Secret


class AwsReader(Protocol):
    """Reads. An operation that is not known to read is refused before it is sent."""

    def accounts(self) -> tuple[str, ...]:
        """Return the pinned account ids this connection may be used for."""

    async def regions(self, account: str) -> tuple[str, ...]:
        """Return the enabled regions of `account` that the configuration includes."""

    async def regions_left_out(self, account: str) -> tuple[str, ...]:
        """Return the enabled regions of `account` that the configuration leaves out."""

    async def caller(self, account: str) -> JsonObject:
        """Return `sts:GetCallerIdentity` of the credentials used in `account`.

        Besides: `AccessKeyId` is the key in use, `Source` the identity of the first credentials,
        `WriteRole` the ARN of the role that changes are made with (empty: the first credentials).
        """

    def now(self) -> datetime:
        """Return AWS's clock: this machine's, corrected by the last `Date` header seen."""

    async def call(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Json] | None = None,
        *,
        account: str,
        region: str = "us-east-1",
        root_through: str = "",
    ) -> Reply:
        """Make one read.

        With `root_through`, the management account, it is made as the root user of `account`, in a
        session that can only look at that user's own credentials.

        Raises:
            CallError: for every outcome that is not `ok`, after the retries a read may have; and
                for an answer that has further pages, which is no answer yet.
        """

    def pages(
        self,
        service: str,
        operation: str,
        parameters: Mapping[str, Json] | None = None,
        *,
        account: str,
        region: str = "us-east-1",
    ) -> AsyncIterator[Reply]:
        """Yield all pages of a paginated read; an error on any page is raised."""


class AwsWriter(Protocol):
    """Writes, each sent once: retrying is the engine's decision."""

    async def take_turn(self) -> None:
        """Wait for the rate limit of the next write, as far as it is known which one that is."""

    def give_turn_back(self) -> None:
        """Give back a turn that no write used."""

    async def send(
        self,
        service: str,
        operation: str,
        parameters: "Mapping[str, Json | Secret] | None" = None,
        *,
        account: str,
        region: str = "us-east-1",
        secrets: tuple[str, ...] = (),
        root_through: str = "",
    ) -> tuple[Reply, Mapping[str, Secret]]:
        """Send one write; top-level parameters may be secrets.

        With `root_through`, the management account, it is sent as the root user of `account`, in a
        session that can only remove that user's own credentials.

        `secrets` names result fields by dotted path (`AccessKey.SecretAccessKey`): they come back
        apart, as `Secret`, and the reply's body holds a mask in their place.

        Raises:
            CallError: for every outcome that is not `ok`.
        """


class AwsRehearser(Protocol):
    """Asks EC2 whether it would carry a change out, with the role that makes changes.

    Every call is made with `DryRun`, which this handle sets itself: it cannot change anything.
    """

    async def rehearse(
        self,
        operation: str,
        parameters: Mapping[str, Json],
        *,
        account: str,
        region: str,
    ) -> None:
        """Return if EC2 says that the call would have succeeded.

        Raises:
            CallError: as EC2 refuses it, or if this operation cannot be rehearsed (not sent).
        """
