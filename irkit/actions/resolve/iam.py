"""Roles and users among the pinned accounts: by ARN, by name, by pattern."""

from collections.abc import AsyncIterator
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal, principal
from irkit.actions.base import Readers
from irkit.actions.resolve.result import ambiguous, not_found
from irkit.actions.shape import entries, entry, text
from irkit.canonical import Json, JsonObject

Kind: TypeAlias = Literal["role", "user"]

_LISTS: Final = {"role": ("list_roles", "Roles"), "user": ("list_users", "Users")}


async def one_of(kind: Kind, text_: str, readers: Readers) -> JsonObject:
    """Return the one role or user that `text_` names.

    Raises:
        IrkitError: if there is none, or one in several accounts.
    """
    found = [
        seen
        for wanted in _candidates(kind, text_, readers)
        if (seen := await _fetch(kind, wanted, readers)) is not None
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise ambiguous(f"IAM {kind}", text_, [text(seen, "arn") for seen in found])
    raise not_found(f"IAM {kind} of the pinned accounts", text_, "give its ARN")


async def matching(kind: Kind, pattern: str, readers: Readers) -> AsyncIterator[JsonObject]:
    """Yield the roles or users of all pinned accounts whose name or ARN matches."""
    if pattern.startswith("arn:") and not any(character in pattern for character in "*?["):
        for wanted in _candidates(kind, pattern, readers):
            exact = await _fetch(kind, wanted, readers)
            if exact is not None:
                yield exact
        return
    operation, name = _LISTS[kind]
    for account in readers.aws.accounts():
        async for page in readers.aws.pages("iam", operation, account=account):
            for record in entries(page.body, name):
                seen = _seen(kind, account, record)
                names = (text(seen, "name"), text(seen, "arn"))
                if any(fnmatchcase(item, pattern) for item in names):
                    yield seen


def _candidates(kind: Kind, text_: str, readers: Readers) -> tuple[Principal, ...]:
    if text_.startswith("arn:"):
        wanted = principal(kind, text_)
        return (wanted,) if wanted.account in readers.aws.accounts() else ()
    return tuple(principal(kind, text_, account) for account in readers.aws.accounts())


async def _fetch(kind: Kind, wanted: Principal, readers: Readers) -> "JsonObject | None":
    given: dict[str, Json] = {"RoleName" if kind == "role" else "UserName": wanted.name}
    call = readers.aws.call("iam", f"get_{kind}", given, account=wanted.account)
    reply = await or_none(call, IAM)
    if reply is None:
        return None
    return _seen(kind, wanted.account, entry(reply.body, kind.capitalize()))


def _seen(kind: Kind, account: str, record: JsonObject) -> JsonObject:
    title = kind.capitalize()
    return {
        "account": account,
        "id": text(record, f"{title}Id"),
        "arn": text(record, "Arn"),
        "name": text(record, f"{title}Name"),
    }
