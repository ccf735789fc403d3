"""`irkit test`: try playbooks in simulated worlds, as their test files say."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import click
import typer

from irkit.cli.opened import Invocation, this


class Format(StrEnum):
    """How results are written."""

    HUMAN = "human"
    JSON = "json"
    JUNIT = "junit"


class Sweep(StrEnum):
    """What a sweep goes over."""

    ALL = "all"
    FAULTS = "faults"
    CRASH = "crash"
    MUTATE = "mutate"
    SCALE = "scale"


def command(
    what: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[FILES|PLAYBOOKS|record RUN]",
            help="Test files, folders or playbooks; else those of the workspace, or the shipped.",
        ),
    ] = None,
    *,
    name: Annotated[
        str, typer.Option("-k", metavar="NAME", help="Only cases with this in their name.")
    ] = "",
    format_: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.HUMAN,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write it here; else it is printed.")
    ] = None,
    jobs: Annotated[
        int, typer.Option(help="How many at once; else as many as there are processors.")
    ] = 0,
    sweep: Annotated[
        Sweep | None, typer.Option(help="Generated tests instead, which take their time.")
    ] = None,
    sample: Annotated[
        int, typer.Option(help="With --sweep: only so many pieces, drawn by the seed.")
    ] = 0,
    seed: Annotated[int, typer.Option(help="With --sample: what the draw depends on.")] = 7,
) -> int:
    """Try playbooks in simulated worlds: each case in a world of its own, judged by that world.

    Exit code 1 says that something does not hold. Nothing but loopback is contacted. `record RUN`
    makes a test file of a run of an exercise.
    """
    from irkit.cli.testing import Tests  # noqa: PLC0415

    me = this()
    if what and what[0] == "record":
        return _record(me, what[1:], out)
    if sweep is not None:
        from irkit.cli.sweeping import Sweeps  # noqa: PLC0415

        sweeps = Sweeps(me, processes=jobs or os.cpu_count() or 1, seed=seed, sample=sample)
        return sweeps.run(what or [], sweep.value)
    tests = Tests(me, processes=jobs or os.cpu_count() or 1)
    return tests.run(what or [], name, format_.value, out)


def _record(me: Invocation, runs: list[str], out: Path | None) -> int:
    if len(runs) != 1:
        raise click.UsageError("name one run: irkit test record RUN")
    from irkit.cli.run_as_test import record  # noqa: PLC0415

    return record(me, runs[0], out)
