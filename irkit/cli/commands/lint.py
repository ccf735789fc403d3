"""`irkit lint`: check playbooks, their tests, scenarios and configuration."""

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.engine.linting import Checked, Linter
    from irkit.workspace.config import Workspace


class Format(StrEnum):
    """How findings are written."""

    HUMAN = "human"
    JSON = "json"
    SARIF = "sarif"


def command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILES]", help="Files or folders; else all of the workspace."),
    ] = None,
    fix: Annotated[bool, typer.Option("--fix", help="Apply what is safe to apply.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.HUMAN,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", help="Print the JSON Schema of playbooks, tests and scenarios, for editors."
        ),
    ] = False,
) -> int:
    """Check playbooks, tests, scenarios, irkit.yaml, approvers, pins: each problem, its remedy."""
    me = this()
    if schema:
        return _schema(me)
    checked = _check_all(me, files, fix=fix)
    found = [item for one in checked for item in one.diagnostics]
    _write(me, checked, Format.JSON if me.output.json else format_)
    from irkit.diagnostics import has_errors  # noqa: PLC0415

    return ExitCode.PROBLEMS if has_errors(found) else ExitCode.DONE


def _schema(me: Invocation) -> int:
    from irkit.canonical import thaw  # noqa: PLC0415
    from irkit.drill.scenario.schema import files_schema  # noqa: PLC0415

    me.output.raw(json.dumps(thaw(files_schema(me.catalogue)), indent=2, sort_keys=True))
    return ExitCode.DONE


def _check_all(me: Invocation, files: list[Path] | None, *, fix: bool) -> "list[Checked]":
    from irkit.cli.lazy_scenarios import LazyScenarios  # noqa: PLC0415
    from irkit.cli.lazy_tests import LazyTests  # noqa: PLC0415
    from irkit.engine.linting import Linter, expanded, files_of  # noqa: PLC0415

    if files:
        paths = list(expanded(me.here / path for path in files))
    elif me.in_workspace:
        paths = [me.root / "irkit.yaml"]
    else:
        me.root  # noqa: B018  # says that there is no workspace here
        paths = []
    linter = Linter(
        catalogue=me.catalogue,
        workspace=_workspace(me),
        tests=LazyTests(),
        scenarios=LazyScenarios(),
    )
    if not files and linter.workspace is not None:
        paths = list(files_of(linter.workspace))
    return [_check(me, linter, path, fix=fix) for path in paths]


def _workspace(me: Invocation) -> "Workspace | None":
    from irkit.diagnostics import IrkitError  # noqa: PLC0415

    if not me.in_workspace:
        return None
    try:
        return me.workspace
    except IrkitError:
        return None


def _check(me: Invocation, linter: "Linter", path: Path, *, fix: bool) -> "Checked":
    name = _name(path, me.here)
    checked = linter.check(path, name)
    if not fix:
        return checked
    text = linter.fixed(checked)
    if text == checked.text:
        return checked
    path.write_text(text, encoding="utf-8")
    me.output.hint(f"fixed: {name}")
    return linter.check(path, name)


def _name(path: Path, here: Path) -> str:
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _write(me: Invocation, checked: "list[Checked]", format_: Format) -> None:
    from irkit.diagnostics.render import render_json, totals  # noqa: PLC0415

    found = [item for one in checked for item in one.diagnostics]
    match format_:
        case Format.JSON:
            if found:
                me.output.raw(render_json(found).removesuffix("\n"))
        case Format.SARIF:
            from irkit.cli.sarif import sarif  # noqa: PLC0415

            me.output.raw(json.dumps(sarif(found), indent=2))
        case Format.HUMAN:
            me.output.found(found, {_name(one.file, me.here): one.text for one in checked})
            count = len(checked)
            me.output.say(
                f"{totals(found)} in {count} file{'s' if count != 1 else ''}", files=count
            )
