"""`irkit runs`: list the runs."""

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this


def command() -> int:
    """List all runs with their state, the oldest first."""
    from irkit.cli.at_run import tallies  # noqa: PLC0415
    from irkit.cli.views import runs as view  # noqa: PLC0415
    from irkit.engine.runs import all_runs, as_they_stand  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=False) as journal:
        consent = me.session.consent(journal)
        runs = as_they_stand(me.session, all_runs(journal))
        counted = {run.id: tallies(me, run, consent) for run in runs}
    me.output.show(view.to_json(runs, tallies=counted), view.text)
    return ExitCode.DONE
