"""`irkit permissions`: the least privileges a playbook needs, in the form its provider takes."""

from enum import StrEnum
from typing import Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this


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
) -> int:
    """Print the least privileges a playbook needs, for reading and for writing apart."""
    from irkit.assets import find_playbook  # noqa: PLC0415
    from irkit.cli.views import permissions as view  # noqa: PLC0415
    from irkit.engine.books import load_book  # noqa: PLC0415
    from irkit.engine.least_privilege import least_privileges  # noqa: PLC0415

    me = this()
    own = me.workspace.playbooks if me.in_workspace else None
    protect = me.workspace.protect if me.in_workspace else ()
    book = load_book(find_playbook(playbook, own, me.here), own, me.catalogue)
    value = view.to_json(least_privileges(book, me.catalogue, protect))
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
