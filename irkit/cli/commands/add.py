"""`irkit add`: add targets to a step of a run."""

from typing import Annotated

import typer

from irkit.cli.opened import this


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    step: Annotated[str, typer.Argument(help="A step with `for_each`.")],
    targets: Annotated[list[str], typer.Argument(help="What to add, as JSON or text.")],
) -> int:
    """Add targets to a step's loop: a supplement with its own plan and approval."""
    from irkit.cli.added import add_targets  # noqa: PLC0415
    from irkit.cli.at_run import at_run  # noqa: PLC0415

    me = this()
    with at_run(me, run) as at:
        added = add_targets(at, step, targets)
        me.output.say(
            f"Added {len(added)} to {step}. They are planned and offered when the run goes on: "
            f"irkit run {at.run.id}",
            run=at.run.id,
            step=step,
            targets=list(added),
        )
    return 0
