"""`irkit resume`: go on after a stop or a crash."""

from typing import Annotated

import typer

from irkit.cli.opened import this


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    accept_version: Annotated[
        bool,
        typer.Option("--accept-version", help="Go on although an action has another version now."),
    ] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Come back (4) instead of waiting for people.")
    ] = False,
    no_hold: Annotated[
        bool, typer.Option("--no-hold", help="Come back (3) instead of watching to the end.")
    ] = False,
) -> int:
    """Go on with a run after a stop, a pause or a crash.

    A change that was in flight is looked at first, and never repeated blindly.
    """
    from irkit.cli.driving import Ways  # noqa: PLC0415
    from irkit.cli.going_on import go_on  # noqa: PLC0415

    ways = Ways(wait=not no_wait, hold=not no_hold)
    return go_on(this(), run, ways, accept_versions=accept_version)
