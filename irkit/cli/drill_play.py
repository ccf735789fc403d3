"""`irkit drill run|status|replay|stop`: playing a drill with people, and telling it again."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this

if TYPE_CHECKING:
    from irkit.canonical import JsonObject
    from irkit.drill.record.deeds import Done
    from irkit.drill.record.state import Drill
    from irkit.drill.scenario.model import Inject, Scenario, Style
    from irkit.trail.journal import Journal
    from irkit.trail.record import Record

_FOLDER = "irkit-drill"
_Drill = Annotated[str, typer.Argument(metavar="[DRILL]", help="Its name; else the last one.")]
_Truth = Annotated[
    bool, typer.Option("--truth", help="With the intruder's side: for the facilitator.")
]
_StyleName = Annotated[
    str, typer.Option(help="tabletop: talked through; simulated: with irkit itself.")
]
_Solo = Annotated[bool, typer.Option("--solo", help="Alone: scripted colleagues sign and answer.")]
_Speed = Annotated[int, typer.Option(min=1, help="Exercise seconds a second.")]
_Seed = Annotated[int, typer.Option(help="What the intruder's rhythm derives from.")]
_Listen = Annotated[
    str, typer.Option(metavar="ADDR", help="Serve pages for a browser too, as at 127.0.0.1:0.")
]
_Beyond = Annotated[
    bool, typer.Option("--beyond", help="ADDR may be beyond this machine: NOT ENCRYPTED.")
]


def add(command: typer.Typer) -> None:
    """Add these commands to `irkit drill`."""
    for function in (run, status, replay, stop):
        command.command()(function)


def run(
    name: Annotated[str, typer.Argument(metavar="SCENARIO", help="Its id, or a file.")],
    *,
    style: _StyleName = "simulated",
    solo: _Solo = False,
    speed: _Speed = 1,
    seed: _Seed = 7,
    truth: _Truth = False,
    listen: _Listen = "",
    beyond: _Beyond = False,
) -> int:
    """Serve the world, let the intruder in, and tell people what happens, until it is over.

    Everybody else works in other terminals, in the same workspace, with irkit's own commands.
    Without --workspace it is made in irkit-drill. Ctrl-C ends the drill; its trail stays.
    """
    from irkit.cli import drill_pages  # noqa: PLC0415
    from irkit.cli.drilling import scenario_for  # noqa: PLC0415
    from irkit.cli.views import scorecard as card  # noqa: PLC0415
    from irkit.drill.exercise.start import Wish, begun  # noqa: PLC0415
    from irkit.workspace.exercise import DOMAIN  # noqa: PLC0415

    me = this()
    root = _root(me)
    told = scenario_for(me, name, root)
    chosen = _style(told, style)
    who = me.common.acting_as or f"dana@{DOMAIN}"
    wish = Wish(style=chosen, speed=speed, seed=seed, solo=solo, who=who)
    over: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: over.append(number))
    screen = _Screen(me, truth=truth)
    with (
        drill_pages.wanted(listen, beyond=beyond) as door,
        begun(told, root, wish, told=screen.told, heard=screen.heard) as live,
    ):
        _say_how(me, root, live.play.log.drill, told.title)
        live.stopping = lambda: bool(over)
        with drill_pages.served(me, live, door):
            live.run()
            value = _scored(live.journal, live.play.log.drill)
            me.output.show(value, card.text)
            drill_pages.stay(me, door, over)
    return ExitCode.STILL_OPEN if value.get("capped") else ExitCode.DONE


def _style(told: "Scenario", name: str) -> "Style":
    """Return the style, if the scenario is written for it.

    Raises:
        IrkitError: IRK857 if it is not.
    """
    from irkit.drill.absent import absent  # noqa: PLC0415

    for style in told.styles:
        if style == name:
            return style
    raise absent(f"the scenario `{told.id}` has no style `{name}`", name, told.styles)


def _root(me: Invocation) -> Path:
    """Return the drill's workspace: the one named, the one we are in, or a new one here."""
    if me.common.workspace is not None:
        return (me.here / me.common.workspace).absolute()
    return me.root if me.in_workspace else (me.here / _FOLDER).absolute()


