"""A connection to a scripted org, for tests of the Okta transport."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, TypeVar

import anyio

from irkit.clock import system_clock
from irkit.providers.call import BeforeSend
from irkit.providers.limits import Wait
from irkit.providers.okta.live import OktaConnection
from irkit.providers.okta.settings import OktaSettings, Ssws
from irkit.providers.retry import Patience
from irkit.secret import Secret

T = TypeVar("T")

TOKEN = "00tokenThatNobodyMaySee"
ORG = "00o1acme"
ONCE = Patience(attempts=1, first_pause=0.0)


def settings(url: str, **changes: Any) -> OktaSettings:
    """Return settings for the org at `url`."""
    base = OktaSettings(
        org_url=url,
        org_id=ORG,
        auth=Ssws(token=Secret(TOKEN)),
        user_agent="irkit/0.1 run/01TEST",
        timeout=0.5,
        connect_timeout=0.5,
    )
    return replace(base, **changes)


def connected(
    url: str,
    work: Callable[[OktaConnection], Awaitable[T]],
    *,
    patience: Patience = ONCE,
    waits: list[Wait] | None = None,
    before_send: BeforeSend | None = None,
    **changes: Any,
) -> T:
    """Do `work` with a connection to `url` and close it."""

    async def main() -> T:
        async with OktaConnection.open(
            settings(url, **changes),
            clock=system_clock,
            on_wait=None if waits is None else waits.append,
            before_send=before_send,
            patience=patience,
        ) as connection:
            return await work(connection)

    return anyio.run(main)
