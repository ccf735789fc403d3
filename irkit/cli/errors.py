"""Whatever went wrong, as diagnostics and an exit code. A traceback needs `--debug`."""

import traceback

import click

from irkit.cli.exits import ExitCode, of_diagnostics
from irkit.cli.options import Common
from irkit.cli.output import Output
from irkit.diagnostics import Diagnostic, IrkitError


def report(error: BaseException, common: Common) -> int:  # noqa: PLR0911  # a table
    """Say what went wrong and return the exit code of its class."""
    output = Output.of(common)
    match error:
        case click.exceptions.Exit():
            return error.exit_code
        case SystemExit():
            return error.code if isinstance(error.code, int) else int(bool(error.code))
        case click.UsageError():
            output.bad_news([_usage(error)])
            return ExitCode.USAGE
        case click.ClickException():
            output.bad_news([Diagnostic(code="IRK100", summary=error.format_message())])
            return ExitCode.USAGE
        case KeyboardInterrupt() | click.Abort():
            return interrupted(common)
        case BrokenPipeError():
            return ExitCode.PROBLEMS
        case _:
            return _failed(error, common, output)


def interrupted(common: Common) -> int:
    """Say that the command was left before its end."""
    note = Diagnostic(
        code="IRK600",
        summary="interrupted: nothing more is done",
        help="see what is true now: irkit status",
    )
    Output.of(common).bad_news([note])
    return ExitCode.STOPPED


def flat(error: BaseException) -> tuple[Diagnostic, ...] | None:
    """Return the diagnostics an error carries, also inside a group; None if it is a bug."""
    if isinstance(error, IrkitError):
        return error.diagnostics
    if isinstance(error, BaseExceptionGroup):
        parts = [flat(inner) for inner in error.exceptions]
        if all(part is not None for part in parts):
            return tuple(dict.fromkeys(item for part in parts for item in part or ()))
    return None


def _failed(error: BaseException, common: Common, output: Output) -> int:
    found = flat(error)
    if found is None:
        if isinstance(error, BaseExceptionGroup) and error.subgroup(KeyboardInterrupt):
            return interrupted(common)
        if common.debug:
            traceback.print_exception(error)
        output.bad_news([_bug(error)])
        return ExitCode.PROBLEMS
    output.bad_news(found)
    return of_diagnostics(found)


def _usage(error: click.UsageError) -> Diagnostic:
    path = error.ctx.command_path if error.ctx else "irkit"
    return Diagnostic(code="IRK100", summary=error.format_message(), help=f"{path} --help")


def _bug(error: BaseException) -> Diagnostic:
    inner = error
    while isinstance(inner, BaseExceptionGroup):
        inner = inner.exceptions[0]
    return Diagnostic(
        code="IRK900",
        summary=f"irkit failed in a way it should not: {type(inner).__name__}: {inner}",
        help="nothing unrecorded was written; see the traceback with --debug and report it",
    )
