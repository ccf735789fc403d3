"""`irkit actions`: the catalogue, one action in full, and what cuts which credential."""

from typing import Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

command = typer.Typer(
    help="Show the catalogue of actions.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@command.callback()
def default(ctx: typer.Context) -> int:
    """Show the catalogue of actions."""
    return list_() if ctx.invoked_subcommand is None else ExitCode.DONE


@command.command(name="list")
def list_(
    search: Annotated[str, typer.Argument(help="Only those with this in their id.")] = "",
) -> int:
    """List every action: what it does, and how far it can be taken back."""
    from irkit.cli.views import actions as view  # noqa: PLC0415

    me = this()
    found = [spec for spec in me.catalogue if search in spec.id]
    me.output.show(view.list_json(found), view.list_text)
    return ExitCode.DONE


@command.command()
def show(
    action: Annotated[str, typer.Argument(metavar="ID", help="Such as okta.user.suspend.")],
) -> int:
    """Show one action: parameters, permissions, what it cuts and does not, and its traps."""
    from irkit.actions.load import spec  # noqa: PLC0415
    from irkit.cli.views import actions as view  # noqa: PLC0415

    me = this()
    me.output.show(view.to_json(spec(action)), view.text)
    return ExitCode.DONE


@command.command()
def matrix() -> int:
    """Show which action cuts which kind of credential, and which it leaves alone."""
    from irkit.cli.views import matrix as view  # noqa: PLC0415

    me = this()
    me.output.show(view.to_json(me.catalogue), view.text)
    return ExitCode.DONE
