"""`irkit new`: a playbook to start from, linted, with a test beside it."""

import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.canonical import JsonObject
from irkit.cli.exits import ExitCode
from irkit.cli.opened import this
from irkit.diagnostics import has_errors
from irkit.engine.scaffold import Kind, make

if TYPE_CHECKING:
    from irkit.cli.views.style import Style


def command(
    name: Annotated[str, typer.Argument(help="Its name, such as leaked-session.")],
    title: Annotated[str, typer.Option(help="Its title; else the name in words.")] = "",
    kind: Annotated[
        Kind, typer.Option("--for", help="What it starts from: a person at Okta, a key at AWS.")
    ] = Kind.OKTA,
) -> int:
    """Start a playbook of your own: complete and linted, to be changed."""
    from irkit.cli.lazy_tests import LazyTests  # noqa: PLC0415
    from irkit.engine.linting import Linter  # noqa: PLC0415

    me = this()
    folder = me.workspace.playbooks if me.in_workspace else me.here
    linter = Linter(
        catalogue=me.catalogue,
        workspace=me.workspace if me.in_workspace else None,
        tests=LazyTests(),
    )
    made = make(folder, name, linter, title=title, kind=kind)
    me.output.bad_news(made.found)
    me.output.show(
        {
            "view": "playbook_made",
            "playbook": str(made.playbook),
            "test": str(made.test),
            "next": [
                f"irkit lint {shlex.quote(str(made.playbook))}",
                f"irkit test {shlex.quote(str(made.test))}",
                f"irkit graph {shlex.quote(str(made.playbook))}",
                f"irkit plan {shlex.quote(str(made.playbook))} -i {_INPUTS[kind]}",
            ],
        },
        _text,
    )
    return ExitCode.PROBLEMS if has_errors(made.found) else ExitCode.DONE


_INPUTS = {Kind.OKTA: "user=LOGIN", Kind.AWS: "key=AKIA…"}


def _text(value: JsonObject, *, style: "Style") -> str:
    from irkit.cli.views.style import Tone  # noqa: PLC0415
    from irkit.report.mark import Mark  # noqa: PLC0415
    from irkit.report.reading import text_of, texts_of  # noqa: PLC0415

    lines = [style.marked(Mark.GOOD, f"written: {text_of(value, 'playbook')}")]
    lines.append(f"           {text_of(value, 'test')}")
    lines += [style.paint(Tone.KEY, f"  {line}") for line in texts_of(value, "next")]
    return style.page(*lines)
