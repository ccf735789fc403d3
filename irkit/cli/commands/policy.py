"""`irkit policy`: the rules in force, and whether the files still say the same."""

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import this

command = typer.Typer(
    help="Show the policy in force.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@command.callback()
def default() -> None:
    """Show the policy in force."""


@command.command()
def show() -> int:
    """Show who may approve, what each class of change needs, limits, pins, and if it is sealed."""
    from irkit.cli.views import policy as view  # noqa: PLC0415
    from irkit.engine import standing_policy  # noqa: PLC0415

    me = this()
    sealed = standing_policy.sealing(me.session)
    policy = me.session.policy
    keys = standing_policy.approver_keys(policy, sealed, me.clock())
    pending = standing_policy.pending(policy, sealed)
    me.output.show(view.to_json(policy, sealed, keys, pending), view.text)
    return ExitCode.DONE
