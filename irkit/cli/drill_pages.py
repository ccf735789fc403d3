"""`irkit drill run --listen`: pages beside a drill, and what the facilitator is told of them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from irkit.cli.opened import Invocation

if TYPE_CHECKING:
    from irkit.drill.exercise.live import Live
    from irkit.drill.pages.address import Listening
    from irkit.drill.pages.shown import Shown

_LOOK = 0.2
"""Seconds between two looks for a signal."""


@contextmanager
def wanted(listen: str, *, beyond: bool) -> "Iterator[Listening | None]":
    """Listen where the pages are to be served, before the drill begins; None where nobody wants.

    Raises:
        IrkitError: IRK863 for what is no address, IRK864 for one beyond this machine, IRK865 if it
            cannot be had.
    """
    if not listen:
        yield None
        return
    from irkit.drill.pages.address import address, listening  # noqa: PLC0415

    with listening(address(listen, beyond=beyond)) as door:
        yield door


@contextmanager
def served(me: Invocation, live: "Live", door: "Listening | None") -> Iterator[None]:
    """Serve the pages while a drill runs, if they are wanted, and say how people come in."""
    if door is None:
        yield
        return
    from irkit.drill.pages.server import serving  # noqa: PLC0415

    with serving(live, door) as shown:
        _say(me, shown)
        yield


def stay(me: Invocation, door: "Listening | None", over: Sequence[int]) -> None:
    """Keep the pages of a drill that is over until a signal comes: people talk it through."""
    if door is None or over:
        return
    me.output.hint("The pages stay for the debriefing. Ctrl-C ends them.")
    while not over:
        time.sleep(_LOOK)


def _say(me: Invocation, shown: "Shown") -> None:
    codes = shown.codes
    wide = max(len(role) for role, _ in codes)
    warning = (
        ""
        if shown.at.is_local
        else "\n  ▲ Beyond this machine, and NOT ENCRYPTED: who is on that network can read along."
    )
    me.output.say(
        f"[EXERCISE] In a browser, at {shown.at.url} (each role has its own code):{warning}\n"
        + "\n".join(f"  {role:{wide}}  {code}" for role, code in codes),
        url=shown.at.url,
        codes=dict(codes),
    )
