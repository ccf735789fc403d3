"""Beginning a drill with people: its workspace, the one process that runs it, its first records."""

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from irkit.clock import system_clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.drill.exercise.clocks import PacedClock
from irkit.drill.exercise.live import Live
from irkit.drill.exercise.play import Play
from irkit.drill.exercise.simulate import opened
from irkit.drill.exercise.site import site
from irkit.drill.record.fold import drills
from irkit.drill.record.kinds import Ending, Kind
from irkit.drill.record.log import FACILITATOR, DrillLog
from irkit.drill.record.state import Drill, End
from irkit.drill.scenario.model import Inject, Scenario, Style
from irkit.engine.history import inflated
from irkit.engine.ulid import speakable
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Record
from irkit.workspace import decode
from irkit.workspace.config import AwsConnection, Mode, OktaConnection

LOCK: Final = "drill.lock"
_TRIES: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How somebody wants a drill to be played."""

    style: Style
    speed: int
    seed: int
    solo: bool
    who: str


def known(journal: Journal) -> Mapping[str, Drill]:
    """Return the drills of a trail, the oldest first."""
    return drills(inflated(journal.replay(), journal.blobs))


def current(journal: Journal) -> Drill:
    """Return the drill that is on.

    Raises:
        IrkitError: IRK856 if none is.
    """
    for drill in reversed(tuple(known(journal).values())):
        if drill.end is None:
            return drill
    raise IrkitError(
        Diagnostic(
            code="IRK856",
            summary="no drill is on in this workspace",
            help="begin one: irkit drill run SCENARIO",
        )
    )


@contextmanager
def begun(
    scenario: Scenario,
    root: Path,
    wish: Wish,
    *,
    told: Callable[[Inject], None],
    heard: Callable[[Record], None],
) -> Iterator[Live]:
    """Serve the world, open the drill and let its time run.

    Raises:
        IrkitError: if the workspace is none for drills, or a drill is on in it.
    """
    ports = _ports(root)
    clock = PacedClock(wish.speed)
    with _alone(root), site(scenario, root, clock=clock, ports=ports) as place:
        # The clock of the trail is the machine's, as for everybody else who writes to it.
        session = replace(place.session(wish.who), clock=system_clock)
        with session.journal(writing=True) as journal:
            _bury(journal)
            name = _name(known(journal))
            log = DrillLog(drill=name, journal=journal, seconds=lambda: clock.seconds)
            about = opened(
                scenario,
                wish.style,
                seed=wish.seed,
                speed=wish.speed,
                solo=wish.solo,
            )
            actor = Actor(id=wish.who, kind="person", auth="local")
            log.write(Kind.OPENED, actor=actor, also=about)
            for role in scenario.roles.values():
                if wish.solo or role.sees_truth:
                    log.write(Kind.JOINED, actor=actor, role=role.name)
            play = Play(
                scenario=scenario, world=place.world, log=log, told=told, move=lambda _: None
            )
            live = Live(
                play=play,
                site=place,
                journal=journal,
                clock=clock,
                solo=wish.solo,
                heard=heard,
                read_to=journal.head().size - 1,
            )
            log.write(Kind.CLOCK, speed=wish.speed, why="started")
            clock.run()
            play.begin(wish.seed)
            yield live


def _ports(root: Path) -> tuple[int, int]:
    """Return where a workspace expects its world; a new one is told whatever is free.

    Raises:
        IrkitError: IRK859 if the workspace is none for exercises.
    """
    if not (root / "irkit.yaml").exists():
        return 0, 0
    workspace = decode.load(root)
    if workspace.mode is not Mode.DRILL:
        raise IrkitError(
            Diagnostic(
                code="IRK859",
                summary=f"{root} is a workspace of live systems",
                help="name an empty directory: irkit drill run SCENARIO --workspace DIR",
            )
        )
    okta, aws = 0, 0
    for connection in workspace.connections.values():
        match connection:
            case OktaConnection(org_url=url):
                okta = urlsplit(url).port or 0
            case AwsConnection(endpoint_url=url):
                aws = urlsplit(url).port or 0
    return okta, aws


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    """Be the one process that runs a drill in this workspace."""
    state = root / ".irkit"
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(state / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IrkitError(
                Diagnostic(
                    code="IRK855",
                    summary=f"a drill is on in the workspace {root}",
                    help="end it first: irkit drill stop",
                )
            ) from error
        yield
    finally:
        os.close(handle)


def as_left(drill: Drill, root: Path) -> Drill:
    """Return a drill as it stands: where its process is gone, it ended with its last record."""
    if drill.end is not None or _served(root):
        return drill
    t = drill.last_t
    end = End(t=t, at=drill.at_of(t), why=Ending.DIED, text=_gone(t), by=FACILITATOR.id)
    return replace(drill, end=end)


def require_served(drill: Drill, root: Path) -> None:
    """Let people say something to a drill only while its process is there to hear it.

    Raises:
        IrkitError: IRK884 if it is gone.
    """
    if not _served(root):
        raise IrkitError(
            Diagnostic(
                code="IRK884",
                summary=f"nobody hears this: {_gone(drill.last_t)}",
                help=f"read how far {drill.id} came: irkit drill report; then begin another",
            )
        )


def _served(root: Path) -> bool:
    """Say whether a process runs a drill in this workspace."""
    try:
        handle = os.open(root / ".irkit" / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def _gone(t: int) -> str:
    return f"the process that ran it is gone; the last record is at {t}s"


def _bury(journal: Journal) -> None:
    """End a drill whose process died: its world is gone, and its report says where it stopped."""
    for drill in known(journal).values():
        if drill.end is None:
            log = DrillLog(drill=drill.id, journal=journal, seconds=lambda t=drill.last_t: t)  # type: ignore[misc]
            log.write(Kind.ENDED, why=str(Ending.DIED), text=_gone(drill.last_t))


def _name(taken: Mapping[str, Drill]) -> str:
    """Return a name that people can say and no drill here has."""
    names = (speakable(os.urandom(2)) for _ in range(_TRIES))
    return next((name for name in names if name not in taken), f"drill-{len(taken) + 1}")