class _Screen:
    """What the terminal that runs a drill shows: injects to all, the rest to the facilitator."""

    def __init__(self, me: Invocation, *, truth: bool) -> None:
        self._me = me
        self._truth = truth

    def told(self, inject: "Inject") -> None:
        """Show an inject."""
        self._me.output.say(
            f"[EXERCISE] to {inject.to} by {inject.channel}: {inject.text}",
            inject=inject.id,
            to=inject.to,
        )

    def heard(self, record: "Record") -> None:
        """Show what the intruder does, to those who may know."""
        if not self._truth or not record.type.startswith(("drill.act", "drill.seat", "drill.lost")):
            return
        body = record.body
        what = body.get("tactic") or body.get("holding") or body.get("label") or body.get("seat")
        state = body.get("state") or body.get("why") or ("works" if body.get("worked") else "")
        self._me.output.say(f"  {record.type:12} {what}  {state}", t=body.get("t"))


def status(name: _Drill = "", truth: _Truth = False) -> int:
    """Show a drill as it stands: its time, who plays, and what happened so far."""
    from irkit.cli.views import drill as view  # noqa: PLC0415

    me = this()
    drill, found = _seen(me, name)
    now = drill.end.t if drill.end else drill.t_of(me.clock())
    me.output.show(view.going_on(drill, found, now, truth=truth), view.going_on_text)
    return ExitCode.DONE


def replay(name: _Drill = "", truth: _Truth = False) -> int:
    """Tell a drill again from its records, in the order of time.

    Both sides once it is over; while it is on, the intruder's side is the facilitator's.
    """
    from irkit.cli.views import drill as view  # noqa: PLC0415
    from irkit.drill.exercise.lines import lines  # noqa: PLC0415

    me = this()
    drill, found = _seen(me, name)
    for line in lines(drill, found):
        if truth or drill.end is not None or not line.secret:
            me.output.show(view.line_json(line), view.line_text)
    return ExitCode.DONE


def _seen(me: Invocation, name: str) -> "tuple[Drill, tuple[Done, ...]]":
    from irkit.cli.drilling import drill_of  # noqa: PLC0415
    from irkit.drill.exercise.start import as_left  # noqa: PLC0415
    from irkit.drill.record.deeds import deeds  # noqa: PLC0415
    from irkit.engine.runs import all_runs  # noqa: PLC0415

    with me.session.journal(writing=False) as journal:
        drill = as_left(drill_of(journal, name), me.root)
        return drill, deeds(drill, all_runs(journal))


def stop(
    text: Annotated[str, typer.Argument(metavar="[WHY]", help="Why it ends.")] = "",
    real: Annotated[
        bool, typer.Option("--real", help="A real incident has begun: everybody may say so.")
    ] = False,
) -> int:
    """End the drill at once. Its trail stays, and says where it was."""
    from irkit.drill.exercise.steering import Steering  # noqa: PLC0415

    me = this()
    with me.session.journal(writing=True) as journal:
        drill = Steering(journal, me.session.actor, me.clock).stop(text, real=real)
    word = "REAL INCIDENT: the exercise is over" if real else "the exercise is over"
    me.output.say(f"[EXERCISE] {word} ({drill.id})", drill=drill.id, real=real)
    return ExitCode.DONE


def _scored(journal: "Journal", name: str) -> "JsonObject":
    """Score a drill that is over, record it, and return the card."""
    from irkit.cli.drilling import card_of  # noqa: PLC0415
    from irkit.drill.exercise.start import known  # noqa: PLC0415
    from irkit.drill.record.kinds import Kind  # noqa: PLC0415
    from irkit.drill.record.log import DrillLog  # noqa: PLC0415

    value = card_of(journal, known(journal)[name])
    log = DrillLog(drill=name, journal=journal, seconds=lambda: 0)
    log.write(Kind.SCORED, score=value)
    return {"view": "scorecard", **value}


def _say_how(me: Invocation, root: Path, name: str, title: str) -> None:
    me.output.say(
        f"[EXERCISE] {name}: {title}\nIn other terminals:\n"
        f"  cd {root}\n"
        "  irkit drill join ROLE --as NAME      # alice, bob or dana @acme.example\n"
        "  irkit drill status\n"
        "  irkit plan PLAYBOOK -i …             # and run, approve, status: as ever\n"
        "  irkit drill declare WHAT; irkit drill claim\n"
        "  irkit drill stop --real              # a real incident ends it at once",
        drill=name,
        workspace=str(root),
    )
