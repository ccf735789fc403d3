"""`irkit schedule`: what is due, proving it, and what lets a timer do it."""

import getpass
import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this
from irkit.diagnostics import Diagnostic, IrkitError

if TYPE_CHECKING:
    from irkit.proving.proof import Proof
    from irkit.proving.schedule.agenda import Item
    from irkit.proving.schedule.place import Document
    from irkit.proving.shelf import Shelf

command = typer.Typer(
    help="Show what is due to be proven, prove it, and print what lets a timer do it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


class Kind(StrEnum):
    """What runs the timer."""

    SYSTEMD = "systemd"
    CRON = "cron"
    K8S = "k8s"
    GITHUB = "github"


@command.command()
def show() -> int:
    """Show what the policies of all test files want proven, and when; no provider is asked."""
    from irkit.cli.views import schedule as view  # noqa: PLC0415
    from irkit.proving.schedule.doing import able  # noqa: PLC0415

    me = this()
    _, found = _agenda(me)
    value = view.to_json(found, able=able(), now=me.clock())
    me.output.show(value, view.text)
    return ExitCode.DONE


@command.command()
def run() -> int:
    """Prove what is due now, one after the other; each attempt is recorded. For a timer.

    Another run under way is left alone, so that one line of cron is enough.
    """
    from irkit.proving.schedule.doing import alone, waits  # noqa: PLC0415

    me = this()
    with alone(me.workspace.state) as mine:
        if not mine:
            me.output.say("Another run of the schedule is under way: nothing is done.")
            return ExitCode.DONE
        shelf, found = _agenda(me)
        now = me.clock()
        due = [item for item in found if item.is_due(now)]
        mine_to_do = []
        for item in due:
            why_not = waits(shelf, item, me.here)
            if why_not:
                told = f"{item.playbook} {item.level.word} is due, and {why_not}"
                me.output.say(told, playbook=item.playbook, level=item.level.word)
            else:
                mine_to_do.append(item)
        if not mine_to_do:
            me.output.say("Nothing is due.")
            return ExitCode.DONE
        return max((_prove(me, shelf, item) for item in mine_to_do), default=ExitCode.DONE)


@command.command(name="print")
def print_(
    kind: Annotated[Kind, typer.Argument(help="What runs the timer.")],
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the files there; else print them.")
    ] = None,
    image: Annotated[
        str, typer.Option(help="For k8s: the image that holds irkit.")
    ] = "registry.example/irkit:latest",
) -> int:
    """Print the units, line, manifest or workflow that runs `irkit schedule run` every hour."""
    from irkit.proving.schedule.place import Place  # noqa: PLC0415
    from irkit.proving.schedule.printing import documents  # noqa: PLC0415

    me = this()
    place = Place(
        workspace=str(me.root.resolve()), command=_own(), user=getpass.getuser(), image=image
    )
    found = documents(str(kind), place)
    if out is None:
        comment = len(found) > 1
        texts = [f"# {one.name}\n{one.text}" if comment else one.text for one in found]
        me.output.raw("\n".join(texts).rstrip("\n"))
    else:
        for one in found:
            _write(me, me.here / out, one)
    return ExitCode.DONE


def _agenda(me: Invocation) -> "tuple[Shelf, tuple[Item, ...]]":
    """Return the shelf, and what the policies want; a playbook that cannot be read is told."""
    from irkit.proving.ledger.reading import recorded, rows  # noqa: PLC0415
    from irkit.proving.schedule.agenda import agenda  # noqa: PLC0415
    from irkit.proving.shelf import Shelf  # noqa: PLC0415

    shelf = Shelf(session=me.session)
    found = tuple(rows(shelf, shelf.all(), recorded(me.session), me.clock()))
    for row in found:
        me.output.bad_news(row.problems)
    return shelf, agenda(found)


def _prove(me: Invocation, shelf: "Shelf", item: "Item") -> int:
    from irkit.cli.testing import EXITS  # noqa: PLC0415
    from irkit.cli.views import schedule as view  # noqa: PLC0415
    from irkit.proving.schedule.doing import prove  # noqa: PLC0415

    try:
        proof = prove(shelf, item, me.here, EXITS)
    except IrkitError as error:
        me.output.bad_news(error.diagnostics)
        return ExitCode.PROBLEMS
    me.output.show(view.proof_json(proof), view.proof_text)
    return _exit(proof)


def _exit(proof: "Proof") -> int:
    from irkit.proving.proof import Outcome  # noqa: PLC0415

    match proof.outcome:
        case Outcome.PASSED:
            return ExitCode.DONE
        case Outcome.FAILED | Outcome.UNKNOWN:
            return ExitCode.PROBLEMS


def _own() -> tuple[str, ...]:
    """Return how a timer starts this irkit: by its script, or by its interpreter."""
    script = shutil.which("irkit", path=os.path.dirname(sys.executable)) or shutil.which("irkit")  # noqa: PTH120
    return (script,) if script else (sys.executable, "-m", "irkit")


def _write(me: Invocation, folder: Path, document: "Document") -> None:
    path = folder / document.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(document.text, encoding="utf-8")
    except OSError as error:
        raise IrkitError(
            Diagnostic(
                code="IRK860",
                summary=f"{path} cannot be written: {error.strerror}",
                help="name another directory: --out DIR",
            )
        ) from error
    me.output.say(f"written: {path}", file=str(path))
