"""The few refusals that are answers: the thing asked for does not exist.

Only the provider's own words for it count. A 404 from a proxy is not one of them.
"""

from collections.abc import Awaitable
from typing import Final, TypeVar

from irkit.providers.call import CallError, Outcome

T = TypeVar("T")

OKTA: Final = ("E0000007",)
IAM: Final = ("NoSuchEntity", "NoSuchEntityException")


async def or_none(call: Awaitable[T], codes: tuple[str, ...]) -> T | None:
    """Return the answer of `call`, or None if the provider says that there is no such thing.

    Raises:
        CallError: for every other failure.
    """
    try:
        return await call
    except CallError as error:
        if says(error, codes):
            return None
        raise


def says(error: CallError, codes: tuple[str, ...]) -> bool:
    """Say whether the provider refused with one of `codes`."""
    return error.outcome is Outcome.REJECTED and error.error in codes
