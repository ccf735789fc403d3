"""The two shapes most calls to AWS have: a list read to its end, and one write."""

from collections.abc import Mapping

from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.shape import entries
from irkit.canonical import Json, JsonObject
from irkit.secret import Secret

HOME_REGION = "us-east-1"


async def all_of(
    readers: Readers,
    service: str,
    operation: str,
    name: str,
    parameters: Mapping[str, Json] | None = None,
    *,
    account: str,
    region: str = HOME_REGION,
) -> tuple[JsonObject, ...]:
    """Return the objects that all pages of a listing hold under `name`."""
    found: list[JsonObject] = []
    async for page in readers.aws.pages(
        service, operation, parameters, account=account, region=region
    ):
        found += entries(page.body, name)
    return tuple(found)


async def sent(
    writers: Writers,
    service: str,
    operation: str,
    parameters: "Mapping[str, Json | Secret]",
    *,
    account: str,
    region: str = HOME_REGION,
) -> Applied:
    """Send one write and return what a change leaves behind."""
    reply, _ = await writers.aws.send(
        service, operation, parameters, account=account, region=region
    )
    return Applied(request_ids=(reply.request_id,), status=reply.status)
