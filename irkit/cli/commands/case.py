"""`irkit case`: the runs of one incident under a name people can say."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this
from irkit.cli.views import case as view
from irkit.diagnostics import Diagnostic
from irkit.engine import cases

if TYPE_CHECKING:
    from irkit.cli.closing import Held
    from irkit.engine.cases import Case
    from irkit.model.run import Run
    from irkit.trail.journal import Journal

command = typer.Typer(
    help="Group the runs of one incident under a name people can say.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_Name = Annotated[str, typer.Argument(metavar="CASE", help="The case, such as teal-otter.")]


@command.command(name="open")
def open_(
    name: Annotated[
        str, typer.Argument(help="A name; left out, the case gets one that people can say.")
    ] = "",
    title: Annotated[str, typer.Option(help="What it is about, in a few words.")] = "",
) -> int:
    """Open a case; runs join it with --case."""
    me = this()
    with me.session.journal(writing=True) as journal:
        opened = cases.open_case(
            journal, me.session.actor, name=name, title=title, random=os.urandom
        )
    me.output.show(view.to_json(opened), view.opened_text)
    return ExitCode.DONE


@command.command()
def show(name: _Name) -> int:
    """Show a case: its runs, what was noted, and what holds it open."""
    me = this()
    with me.session.journal(writing=False) as journal:
        case, runs, held = _read(me, journal, name)
    me.output.show(view.to_json(case, runs, () if case.closed_at else held), view.text)
    return ExitCode.DONE


@command.command()
def note(
    name: _Name, text: Annotated[str, typer.Argument(help="What is to be remembered.")]
) -> int:
    """Note something in a case; it is signed into the trail and cannot be taken back."""
    me = this()
    with me.session.journal(writing=True) as journal:
        cases.note(journal, me.session.actor, name, text)
    me.output.say(f"noted in {name}", case=name)
    return ExitCode.DONE


@command.command()
def close(name: _Name) -> int:
    """Close a case; refused while anything is alive, unknown, under way or unconfirmed."""
    from irkit.cli.closing import left_undone  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=True) as journal:
        case, runs, held = _read(me, journal, name)
        if case.closed_at is None and held:
            me.output.bad_news(_refused(name, item) for item in held)
            return ExitCode.STILL_OPEN
        cases.close(journal, me.session.actor, name, left_undone(runs))
        case = cases.require(cases.cases(journal), name)
    me.output.show(view.to_json(case, runs), view.closed_text)
    return ExitCode.DONE


def _read(
    me: Invocation, journal: "Journal", name: str
) -> "tuple[Case, tuple[Run, ...], tuple[Held, ...]]":
    from irkit.cli.closing import held_open  # noqa: PLC0415

    case = cases.require(cases.cases(journal), name)
    runs = tuple(me.session.run(journal, run) for run in case.runs)
    approvals = me.session.consent(journal).fold.runs
    alone = {
        run: tuple(approvals[run].unconfirmed.values()) for run in case.runs if run in approvals
    }
    return case, runs, held_open(runs, alone)


def _refused(name: str, held: "Held") -> Diagnostic:
    return Diagnostic(
        code="IRK634",
        summary=f"the case {name} cannot be closed: {held.what} (run {held.run})",
        help=held.command,
    )
