"""`irkit permissions`: the least privileges a playbook needs, in the form its provider takes."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

if TYPE_CHECKING:  # loaded only by whoever asks with a plan
    from irkit.model.plan import Plan
    from irkit.model.playbook import Playbook


class Format(StrEnum):
    """Who reads it."""

    IAM = "iam"
    OKTA = "okta"
    TERRAFORM = "terraform"


class Handle(StrEnum):
    """Which of irkit's two handles."""

    READ = "read"
    WRITE = "write"


def command(
    playbook: Annotated[str, typer.Argument(help="A playbook: its name, or a file.")],
    format_: Annotated[
        Format | None, typer.Option("--format", help="Else a table of what needs what.")
    ] = None,
    handle: Annotated[
        Handle | None, typer.Option(help="Only this one of irkit's two roles, as one document.")
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(help="Limit the writes to the targets of this plan file of the playbook."),
    ] = None,
) -> int:
    """Print the least privileges a playbook needs, for reading and for writing apart."""
    from irkit.assets import find_playbook  # noqa: PLC0415
    from irkit.cli.views import permissions as view  # noqa: PLC0415
    from irkit.engine.books import load_book  # noqa: PLC0415
    from irkit.engine.least_privilege import least_privileges  # noqa: PLC0415
    from irkit.engine.scoped_privileges import resources_of, session_limits  # noqa: PLC0415

    me = this()
    own = me.workspace.playbooks if me.in_workspace else None
    protect = me.workspace.protect if me.in_workspace else ()
    ways = me.workspace.break_glass.aws if me.in_workspace else ()
    book = load_book(find_playbook(playbook, own, me.here), own, me.catalogue)
    planned = None if plan is None else _plan_of(plan, book.main)
    resources = {} if planned is None else resources_of(book, planned, me.catalogue)
    needed = least_privileges(book, me.catalogue, protect, ways_in=ways)
    sessions = () if planned is None else tuple(session_limits(planned, me.catalogue))
    value = view.to_json(needed, resources, sessions)
    if format_ is None or me.output.json:
        me.output.show(value, view.text)
        return ExitCode.DONE
    chosen = None if handle is None else str(handle)
    match format_:
        case Format.IAM:
            me.output.raw(view.iam(value, chosen))
        case Format.OKTA:
            me.output.raw(view.okta(value, chosen))
        case Format.TERRAFORM:
            me.output.raw(view.terraform(value, chosen))
    return ExitCode.DONE


def _plan_of(file: Path, playbook: "Playbook") -> "Plan":
    """Return the plan in a file.

    Raises:
        IrkitError: IRK533 if it is of another playbook, or of another text of this one.
    """
    from irkit.diagnostics import Diagnostic, IrkitError  # noqa: PLC0415
    from irkit.engine.plan_file import read  # noqa: PLC0415

    plan = read(file).requests[0].plan
    if plan.header.playbook_digest != playbook.digest:
        raise IrkitError(
            Diagnostic(
                code="IRK533",
                summary=f"{file.name} is a plan of `{plan.header.playbook}`, "
                f"not of `{playbook.id}` as it is now",
                help=f"make it anew: irkit plan {playbook.id} --out {file}",
            )
        )
    return plan
