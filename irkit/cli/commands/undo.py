"""`irkit undo`: take back what a run changed, as a run of its own."""

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.cli.driving import Ways
    from irkit.engine.opening import Opening
    from irkit.engine.overriding import Overriding
    from irkit.model.run import Run


def command(
    what: Annotated[str, typer.Argument(metavar="RUN|CASE", help="A run, or all runs of a case.")],
    *,
    phase: Annotated[str, typer.Option(help="Only what this phase changed.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only plan it.")] = False,
    no_wait: Annotated[
        bool, typer.Option("--no-wait", help="Come back (4) instead of waiting for people.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Show every before and after.")] = False,
    override: Annotated[
        list[str] | None,
        typer.Option(metavar="GUARD", help="Ask two people to override this guard."),
    ] = None,
    because: Annotated[str, typer.Option(help="Why a guard is overridden; recorded.")] = "",
    key: Annotated[
        str, typer.Option(help="Sign the request: a private key file, or SHA256:… in the agent.")
    ] = "",
) -> int:
    """Take back what a run changed, the last change first: a run with its own plan and approvals.

    Where somebody changed a thing since, it is refused and shown. What cannot come back is said.
    """
    from irkit.cli.driving import Ways  # noqa: PLC0415
    from irkit.engine.overriding import overriding  # noqa: PLC0415

    me = this()
    asked = overriding(override or (), because)
    runs = _to_take_back(me, what)
    if dry_run:
        codes = [_dry(me, run, phase, asked, full=full) for run in runs]
    else:
        ways = Ways(wait=not no_wait)
        codes = [_undo(me, run, _opening(me, run, phase, asked), ways, key) for run in runs]
    return max(codes, default=ExitCode.DONE)


def _to_take_back(me: Invocation, what: str) -> "tuple[Run, ...]":
    """Return the runs, the last one first; what is an undo itself is taken back only by name."""
    from irkit.engine.runs import find_all  # noqa: PLC0415

    with me.session.journal(writing=False) as journal:
        found = find_all(journal, what)
    if len(found) > 1:
        found = tuple(run for run in found if not run.undoes and run.changes)
    return tuple(reversed(found))


def _opening(me: Invocation, run: "Run", phase: str, asked: "Overriding") -> "Opening":
    from irkit.cli.undo_opening import undo_opening  # noqa: PLC0415

    return replace(undo_opening(me, run, phase), overriding=asked)


def _dry(me: Invocation, run: "Run", phase: str, asked: "Overriding", *, full: bool) -> int:
    from irkit.cli.planning import make, show  # noqa: PLC0415
    from irkit.engine.memory import MemoryJournal  # noqa: PLC0415

    opening = _opening(me, run, phase, asked)
    planned = make(me, opening, MemoryJournal(clock=me.clock), run)
    again = ["irkit", "undo", run.id, *(("--phase", phase) if phase else ())]
    for guard in asked.guards:
        again += ["--override", guard]
    again += ["--because", asked.because] if asked.guards else []
    show(me, planned, opening, full=full, again=again)
    return planned.code


def _undo(me: Invocation, run: "Run", opening: "Opening", ways: "Ways", key: str) -> int:
    from irkit.cli.driving import Driver  # noqa: PLC0415
    from irkit.cli.opening import named_opening  # noqa: PLC0415

    if not run.closed:
        _warn(me, run)
    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        named = named_opening(me, opening, journal, consent, case=run.case, key=key)
        driver = Driver(
            invocation=me,
            journal=journal,
            consent=consent,
            book=opening.book,
            ways=ways,
            undone=run,
        )
        return driver.start(named)


def _warn(me: Invocation, run: "Run") -> None:
    """A run that is not over would see its changes lost; whoever acts for it has to stop first."""
    from irkit.diagnostics import Diagnostic, Severity  # noqa: PLC0415

    with me.session.acting(run.id):
        pass
    note = Diagnostic(
        code="IRK618",
        severity=Severity.WARNING,
        summary=f"the run {run.id} is not over: when it goes on, it will find its changes lost",
        help=f"end it for good: irkit cancel {run.id}",
    )
    me.output.bad_news([note])
