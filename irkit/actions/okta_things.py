"""One thing of an org by its id, such as a zone; and what there is where it is not."""

from typing import Final
from urllib.parse import quote

from irkit.actions.absent import OKTA, or_none
from irkit.actions.base import Readers
from irkit.actions.refusal import no_such
from irkit.actions.shape import maybe_text, text
from irkit.canonical import Json
from irkit.diagnostics import IrkitError

_SHOWN: Final = 8
_NAME: Final = ("name",)


def path_of(collection: str, item: str, *more: str) -> str:
    """Return the API path of one thing of `collection`, or of something below it."""
    return "/".join([collection, *(quote(part, safe="") for part in (item, *more))])


async def look(readers: Readers, collection: str, item: str) -> Json:
    """Return Okta's own record of a thing, None if there is none of that id."""
    reply = await or_none(readers.okta.get(path_of(collection, item)), OKTA)
    return None if reply is None else reply.body


async def fetch(
    readers: Readers, noun: str, collection: str, item: str, *, name: tuple[str, ...] = _NAME
) -> Json:
    """Return Okta's own record of a thing; `name` is where things of its kind have theirs.

    Raises:
        IrkitError: if there is none of that id; it says which there are.
    """
    record = await look(readers, collection, item)
    if record is None:
        raise missing(noun, item, await names(readers, collection, name))
    return record


async def names(readers: Readers, collection: str, name: tuple[str, ...] = _NAME) -> list[str]:
    """Return the name and id of each thing of `collection`."""
    found = await readers.okta.list(collection)
    return [f"{maybe_text(item, *name)} ({text(item, 'id')})" for item in found]


def missing(noun: str, item: str, there_are: list[str]) -> IrkitError:
    """Return the error for an id that names nothing, with what could have been meant."""
    more = f" and {len(there_are) - _SHOWN} more" if len(there_are) > _SHOWN else ""
    shown = ", ".join(there_are[:_SHOWN]) or "none"
    return no_such(noun, item, "give its id", there_are=f"{shown}{more}")
