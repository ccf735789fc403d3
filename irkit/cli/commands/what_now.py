"""`irkit what-now`: what needs a person next."""

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this


def command() -> int:
    """Say the single best next act over all runs that are not over, and who has to do it."""
    from irkit.cli.at_run import tallies  # noqa: PLC0415
    from irkit.cli.views import runs as view  # noqa: PLC0415
    from irkit.engine.runs import all_runs, as_they_stand  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=False) as journal:
        consent = me.session.consent(journal)
        runs = [
            run
            for run in as_they_stand(me.session, all_runs(journal))
            if not run.closed or run.break_glass
        ]
        counted = {run.id: tallies(me, run, consent) for run in runs}
    me.output.show(view.what_now_json(runs, tallies=counted), view.what_now)
    return ExitCode.DONE
