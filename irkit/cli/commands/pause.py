"""`irkit pause`: finish the change in flight, then wait."""

from typing import Annotated

import typer

from irkit.cli.opened import this


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
) -> int:
    """Finish the change in flight, then start nothing more until `irkit resume`."""
    from irkit.cli.steer import steer  # noqa: PLC0415

    me = this()
    with steer(me, run) as steering:
        steering.pause()
        me.output.say(
            f"Paused. What is in flight is finished. Go on with: irkit resume {steering.run.id}",
            run=steering.run.id,
        )
    return 0
