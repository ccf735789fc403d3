"""`irkit skip`: leave a step or one change out, with a reason."""

from typing import Annotated

import typer

from irkit.cli.opened import this


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    step: Annotated[
        str, typer.Argument(metavar="STEP|CHANGE", help="As the plan and the progress name it.")
    ],
    because: Annotated[str, typer.Option(help="Why; it is recorded.")],
) -> int:
    """Leave out a step, or one change of it. The run cannot be `contained` after that."""
    from irkit.cli.steer import steer  # noqa: PLC0415

    me = this()
    with steer(me, run) as steering:
        changes = steering.skip(step, because)
        told = f"{len(changes)} changes are not made" if changes else f"{step} is left out"
        me.output.say(
            f"Recorded: {told}. Go on with: irkit run {steering.run.id}",
            run=steering.run.id,
            step=step,
            changes=list(changes),
        )
    return 0
