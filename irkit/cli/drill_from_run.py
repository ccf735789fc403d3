"""`irkit drill from-run`: a run of a real incident as a scenario in which nobody is real."""

from pathlib import Path
from typing import Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this
from irkit.diagnostics import Diagnostic, IrkitError


def add(command: typer.Typer) -> None:
    """Add this command to `irkit drill`."""
    command.command(name="from-run")(from_run)


def from_run(
    run: Annotated[str, typer.Argument(help="Its id, the start of it, or `last`.")],
    *,
    redact: Annotated[
        bool, typer.Option("--redact", help="Put stand-ins for all names: it is not made without.")
    ] = False,
    name: Annotated[str, typer.Option(help="What the scenario is called.")] = "from-run",
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write it here; else into the workspace's scenarios."),
    ] = None,
) -> int:
    """Make a scenario of a real incident's run: the same ways in, and nobody who is real.

    Lines marked CHOOSE are what no trail knows. Who stands in for whom is told here and nowhere
    else.
    """
    from irkit.drill.from_run.incident import incident_of  # noqa: PLC0415
    from irkit.drill.from_run.make import scenario_from  # noqa: PLC0415
    from irkit.drill.scenario.files import FOLDER  # noqa: PLC0415
    from irkit.engine.runs import find  # noqa: PLC0415

    if not redact:
        raise IrkitError(
            Diagnostic(
                code="IRK881",
                summary="a scenario is passed on and read aloud: none is made with real names",
                help=f"put stand-ins for all of them: irkit drill from-run {run} --redact",
            )
        )
    me = this()
    with me.session.journal(writing=False) as journal:
        found = find(journal, run)
    made = scenario_from(incident_of(found), name, me.catalogue)
    path = me.here / out if out else me.workspace.playbooks / FOLDER / f"{name}.yaml"
    _write(path, made.text)
    shown = str(path.relative_to(me.here)) if path.is_relative_to(me.here) else str(path)
    lines = (
        f"written: {shown}",
        *(f"  {real} is {stand_in} there" for real, stand_in in made.names),
        *(f"  ▲ choose: {choice}" for choice in made.choices),
        f"next: irkit drill check {shown if out else name}",
    )
    me.output.say("\n".join(lines), file=str(path), scenario=name, choices=list(made.choices))
    return ExitCode.DONE


def _write(path: Path, text: str) -> None:
    """Write a new file: what somebody has chosen is not overwritten.

    Raises:
        IrkitError: IRK883 if it is there already, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK883",
                summary=f"the scenario cannot be written to {path}: {error.strerror}",
                help="give it another name: --name NAME, or --out FILE",
            )
        ) from error
