"""From what a person types to ids that never change meaning, one file an input type.

`resolve` reads one value and refuses what is ambiguous; `expand` reads a pattern of `protect` and
returns every target it means now.
"""

import importlib
from collections.abc import Sequence
from types import ModuleType
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.resolve.result import Resolved, cannot_resolve, without_connection
from irkit.model.change import Target

RESOLVED: Final = (
    "aws.access_key",
    "aws.account",
    "aws.instance",
    "aws.region",
    "aws.role",
    "aws.user",
    "okta.app",
    "okta.group",
    "okta.user",
)
"""The input types that mean something in a provider."""

ALL: Final = "all"
"""The text that means every item, where a type has a finite list."""

__all__ = ["ALL", "RESOLVED", "Resolved", "expand", "resolve", "resolve_list"]


async def resolve(kind: str, text: str, readers: Readers) -> Resolved:
    """Return what `text` means as an input of type `kind`.

    Raises:
        IrkitError: if it means nothing, or more than one thing (the candidates are listed).
        CallError: if the provider does not answer.
    """
    module = _module(kind, readers)
    found: Resolved = await module.resolve(text, readers)
    return found


async def resolve_list(
    kind: str, value: "str | Sequence[str]", readers: Readers
) -> tuple[Resolved, ...]:
    """Return what a list input means; `all` is every pinned account, or every region.

    Raises:
        IrkitError: as `resolve`, or if `all` means nothing for `kind`.
    """
    if isinstance(value, str):
        module = _module(kind, readers)
        if value != ALL or not hasattr(module, "everything"):
            raise cannot_resolve(f"`{value}` as list of {kind}", "give a list")
        texts: Sequence[str] = await module.everything(readers)
    else:
        texts = value
    return tuple([await resolve(kind, text, readers) for text in texts])


async def expand(kind: str, pattern: str, readers: Readers) -> tuple[Target, ...]:
    """Return every target that a pattern of `protect` means at present.

    Raises:
        IrkitError: if targets of `kind` cannot be protected.
        CallError: if the provider does not answer: nothing is then known to be unprotected.
    """
    module = _module(kind, readers)
    if not hasattr(module, "expand"):
        raise cannot_resolve(f"`{kind}` in `protect`", "protect users, groups, roles or accounts")
    found: tuple[Target, ...] = await module.expand(pattern, readers)
    return found


def _module(kind: str, readers: Readers) -> ModuleType:
    if kind not in RESOLVED:
        raise cannot_resolve(f"`{kind}`", f"the types are {', '.join(RESOLVED)}")
    provider = kind.partition(".")[0]
    reader = readers.okta_reader if provider == "okta" else readers.aws_reader
    if reader is None:
        raise without_connection(kind, provider)
    return importlib.import_module(f"irkit.actions.resolve.{kind.replace('.', '_')}")
