"""`irkit test`: try playbooks in simulated worlds, as their test files say."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from irkit.cli.opened import this


class Format(StrEnum):
    """How results are written."""

    HUMAN = "human"
    JSON = "json"
    JUNIT = "junit"


def command(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILES|PLAYBOOKS]",
            help="Test files, folders or playbooks; else those of the workspace, or the shipped.",
        ),
    ] = None,
    name: Annotated[
        str, typer.Option("-k", metavar="NAME", help="Only cases with this in their name.")
    ] = "",
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.HUMAN,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here; else it is printed.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(help="How many cases at once; else as many as there are processors.")
    ] = 0,
) -> int:
    """Try playbooks in simulated worlds: each case in a world of its own, judged by that world.

    Exit code 1 says that something does not hold. Nothing but loopback is contacted.
    """
    from irkit.cli.testing import Tests  # noqa: PLC0415

    me = this()
    tests = Tests(me, processes=jobs or os.cpu_count() or 1)
    return tests.run(what or [], name, format_.value, out)
