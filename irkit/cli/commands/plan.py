"""`irkit plan`: show exactly what a playbook would change."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.cli.opening import NamedOpening
    from irkit.cli.planning import Planned
    from irkit.engine.opening import Opening
    from irkit.model.run import Run
    from irkit.trail.journal import Journal


def command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="PLAYBOOK|RUN", help="A playbook by name or file; or a run, to see its plan."
        ),
    ],
    *,
    inputs: Annotated[
        list[str] | None, typer.Option("--input", "-i", help="An input: name=value.")
    ] = None,
    open_: Annotated[
        bool, typer.Option("--open", help="Open a run with this plan, to be approved.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option(help="Write a plan file for approvers elsewhere; opens a run.")
    ] = None,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Leave with 2 where there is something to change.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Show every before and after.")] = False,
    only: Annotated[str, typer.Option(metavar="PHASE", help="Only this phase.")] = "",
    case: Annotated[str, typer.Option(help="The case the run belongs to.")] = "",
    key: Annotated[
        str,
        typer.Option(
            help="Sign the request of an opened run: a private key file, or SHA256:… in the agent."
        ),
    ] = "",
) -> int:
    """Show exactly what a playbook would change: reads are made, changes are only predicted.

    Writes nothing anywhere, and needs no trail; with --open or --out the plan is recorded as a run.
    """
    from irkit.cli.given import pairs  # noqa: PLC0415
    from irkit.cli.opening import opening_of  # noqa: PLC0415
    from irkit.cli.run_or_playbook import names_a_run  # noqa: PLC0415

    me = this()
    given = pairs(inputs, "-i")
    if not given and names_a_run(me, what):
        return _of_run(me, what, out, full=full)
    opening = opening_of(me, what, given, only=only)
    if open_ or out is not None:
        planned = _recorded(me, opening, out, case=case, key=key, full=full)
    else:
        planned = _bare(me, opening, full=full)
    if planned.code == ExitCode.DONE and exit_code and planned.changes:
        return ExitCode.CHANGES
    return planned.code


def _bare(me: Invocation, opening: "NamedOpening", *, full: bool) -> "Planned":
    from irkit.cli.planning import make, show  # noqa: PLC0415
    from irkit.engine.memory import MemoryJournal  # noqa: PLC0415

    planned = make(me, opening, MemoryJournal(clock=me.clock))
    show(me, planned, opening, full=full, again=_run_command(opening))
    return planned


def _recorded(
    me: Invocation, opening: "Opening", out: Path | None, *, case: str, key: str, full: bool
) -> "Planned":
    from irkit.cli.opening import named_opening  # noqa: PLC0415
    from irkit.cli.planning import make, show  # noqa: PLC0415

    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        named = named_opening(me, opening, journal, consent, case=case, key=key)
        with me.session.acting(named.run_id):
            planned = make(me, named, journal)
        show(me, planned, named, full=full, again=())
        if out is not None:
            _write(me, journal, planned.run, out)
    return planned


def _of_run(me: Invocation, name: str, out: Path | None, *, full: bool) -> int:
    from irkit.cli.at_run import at_run  # noqa: PLC0415
    from irkit.cli.planning import show_recorded  # noqa: PLC0415

    with at_run(me, name, writing=False) as at:
        show_recorded(at, full=full)
        if out is not None:
            _write(me, at.journal, at.run, out)
    return ExitCode.DONE


def _write(me: Invocation, journal: "Journal", run: "Run", out: Path) -> None:
    from irkit.engine.approving import nothing_asked  # noqa: PLC0415
    from irkit.engine.asked import of_run, open_parts  # noqa: PLC0415
    from irkit.engine.plan_file import PlanFile  # noqa: PLC0415
    from irkit.model.approval import Decision  # noqa: PLC0415

    requests = of_run(run, open_parts(run), journal, me.session.consent(journal))
    if not requests:
        raise nothing_asked(run, Decision.APPROVE)
    PlanFile(requests=requests).write(out)
    me.output.say(
        f"Plan file written: {out}. Whoever may approve it runs: "
        f"irkit approve {out} --as NAME --key KEY",
        file=str(out),
        run=run.id,
    )


def _run_command(opening: "NamedOpening") -> tuple[str, ...]:
    given = (part for name, value in opening.given.items() for part in ("-i", f"{name}={value}"))
    only = ("--only", opening.only) if opening.only else ()
    return ("irkit", "run", opening.named, *given, *only)
