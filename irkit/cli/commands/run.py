"""`irkit run`: plan, wait for quorum, apply, verify, hold, report."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.cli.driving import Ways
    from irkit.engine.opening import Opening


def command(
    what: Annotated[
        str, typer.Argument(metavar="PLAYBOOK|RUN", help="A playbook, or a run to go on with.")
    ],
    *,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", "-i", help="An input: name=value.")
    ] = None,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Come back (4) instead of waiting for people.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only plan, as `irkit plan`.")] = False,
    only: Annotated[str, typer.Option(metavar="PHASE", help="Only this phase.")] = "",
    no_hold: Annotated[
        bool, typer.Option("--no-hold", help="Come back (3) instead of watching to the end.")
    ] = False,
    case: Annotated[str, typer.Option(help="The case it belongs to; else a new one.")] = "",
    override: Annotated[
        list[str] | None,
        typer.Option(metavar="GUARD", help="Ask two people to override this guard."),
    ] = None,
    because: Annotated[str, typer.Option(help="Why a guard is overridden; recorded.")] = "",
    key: Annotated[
        str, typer.Option(help="Sign the request: a private key file, or SHA256:… in the agent.")
    ] = "",
) -> int:
    """Plan, wait for quorum, apply, verify, hold, report. With a RUN: go on with it."""
    from irkit.cli.driving import Ways  # noqa: PLC0415
    from irkit.cli.given import pairs  # noqa: PLC0415
    from irkit.cli.opening import opening_of  # noqa: PLC0415
    from irkit.cli.run_or_playbook import names_a_run  # noqa: PLC0415
    from irkit.engine.overriding import overriding  # noqa: PLC0415

    me = this()
    asked = overriding(override or (), because)
    given = pairs(inputs, "-i")
    ways = Ways(wait=not no_wait, hold=not no_hold)
    goes_on = not given and names_a_run(me, what)
    if asked.guards and (dry_run or goes_on):
        hint = "a run under way is asked by: irkit replan RUN --override STEP --because TEXT"
        raise typer.BadParameter(f"only for a new run; {hint}", param_hint="--override")
    if dry_run:
        from irkit.cli.commands.plan import command as plan  # noqa: PLC0415

        return plan(what, inputs=inputs, only=only)
    if goes_on:
        return _go_on(me, what, ways, key)
    opening = replace(opening_of(me, what, given, only=only), overriding=asked)
    return _start(me, opening, ways, case=case, key=key)


def _go_on(me: Invocation, what: str, ways: "Ways", key: str) -> int:
    from irkit.cli.going_on import go_on  # noqa: PLC0415

    return go_on(me, what, ways, key=key)


def _start(me: Invocation, opening: "Opening", ways: "Ways", *, case: str, key: str) -> int:
    from irkit.cli.driving import Driver  # noqa: PLC0415
    from irkit.cli.opening import named_opening  # noqa: PLC0415

    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        named = named_opening(me, opening, journal, consent, case=case, key=key)
        driver = Driver(
            invocation=me, journal=journal, consent=consent, book=opening.book, ways=ways
        )
        return driver.start(named)
