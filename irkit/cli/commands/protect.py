"""`irkit protect`: pin what may never be a target."""

from typing import Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

command = typer.Typer(
    help="Pin what may never be a target.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@command.callback()
def default() -> None:
    """Pin what may never be a target."""


@command.command()
def pin(
    check: Annotated[
        bool, typer.Option("--check", help="Only look: leave with 2 where something differs.")
    ] = False,
) -> int:
    """Ask the providers what each `protect` pattern means, and pin the ids; a policy change."""
    import anyio  # noqa: PLC0415

    from irkit.cli.views import protect as view  # noqa: PLC0415
    from irkit.engine import pinning  # noqa: PLC0415

    me = this()
    found = anyio.run(pinning.expanded, me.session)
    me.output.bad_news(found.warnings)
    if not check:
        pinning.write(me.workspace.protect_lock, found.pins)
    me.output.show(view.to_json(found, written=not check), view.text)
    return ExitCode.CHANGES if check and (found.new or found.gone) else ExitCode.DONE
