"""`irkit graph`: a playbook as a picture."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this
from irkit.diagnostics import Diagnostic, IrkitError


class Format(StrEnum):
    """How it is drawn."""

    SVG = "svg"
    MERMAID = "mermaid"


def command(
    playbook: Annotated[str, typer.Argument(help="A playbook: its name, or a file.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="Else by the ending of --out, or Mermaid.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here; else it is printed.")
    ] = None,
) -> int:
    """Draw a playbook: phases, steps, approvals, and what waits for what."""
    from irkit.assets import find_playbook  # noqa: PLC0415
    from irkit.cli.picture.boxes import boxes  # noqa: PLC0415
    from irkit.cli.picture.mermaid import mermaid  # noqa: PLC0415
    from irkit.cli.picture.svg import svg  # noqa: PLC0415
    from irkit.engine.books import load_playbook  # noqa: PLC0415

    me = this()
    own = me.workspace.playbooks if me.in_workspace else None
    found = load_playbook(find_playbook(playbook, own, me.here), me.catalogue)
    by_name = Format.SVG if out is not None and out.suffix == ".svg" else Format.MERMAID
    chosen = format_ or by_name
    draw = svg if chosen is Format.SVG else mermaid
    picture = draw(f"{found.title} ({found.id} {found.version})", boxes(found))
    if out is not None:
        _write(me.here / out, picture)
        me.output.say(f"written: {out}", file=str(out), format=str(chosen))
    elif me.output.json:
        me.output.say(picture, format=str(chosen), playbook=found.id)
    else:
        me.output.raw(picture)
    return ExitCode.DONE


def _write(path: Path, picture: str) -> None:
    try:
        path.write_text(f"{picture}\n", encoding="utf-8")
    except OSError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK623",
                summary=f"the picture cannot be written to {path}: {error.strerror}",
                help="name another file: --out FILE",
            )
        ) from error
