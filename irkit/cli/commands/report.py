"""`irkit report`: an after-action report of a run or a case, or a draft message about it."""

import json
from pathlib import Path
from typing import Annotated

import typer

from irkit.canonical import thaw
from irkit.cli.documents import Format, by_name, written
from irkit.cli.exits import ExitCode
from irkit.cli.opened import this


def command(
    name: Annotated[str, typer.Argument(metavar="RUN|CASE", help="A run, or all of a case.")],
    format_: Annotated[
        Format | None,
        typer.Option("--format", help="Markdown, one self-contained page, or JSON."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here; else it is printed.")
    ] = None,
    comms: Annotated[
        bool, typer.Option("--comms", help="A draft message for people outside, in Markdown.")
    ] = False,
) -> int:
    """Write what happened: what was done, by whom, what came of it, and what is still open.

    The report of a run that was taken back later tells that too.
    """
    from irkit.cli.seat_watch import labels_of  # noqa: PLC0415
    from irkit.engine.runs import as_they_stand, find_with_undoing  # noqa: PLC0415
    from irkit.report.gathering import story_of  # noqa: PLC0415
    from irkit.report.render import AFTER_ACTION, COMMS_DRAFT, render  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=False) as journal:
        runs = as_they_stand(me.session, find_with_undoing(journal, name))
        told = story_of(me.session, journal, runs, labels_of(me))
    if me.output.json and out is None:
        me.output.raw(json.dumps(thaw({"view": "report", **told.to_json()}), ensure_ascii=False))
        return ExitCode.DONE
    chosen = Format.MARKDOWN if comms else format_ or by_name(out)
    document = render(told, chosen.value, template=COMMS_DRAFT if comms else AFTER_ACTION)
    if out is None:
        me.output.raw(document.removesuffix("\n"))
        return ExitCode.DONE
    written(me.here / out, document)
    me.output.say(f"written: {out}", file=str(out), format=str(chosen))
    return ExitCode.DONE
