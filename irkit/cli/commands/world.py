"""`irkit world`: the simulated Okta and AWS, served on loopback."""

import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.proving.world_facts import Place
    from irkit.world.world import World

_LISTEN = 0.2
"""Seconds between two looks for a signal."""

TOLD = "Every credential was tried just now."
"""The line that ends what the world says of itself."""

command = typer.Typer(
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="The simulated world: Okta and AWS on loopback, with an intruder in them.",
)


@command.callback()
def _world() -> None:
    """Start the simulated providers."""


@command.command()
def up(
    port_base: Annotated[
        int | None,
        typer.Option(
            help="Where Okta is served, AWS at the next port; else as the workspace says."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="What ids and keys derive from.")] = 7,
    fixture: Annotated[str, typer.Option(help="The company: acme-small or generated.")] = (
        "acme-small"
    ),
    no_intruder: Annotated[
        bool, typer.Option("--no-intruder", help="Nobody has broken in.")
    ] = False,
) -> int:
    """Serve the simulated world until Ctrl-C, with an intruder's credentials alive in it.

    Every start is the same world as new: ids and keys depend on the seed alone. On SIGUSR1 it says
    which seats of the intruder, and which of innocent people, work at that moment.
    """
    from irkit.cli.world_secrets import port_of  # noqa: PLC0415
    from irkit.proving.world_facts import PORT_BASE, Place, Served  # noqa: PLC0415

    me = this()
    own = port_of(me.workspace) if me.in_workspace else None
    place = Place(base=port_base or own or PORT_BASE, seed=seed, fixture=fixture)
    over, asked = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: over.set())
    with Served(place) as world:
        if not no_intruder:
            world.plant_intruder()
        kept = _keep_secrets(me, world, place)
        _say(me, world, place, kept=kept)
        signal.signal(signal.SIGUSR1, lambda *_: asked.set())
        while not over.wait(_LISTEN):
            if asked.is_set():
                asked.clear()
                _tell(me, world)
    me.output.hint("The world is gone, and all that was done to it.")
    return ExitCode.DONE


@command.command()
def demo() -> int:
    """Play the main job from the plan to the undo, in a workspace that stays (`--workspace`)."""
    from pathlib import Path  # noqa: PLC0415

    from irkit.cli.demo import play  # noqa: PLC0415

    me = this()
    return play((me.here / (me.common.workspace or Path("irkit-demo"))).absolute())


def _tell(me: Invocation, world: "World") -> None:
    """Try every credential, the intruder's and the innocent ones', and say which works."""
    seats = {seat.label: str(seat.probe()) for seat in world.seats}
    others = {seat.label: str(seat.probe()) for seat in world.bystanders}
    lines = [
        "As the world itself sees it:",
        *(f"  intruder   {state:8} {label}" for label, state in seats.items()),
        *(f"  innocent   {state:8} {label}" for label, state in others.items()),
        TOLD,
    ]
    me.output.say("\n".join(lines), seats=seats, bystanders=others)


def _keep_secrets(me: Invocation, world: "World", place: "Place") -> bool:
    """Give the workspace here the world's secrets, if it points at this world."""
    from irkit.cli.world_secrets import keep, points_at  # noqa: PLC0415
    from irkit.proving.world_facts import facts  # noqa: PLC0415

    if not me.in_workspace or not points_at(me.workspace, place):
        return False
    keep(me.workspace, facts(world, place))
    return True


def _say(me: Invocation, world: "World", place: "Place", *, kept: bool) -> None:
    from irkit.proving.world_facts import VICTIM  # noqa: PLC0415

    seats = [seat.label for seat in world.seats]
    lines = [
        (
            f"[EXERCISE] The simulated world is up: {len(world.okta_ids.users)} people, "
            f"{len(world.accounts)} AWS accounts, seed {place.seed}."
        ),
        f"  Okta {place.okta_url}   AWS {place.aws_url}",
        *([f"  an intruder holds {len(seats)} seats:"] if seats else []),
        *(f"    {label}" for label in seats),
        "",
        "In another terminal:",
    ]
    if kept:
        lines += [
            f"  irkit --workspace {me.root} check",
            f"  irkit --workspace {me.root} plan okta-user-federated-to-aws -i user={VICTIM}",
        ]
    else:
        lines += [f"  irkit init --world --port-base {place.base} DIR && cd DIR"]
        lines += ["  then start the world again from there, so that the workspace has its secrets"]
    lines += ["", "Ctrl-C ends it."]
    me.output.say(
        "\n".join(lines),
        okta_url=place.okta_url,
        aws_url=place.aws_url,
        seats=seats,
        workspace=str(me.root) if kept else "",
    )
