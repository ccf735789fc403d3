"""The `irkit` command: a table of names, and what is loaded when one of them is asked for.

A command is one module, `irkit/cli/commands/NAME.py` (a dash becomes an underscore), which exposes
`command`: a function with Typer annotations, or a `typer.Typer` application with sub-commands. The
table below holds its name, its one line of help and nothing else; `irkit --help` reads only that
and imports only Typer. The module is imported when its command runs or shows its own help.

A command function gets what it needs from `irkit.cli.opened`: `this()` gives the `Invocation` of
the running command with its options, its `output` and its `session`. It raises `IrkitError` for bad
news and returns the exit code (None is 0).
The common options (`irkit.cli.options`) are added to every command here, and
are accepted before or after its name.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click
import typer
from typer.core import TyperGroup

from irkit.cli.options import Common

COMMANDS: Final = {
    "init": "Make a workspace; --world: one that points at the simulated world.",
    "check": "Prove the connections read-only: ids, expiry, clock skew, quorum, trail key.",
    "world": "Start the simulated Okta and AWS on loopback.",
    "lint": "Check playbooks and configuration.",
    "test": "Try playbooks in simulated worlds, as their test files say.",
    "drill": "Exercises in which the intruder fights back.",
    "plan": "Show exactly what a playbook would change. Writes nothing.",
    "run": "Plan, wait for quorum, apply, verify, hold, report.",
    "do": "Carry out one action, with the same plan, approval, trail and undo.",
    "approve": "Show what is signed, sign it, and add it to the trail.",
    "resume": "Go on after a stop or a crash.",
    "pause": "Finish the change in flight, then wait.",
    "cancel": "Stop a run for good.",
    "skip": "Leave a step out, with a reason.",
    "add": "Add targets to a step of a run.",
    "replan": "Plan drifted items again.",
    "answer": "Answer a manual step.",
    "resolve": "Decide about a change in doubt.",
    "undo": "Take back what a run changed, as a run of its own.",
    "case": "Group the runs of one incident under a name people can say.",
    "status": "Say what is true now, what is open and who must act.",
    "runs": "List the runs.",
    "what-now": "Say what needs a person next.",
    "trail": "Show, verify, export and anchor the signed history.",
    "report": "Write an after-action report or a draft message.",
    "actions": "Show the catalogue of actions.",
    "permissions": "Print the least privileges a playbook needs.",
    "graph": "Draw a playbook.",
    "new": "Start a playbook of your own.",
    "approvers": "Say who may approve.",
    "protect": "Pin what may never be a target.",
    "policy": "Show the policy in force.",
    "preflight": "Look whether everything is there that a playbook will need.",
    "canary": "Contain planted credentials of a canary for real, and see how soon they die.",
    "ledger": "Show what is proven, what no longer is, and what is overdue.",
    "schedule": "Show what is due to be proven, prove it, and print timers for it.",
}
_PACKAGE: Final = "irkit.cli.commands"
_FLAGS: Final = (
    ("json", "--json", "One JSON object a line instead of text."),
    ("plain", "--plain", "No colour and only ASCII."),
    ("quiet", "--quiet", "Only what is asked for: no progress, no hints."),
    ("debug", "--debug", "Show irkit's own traceback on a bug."),
)


class LazyGroup(TyperGroup):
    """The root group: knows its commands by name and imports one when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order of the table."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"{_PACKAGE}.{cmd_name.replace('-', '_')}")
        return _with_common(_built(cmd_name, module.command))

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; say which one was probably meant where there is none."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415

            near = get_close_matches(args[0], COMMANDS, n=1)
            meant = f" Did you mean `irkit {near[0]}`?" if near else " See `irkit --help`."
            raise click.UsageError(f"there is no command `{args[0]}`.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def main(  # type: ignore[override]  # what click's own runner passes besides is not used
        self,
        args: Sequence[str] | None = None,
        prog_name: str = "irkit",
        *,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and leave with the exit code of the class of what happened."""
        common = Common()
        try:
            code = super().main(args, prog_name, standalone_mode=False, obj=common, **extra)
        except BaseException as error:  # noqa: BLE001  # every end has its exit code
            from irkit.cli.errors import report  # noqa: PLC0415  # only bad news loads it

            code = report(error, common)
        code = int(code) if isinstance(code, int) else 0
        if standalone_mode:
            sys.exit(code)
        return code

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an interruption keeps its own kind."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            from irkit.cli.errors import interrupted  # noqa: PLC0415

            return interrupted(ctx.obj)


def _built(name: str, command: Any) -> click.Command:
    if not isinstance(command, typer.Typer):
        application = _application()
        application.command(name=name, help=command.__doc__ or COMMANDS[name])(command)
        command = application
    built = typer.main.get_command(command)
    built.name = name
    return built


def _application() -> typer.Typer:
    return typer.Typer(rich_markup_mode=None, add_completion=False, pretty_exceptions_enable=False)


def _with_common(command: click.Command) -> click.Command:
    command.params = [*command.params, *_common_options()]
    for below in getattr(command, "commands", {}).values():
        _with_common(below)
    return command


def _common_options() -> list[click.Parameter]:
    named = (
        ("workspace", "--workspace", "DIR", "The workspace; else IRKIT_WORKSPACE, or the nearest."),
        ("acting_as", "--as", "WHO", "Who you are, as in allowed_signers; else IRKIT_AS."),
    )
    options = [_option(name, flag, text, metavar=metavar) for name, flag, metavar, text in named]
    return [*options, *(_option(name, flag, text, is_flag=True) for name, flag, text in _FLAGS)]


def _option(name: str, flag: str, text: str, **more: Any) -> click.Parameter:
    def take(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
        ctx.find_root().obj.take(name, value)

    return typer.core.TyperOption(
        param_decls=[flag, f"common_{name}"], help=text, expose_value=False, callback=take, **more
    )


def application() -> click.Group:
    """Return the root command."""
    return LazyGroup(
        name="irkit",
        help="Contain an incident from a reviewed playbook, and prove what was done.",
        params=[*_common_options(), _version_option()],
        no_args_is_help=True,
        rich_markup_mode=None,
    )


def _version_option() -> click.Parameter:
    def show(ctx: click.Context, _parameter: click.Parameter, value: object) -> None:
        if value:
            from irkit import __version__  # noqa: PLC0415

            click.echo(f"irkit {__version__}")
            ctx.exit()

    return typer.core.TyperOption(
        param_decls=["--version"],
        help="Show the version.",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=show,
    )


def main() -> None:
    """Run the command line."""
    application().main(prog_name="irkit")
