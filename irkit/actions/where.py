"""One region of one account, and the calls an action makes there."""

import re
from dataclasses import dataclass
from typing import Final

from irkit.actions.absent import or_none
from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.shape import entries
from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.secret import Secret

HOME: Final = "us-east-1"

_ARN: Final = re.compile(r"arn:aws[\w-]*:([\w-]+):([\w-]*):(\d{12}|):(.+)")
_ACCOUNT: Final = re.compile(r"\d{12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """A region of an account."""

    account: str
    region: str = HOME

    @property
    def tenant(self) -> str:
        """The account as targets name it."""
        return f"aws:{self.account}"

    def arn(self, service: str, rest: str) -> str:
        """Return the ARN of something that is here."""
        return f"arn:aws:{service}:{self.region}:{self.account}:{rest}"

    async def read(
        self,
        readers: Readers,
        service: str,
        operation: str,
        given: "dict[str, Json] | None" = None,
    ) -> Json:
        """Return the answer of one read."""
        reply = await readers.aws.call(
            service, operation, given, account=self.account, region=self.region
        )
        return reply.body

    async def find(
        self,
        readers: Readers,
        service: str,
        operation: str,
        given: "dict[str, Json]",
        absent: tuple[str, ...],
    ) -> Json:
        """Return the answer of one read, None if the provider says one of `absent`."""
        call = readers.aws.call(service, operation, given, account=self.account, region=self.region)
        reply = await or_none(call, absent)
        return None if reply is None else reply.body

    async def listed(
        self,
        readers: Readers,
        service: str,
        operation: str,
        name: str,
        given: "dict[str, Json] | None" = None,
    ) -> tuple[JsonObject, ...]:
        """Return everything called `name` of all pages of a read."""
        found: list[JsonObject] = []
        async for page in readers.aws.pages(
            service, operation, given, account=self.account, region=self.region
        ):
            found += entries(page.body, name)
        return tuple(found)

    async def send(
        self,
        writers: Writers,
        service: str,
        operation: str,
        given: "dict[str, Json | Secret]",
    ) -> Applied:
        """Make one write."""
        reply, _ = await writers.aws.send(
            service, operation, given, account=self.account, region=self.region
        )
        return Applied(request_ids=(reply.request_id,), status=reply.status)


def named(service: str, prefix: str, text: str, account: str, region: str) -> tuple[Where, str]:
    """Return where a resource is, and its name there.

    `text` is its ARN, whose last part begins with `prefix`, or its name in `account` and `region`.
    Some ARNs have no account, such as a snapshot's: those need `account` too.

    Raises:
        IrkitError: if it is neither, or `account` contradicts the ARN.
    """
    found = _ARN.fullmatch(text)
    if found and found[1] == service and found[4].startswith(prefix):
        owners = {found[3], account} - {""}
        if len(owners) == 1:
            where = Where(account=owners.pop(), region=found[2] or region)
            return where, found[4].removeprefix(prefix)
    if not text.startswith("arn:") and _ACCOUNT.fullmatch(account):
        return Where(account=account, region=region), text
    raise IrkitError(
        Diagnostic(
            code="IRK193",
            summary=f"`{text}` names nothing of {service} that can be found",
            help=f"give its ARN (arn:aws:{service}:REGION:ACCOUNT:{prefix}NAME), "
            "or its name and `account`",
        )
    )
