"""`irkit drill report`: the scorecard on the screen, or the after-action report as a document."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.documents import Format, by_name, written
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.canonical import JsonObject
    from irkit.drill.exercise.simulate import Played
    from irkit.drill.report.model import Source


def report(
    name: Annotated[str, typer.Argument(metavar="[DRILL]", help="Its name; else the last.")] = "",
    *,
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="The whole report: Markdown, one page, or JSON."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the whole report here.")
    ] = None,
    truth: Annotated[
        bool, typer.Option("--truth", help="While it is on: for the facilitator.")
    ] = False,
) -> int:
    """Tell what came of a drill, beside doing nothing, the playbook at once, and last time.

    Without --format and --out it is the scorecard alone. A drill whose process died ends with its
    last record. While one is on, the score is the facilitator's: it tells what the intruder has.
    """
    from irkit.cli.drilling import card_of, drill_of  # noqa: PLC0415
    from irkit.cli.views import scorecard as card  # noqa: PLC0415
    from irkit.drill.exercise.simulate import Played  # noqa: PLC0415
    from irkit.drill.exercise.start import as_left  # noqa: PLC0415
    from irkit.drill.exercise.steering import require_over  # noqa: PLC0415
    from irkit.drill.report.gathering import source_of  # noqa: PLC0415
    from irkit.engine.runs import all_runs  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=False) as journal:
        drill = as_left(drill_of(journal, name), me.session.workspace.root)
        if not truth:
            require_over(drill)
        value = card_of(journal, drill)
        source = source_of(journal, drill)
        played = Played(drill=drill, runs=all_runs(journal))
    if format_ is None and out is None:
        me.output.show({"view": "scorecard", **value}, card.text)
    else:
        tell(me, played, value, source, format_=format_ or by_name(out), out=out)
    return ExitCode.DONE


def tell(
    me: Invocation,
    played: "Played",
    card: "JsonObject",
    source: "Source",
    *,
    format_: Format,
    out: Path | None,
) -> None:
    """Write the whole report of a drill to a file, or print it."""
    from irkit.drill.exercise.steering import scenario_of  # noqa: PLC0415
    from irkit.drill.measures.told import Told  # noqa: PLC0415
    from irkit.drill.report.gathering import drill_report  # noqa: PLC0415
    from irkit.drill.report.render import render  # noqa: PLC0415

    told = Told.of(scenario_of(played.drill), played.drill, played.runs)
    found = drill_report(told, played.runs, card, source=source, catalogue=me.catalogue)
    document = render(found, format_.value)
    if out is None:
        me.output.raw(document.removesuffix("\n"))
        return
    written(me.here / out, document)
    me.output.say(f"written: {out}", file=str(out), format=str(format_))
