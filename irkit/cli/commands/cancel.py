"""`irkit cancel`: stop a run for good."""

from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

if TYPE_CHECKING:
    from irkit.cli.at_run import AtRun


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    because: Annotated[str, typer.Option(help="Why; it is recorded.")] = "cancelled by hand",
) -> int:
    """Stop a run for good. What was done stays done: `irkit undo` takes it back."""
    from irkit.cli.at_run import at_run  # noqa: PLC0415
    from irkit.engine.steering import Steering  # noqa: PLC0415

    me = this()
    with at_run(me, run) as at:
        Steering(at.journal, at.run, me.session.actor).cancel(because)
        return _close(at)


def _close(at: "AtRun") -> int:
    """Close the run here, unless another process acts for it and hears of it there."""
    from irkit.cli.driving import Ways  # noqa: PLC0415
    from irkit.cli.going_on import drive  # noqa: PLC0415
    from irkit.diagnostics import IrkitError  # noqa: PLC0415

    try:
        with at.invocation.session.acting(at.run.id):
            pass
    except IrkitError:
        at.invocation.output.say(
            "Asked for. The process that acts for the run finishes what is in flight and closes "
            f"it; see: irkit status {at.run.id}",
            run=at.run.id,
        )
        return ExitCode.DONE
    code = drive(at, Ways(wait=False, hold=False))
    return ExitCode.DONE if code == ExitCode.STOPPED else code
