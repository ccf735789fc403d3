"""`irkit status`: what is true now, what is open, who must act."""

from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.engine.consent import WorkspaceConsent
    from irkit.model.run import Run


_GOES_ON = frozenset({"planned", "running", "holding"})


def command(
    what: Annotated[
        str, typer.Argument(metavar="[RUN|CASE]", help="A run or a case; else what is under way.")
    ] = "",
) -> int:
    """Say what is true now, what is open with owner and age, and what to type.

    The exit code says the state: 0 contained or completed, 3 still open, 4 waiting for people.
    """
    from irkit.engine.runs import all_runs, as_they_stand, find_all  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=False) as journal:
        consent = me.session.consent(journal)
        found = find_all(journal, what) if what else _under_way(all_runs(journal))
        runs = as_they_stand(me.session, found)
    if not runs:
        me.output.say("There are no runs yet. Start one: irkit run PLAYBOOK")
        return ExitCode.DONE
    codes = [_show(me, run, consent) for run in runs]
    return max(codes) if what else ExitCode.DONE


def _under_way(runs: "tuple[Run, ...]") -> "tuple[Run, ...]":
    """Return the runs that are not over; where all are, the last one."""
    return tuple(run for run in runs if not run.closed) or runs[-1:]


def _show(me: Invocation, run: "Run", consent: "WorkspaceConsent") -> int:
    from irkit.cli.at_run import tallies  # noqa: PLC0415
    from irkit.cli.exits import of_outcome  # noqa: PLC0415
    from irkit.cli.views import status as view  # noqa: PLC0415
    from irkit.report.standing import state_of  # noqa: PLC0415

    counted = tallies(me, run, consent)
    made = [state.made_at for state in run.changes.values() if state.made_at]
    hold = me.workspace.hold
    until = max(made) + max((*hold.looks, hold.watch)) if made else None
    state = state_of(run, counted)
    me.output.show(view.to_json(run, tallies=counted, watch_until=until), view.text)
    if state in _GOES_ON and not me.session.acted_for(run.id):
        me.output.hint(f"Nobody acts for it at the moment. Go on with: irkit run {run.id}")
    return of_outcome(state)
