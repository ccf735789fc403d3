"""The runner: the only loop with I/O. It asks the machine, carries out, records, asks again."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import anyio
from anyio.abc import TaskGroup

from irkit.engine.applying import apply_change, skip_change
from irkit.engine.asking import ask
from irkit.engine.commands import (
    Apply,
    Ask,
    AskResolve,
    AwaitApproval,
    CheckNow,
    Close,
    Command,
    LookAgain,
    PlanNow,
    PlanUndo,
    Propose,
    ReadNow,
    Settle,
    Skip,
    Verify,
    WaitUntil,
    WriteReport,
)
from irkit.engine.context import Context
from irkit.engine.desk import Desk
from irkit.engine.holding import look_again, note_seats
from irkit.engine.leaves import Walked
from irkit.engine.machine import WATCHING, next_commands
from irkit.engine.planning import plan_step
from irkit.engine.proposing import propose
from irkit.engine.reading import make_read
from irkit.engine.settling import settle
from irkit.engine.undoing import plan_undo
from irkit.engine.verifying import check_now, verify_change
from irkit.log import logger
from irkit.model.run import Run

_QUIET = timedelta(seconds=30)


class Ending(StrEnum):
    """Why the loop came back."""

    CLOSED = "closed"
    PLANNED = "planned"
    WAITING = "waiting"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Driven:
    """What a drive came to: the ending, the run, and the last walk."""

    ending: Ending
    run: Run
    walked: Walked
    waits: tuple[str, ...] = ()


class Runner:
    """Drives one run in one process."""

    def __init__(self, context: Context) -> None:
        """Take the run up where its records left it."""
        self.desk = Desk(context)
        self.stopping = False
        self._woken = anyio.Event()
        self._offered_since: datetime | None = None
        self._said_at = context.clock()

    def stop(self) -> None:
        """Start nothing more: finish what is in flight, record, come back."""
        self.stopping = True
        self._woken.set()

    async def drive(self, *, wait: bool = True, hold: bool = True) -> Driven:
        """Carry the run as far as it goes.

        Args:
            wait: stay while somebody has to approve or answer; otherwise come back `waiting`.
            hold: stay for the watch; otherwise come back when only looks are left.
        """
        await self._note_seats()
        driven: Driven | None = None
        async with anyio.create_task_group() as group:
            while driven is None:
                self._woken = anyio.Event()
                self.desk.catch_up()
                walked = self.desk.walked()
                if self.desk.run.closed:  # by whoever acted until a moment ago: nothing may follow
                    driven = Driven(Ending.CLOSED, self.desk.run, walked)
                else:
                    driven = await self._turn(group, walked, wait=wait, hold=hold)
        assert driven is not None, "the loop ends with an ending"
        await self._note_seats()
        return driven

    async def _note_seats(self) -> None:
        """Before and after acting, the seats a drill supplies are tried and recorded."""
        if not self.desk.context.dry and not self.desk.run.closed:
            await note_seats(self.desk)

    async def _turn(
        self, group: TaskGroup, walked: Walked, *, wait: bool, hold: bool
    ) -> Driven | None:
        desk = self.desk
        commands = () if self.stopping else next_commands(desk.moment(walked))
        jobs = [command for command in self._timely(commands) if _is_job(command)]
        for command in jobs:
            if isinstance(command, Close):
                return await self._close(command, walked)
            desk.flying.add(command.key)
            group.start_soon(self._carry_out, command, walked)
        if desk.flying:
            await self._rest(None)
            return None
        if self.stopping:
            return await self._stopped(walked)
        return await self._idle(commands, walked, wait=wait, hold=hold)

    async def _idle(
        self, commands: tuple[Command, ...], walked: Walked, *, wait: bool, hold: bool
    ) -> Driven | None:
        """Nothing is under way: come back, or wait for a time or a person."""
        run = self.desk.run
        if self.desk.context.dry:
            return Driven(Ending.PLANNED, run, walked)
        people = tuple(c.key for c in commands if isinstance(c, AwaitApproval | AskResolve))
        times = [c for c in commands if isinstance(c, WaitUntil)]
        own = [c for c in times if not c.who]
        watching = bool(own) and all(c.why == WATCHING for c in own)
        whys = (*people, *(c.why for c in times))
        if not commands or (not wait and not own) or (watching and not hold):
            return Driven(Ending.WAITING, run, walked, whys)
        until = min((c.moment for c in times), default=None)
        self.desk.context.listener.waiting(run, whys, until)
        await self._rest(until)
        return None

    def _timely(self, commands: tuple[Command, ...]) -> tuple[Command, ...]:
        """Hold an offer back a moment while more of the plan is about to be ready."""
        offers = any(isinstance(command, Propose) for command in commands)
        looking = any(isinstance(command, ReadNow | PlanNow) for command in commands) or any(
            key.startswith(("read ", "plan ")) for key in self.desk.flying
        )
        if not offers or not looking:
            self._offered_since = None
            return commands
        now = self.desk.now()
        self._offered_since = self._offered_since or now
        if now - self._offered_since >= self.desk.context.pace.offer_within:
            return commands
        return tuple(command for command in commands if not isinstance(command, Propose))

    async def _rest(self, until: datetime | None) -> None:
        """Sleep until something finishes, a moment comes, or it is time to look around."""
        pause = self.desk.context.pace.poll
        if until is not None:
            pause = min(pause, max(until - self.desk.now(), timedelta(milliseconds=10)))
        with anyio.move_on_after(pause.total_seconds()):
            await self._woken.wait()
            self._said_at = self.desk.now()
            return
        if self.desk.now() - self._said_at >= _QUIET:
            self._said_at = self.desk.now()
            self.desk.context.listener.working(self.desk.run, tuple(sorted(self.desk.flying)))

    async def _carry_out(self, command: Command, walked: Walked) -> None:
        log = logger().bind(run=self.desk.run.id, key=command.key)
        log.debug("command.started")
        try:
            await self._work(command, walked)()
        finally:
            log.debug("command.finished")
            self.desk.flying.discard(command.key)
            self._woken.set()

    def _work(  # noqa: C901, PLR0911, PLR0912  # a table
        self, command: Command, walked: Walked
    ) -> Callable[[], Awaitable[None]]:
        desk = self.desk
        match command:
            case ReadNow():
                return lambda: make_read(desk, command.leaf)
            case PlanNow():
                return lambda: plan_step(desk, command.leaf)
            case PlanUndo():
                return lambda: plan_undo(desk, command)
            case Propose():
                return lambda: propose(desk, command.phases, walked)
            case Apply():
                return lambda: apply_change(desk, command.change)
            case Skip():
                return lambda: skip_change(desk, command)
            case Settle():
                return lambda: settle(desk, command.change)
            case Verify():
                return lambda: verify_change(desk, command.change)
            case CheckNow():
                return lambda: check_now(desk, command.leaf)
            case Ask():
                return lambda: ask(desk, command.leaf)
            case WriteReport():
                return lambda: self._report(command)
            case LookAgain():
                return lambda: look_again(desk, command)
            case AwaitApproval() | AskResolve() | WaitUntil() | Close():
                raise AssertionError(f"{command} is nothing to carry out")

    async def _report(self, command: WriteReport) -> None:
        reporter = self.desk.context.reporter
        file = reporter.write(self.desk.run, command.leaf.step.template) if reporter else ""
        await self.desk.record(
            "report.written",
            {"step": command.leaf.path, "template": command.leaf.step.template, "file": file},
        )

    async def _close(self, command: Close, walked: Walked) -> Driven:
        await self.desk.record(
            "run.closed",
            {
                "count": self.desk.run.count + 1,
                "outcome": command.outcome,
                "reasons": list(command.reasons),
            },
        )
        return Driven(Ending.CLOSED, self.desk.run, walked)

    async def _stopped(self, walked: Walked) -> Driven:
        if not self.desk.context.dry:
            await self.desk.record("run.stopped", {"why": "stopped from the terminal"})
        return Driven(Ending.STOPPED, self.desk.run, walked)


def _is_job(command: Command) -> bool:
    return not isinstance(command, AwaitApproval | AskResolve | WaitUntil)
