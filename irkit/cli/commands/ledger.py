"""`irkit ledger`: what is proven now, what no longer is, and what is overdue."""

import json
import os
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from irkit.canonical import JsonObject, thaw
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this
from irkit.diagnostics import Diagnostic, IrkitError


class Format(StrEnum):
    """Who reads it."""

    HUMAN = "human"
    JSON = "json"
    PROMETHEUS = "prometheus"
    SVG = "svg"
    MARKDOWN = "markdown"


def command(
    playbooks: Annotated[
        list[str] | None, typer.Argument(metavar="[PLAYBOOKS]", help="Only these; else all.")
    ] = None,
    *,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.HUMAN,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it there, in one step.")
    ] = None,
    exit_code: Annotated[
        bool,
        typer.Option("--exit-code", help="Leave with 8 where something is unproven or overdue."),
    ] = False,
) -> int:
    """Show when each playbook was last proven at each level, and what no longer holds and why.

    Read from the verified trail alone. A change of playbook, action, irkit or environment makes a
    proof stale.
    """
    from irkit.cli.views import ledger as view  # noqa: PLC0415
    from irkit.proving.ledger.reading import recorded, rows  # noqa: PLC0415
    from irkit.proving.shelf import Shelf  # noqa: PLC0415

    me = this()
    shelf = Shelf(session=me.session)
    chosen = shelf.some(playbooks or (), me.here)
    now = me.clock()
    found = tuple(rows(shelf, chosen, recorded(me.session), now))
    value = view.to_json(found, now=now)
    for row in found:
        me.output.bad_news(row.problems)
    if format_ is Format.HUMAN and out is None:
        me.output.show(value, view.text)
    else:
        _write(me, _document(format_, value, me), out)
    # Where nothing is asked nothing is proven: a misnamed test file must not look like success.
    proven = value["asked"] and not any(row.wanting or row.problems for row in found)
    return ExitCode.DONE if proven or not exit_code else ExitCode.UNPROVEN


def _document(format_: Format, value: JsonObject, me: Invocation) -> str:
    from irkit.cli.views import ledger as view  # noqa: PLC0415
    from irkit.cli.views import ledger_formats as formats  # noqa: PLC0415

    style = me.output.style()
    match format_:
        case Format.HUMAN:
            return view.text(value, style=replace(style, colour=False))
        case Format.JSON:
            return json.dumps(thaw(value), indent=2, ensure_ascii=False)
        case Format.PROMETHEUS:
            return formats.prometheus(value)
        case Format.SVG:
            return formats.badge(value)
        case Format.MARKDOWN:
            return formats.markdown(value, style=style)


def _write(me: Invocation, document: str, out: Path | None) -> None:
    """Print it, or put it in place whole: who reads the file never sees half of it."""
    if out is None:
        me.output.raw(document)
        return
    path = me.here / out
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        scratch.write_text(f"{document}\n", encoding="utf-8")
        scratch.replace(path)
    except OSError as error:
        scratch.unlink(missing_ok=True)
        raise IrkitError(
            Diagnostic(
                code="IRK843",
                summary=f"the ledger cannot be written to {path}: {error.strerror}",
                help="name another file: --out FILE",
            )
        ) from error
    me.output.say(f"written: {out}", file=str(out))
