"""`irkit replan`: plan drifted items again."""

from typing import Annotated

import typer

from irkit.cli.opened import this


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    *,
    override: Annotated[
        str,
        typer.Option(metavar="STEP", help="A step that a guard refused; two people must sign it."),
    ] = "",
    because: Annotated[str, typer.Option(help="Why the guard is overridden; recorded.")] = "",
) -> int:
    """Plan again what drifted, failed, was refused, lost or is too old; it needs an approval."""
    from irkit.cli.at_run import at_run, tallies  # noqa: PLC0415
    from irkit.cli.driving import Ways  # noqa: PLC0415
    from irkit.cli.going_on import drive  # noqa: PLC0415
    from irkit.engine.steering import Steering  # noqa: PLC0415

    me = this()
    if override and not because:
        raise typer.BadParameter("say why with --because", param_hint="--override")
    with at_run(me, run) as at:
        me.session.check_policy(at.consent)
        if override:
            guard = Steering(at.journal, at.run, me.session.actor).override(override, because)
            me.output.hint(f"planning {override} again, to override the guard {guard}")
            return drive(at, Ways(wait=False, hold=False))
        now = me.session.clock()
        over = {
            part
            for part, tally in tallies(me, at.run, at.consent).items()
            if tally.denied_by or at.consent.too_old(at.run, part, now)
        }
        paths = Steering(at.journal, at.run, me.session.actor).replan(over)
        me.output.hint(f"planning again: {', '.join(paths)}")
        return drive(at, Ways(wait=False, hold=False))
