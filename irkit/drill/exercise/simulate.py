"""A whole drill in seconds: virtual time, a scripted response, the real engine and providers."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from irkit.actions.load import catalogue
from irkit.canonical import Json
from irkit.drill.exercise.books import book_of
from irkit.drill.exercise.clocks import VirtualClock
from irkit.drill.exercise.play import Play
from irkit.drill.exercise.responder import Responder
from irkit.drill.exercise.site import RESPONDER, Site, site
from irkit.drill.record.fold import drills
from irkit.drill.record.kinds import Kind
from irkit.drill.record.log import DrillLog
from irkit.drill.record.state import Drill
from irkit.drill.scenario.model import Inject, Response, Scenario, Style
from irkit.engine.history import inflated
from irkit.engine.runs import all_runs
from irkit.model.run import Run
from irkit.trail.journal import Journal
from irkit.trail.record import Actor

NAME = "drill"
_A_MINUTE = timedelta(minutes=1)
_DANA = Actor(id=RESPONDER, kind="person", auth="local")


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A drill that was played, and the runs in it."""

    drill: Drill
    runs: tuple[Run, ...]


def simulate(scenario: Scenario, response: Response, seed: int) -> Played:
    """Play a scenario against one response, in a place that is gone afterwards.

    Raises:
        IrkitError: if the world or a run cannot be started.
    """
    with tempfile.TemporaryDirectory(prefix="irkit-drill-") as folder:
        return simulate_in(Path(folder) / "acme", scenario, response, seed)


def simulate_in(root: Path, scenario: Scenario, response: Response, seed: int) -> Played:
    """Play a scenario against one response in the workspace `root`, which is made."""
    clock = VirtualClock(scenario.starts)
    with site(scenario, root, clock=clock) as place:
        with place.session().journal(writing=True) as journal:
            with _playing(place, scenario, journal, clock, response=response, seed=seed) as play:
                responder = Responder(
                    site=place,
                    play=play,
                    clock=clock,
                    journal=journal,
                    approve_after=response.approve_after,
                )
                _respond(responder, scenario, response)
                play.run_to(int(scenario.lasts.total_seconds()))
            return played(journal, NAME)


def played(journal: Journal, name: str) -> Played:
    """Read a drill and its runs back from the trail."""
    drill = drills(inflated(journal.replay(), journal.blobs))[name]
    return Played(drill=drill, runs=all_runs(journal))


@contextmanager
def _playing(
    place: Site,
    scenario: Scenario,
    journal: Journal,
    clock: VirtualClock,
    *,
    response: Response,
    seed: int,
) -> Iterator[Play]:
    log = DrillLog(drill=NAME, journal=journal, seconds=lambda: clock.seconds)
    log.write(
        Kind.OPENED,
        also=opened(scenario, Style.SIMULATED, seed=seed, speed=1, solo=True),
    )
    log.write(Kind.CLOCK, speed=1, why="started")

    def told(inject: Inject) -> None:
        option = response.decides.get(inject.decision)
        if option is not None:
            log.write(Kind.DECIDED, actor=_DANA, about=inject.decision, text=option)
            play.decided(inject.decision, option)

    play = Play(scenario=scenario, world=place.world, log=log, told=told, move=clock.move_to)
    play.begin(seed)
    yield play


def opened(
    scenario: Scenario, style: Style, *, seed: int, speed: int, solo: bool
) -> dict[str, Json]:
    """Return what the first record of a drill says."""
    return {
        "scenario": scenario.id,
        "title": scenario.title,
        "version": scenario.version,
        "digest": scenario.digest,
        "source": scenario.source,
        "style": str(style),
        "seed": seed,
        "speed": speed,
        "solo": solo,
        "lasts": int(scenario.lasts.total_seconds()),
    }


def _respond(responder: Responder, scenario: Scenario, response: Response) -> None:
    """Make the moves of a response, and say that it is contained after the last one."""
    play, clock = responder.play, responder.clock
    for move in response.moves:
        responder.wait(max(move.at - clock.passed, timedelta()))
        if play.ended is not None:
            return
        if move is response.moves[0]:
            play.log.write(Kind.DECLARED, actor=_DANA, text="[EXERCISE] incident declared")
            play.declared()
        inputs = _found_out(responder, scenario)
        if play.ended is not None:
            return
        responder.carry(book_of(scenario, move, catalogue()), inputs)
    if response.moves and play.ended is None and not play.claimed_by_run:
        play.claim(_DANA)


def _found_out(responder: Responder, scenario: Scenario) -> Mapping[str, str]:
    """Return the playbook's inputs; wait while what it is to be run on has not been made."""
    keys = {name: key.id for name, key in responder.site.world.user_keys.items()}
    while True:
        inputs = scenario.inputs(keys, responder.play.intruder.made)
        if responder.play.ended or not any(value.startswith("@") for value in inputs.values()):
            return inputs
        responder.wait(_A_MINUTE)
