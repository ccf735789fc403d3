"""`irkit resolve`: a person decides about a change in doubt."""

from typing import Annotated

import typer

from irkit.cli.opened import this


def command(
    run: Annotated[str, typer.Argument(help="The run: its id, the start of it, `last`, a case.")],
    change: Annotated[str, typer.Argument(help="The change in doubt.")],
    *,
    because: Annotated[str, typer.Option(help="How you know; it is recorded.")],
    applied: Annotated[bool, typer.Option("--applied", help="It was made.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="It was not made: make it.")] = False,
    skip: Annotated[bool, typer.Option("--skip", help="Leave it out.")] = False,
) -> int:
    """Say what became of a change that a look could not settle: look yourself before."""
    from irkit.cli.steer import one_of, steer  # noqa: PLC0415
    from irkit.engine.steering import Decision  # noqa: PLC0415

    decision = one_of({Decision.APPLIED: applied, Decision.RETRY: retry, Decision.SKIP: skip})
    me = this()
    with steer(me, run) as steering:
        steering.resolve(change, decision, because)
        me.output.say(
            f"Recorded: {change} is {decision}. Go on with: irkit run {steering.run.id}",
            run=steering.run.id,
            change=change,
            decision=str(decision),
        )
    return 0
