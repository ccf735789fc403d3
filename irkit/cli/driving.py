"""Driving a run from a terminal: what is shown on the way, what Ctrl-C does, how it ends.

The first Ctrl-C lets the change in flight finish and stops; the second stops at once and says what
is in doubt. Either way the run can go on later, in any terminal.
"""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import anyio

from irkit.cli.exits import ExitCode, of_outcome
from irkit.cli.listening import Screen
from irkit.cli.opened import Invocation
from irkit.cli.opening import open_named
from irkit.cli.seat_watch import SeatWatch, supplied
from irkit.cli.views import header, result
from irkit.diagnostics import Diagnostic, Severity
from irkit.engine.assembly import Surroundings, connected, context
from irkit.engine.connections import OpenConnections
from irkit.engine.consent import WorkspaceConsent
from irkit.engine.opening import Opening
from irkit.engine.runner import Driven, Ending, Runner
from irkit.engine.walk import Book
from irkit.model import next_commands
from irkit.model.run import Run, Stage
from irkit.report.residual_rows import residual_rows
from irkit.report.writer import ReportWriter
from irkit.trail.journal import Journal

_WATCHING = "cut, watching"
_DOUBT = frozenset({Stage.IN_FLIGHT, Stage.IN_DOUBT, Stage.ASK})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """How far to go: wait for people, and stay for the watch."""

    wait: bool = True
    hold: bool = True


@dataclass(slots=True, kw_only=True)
class Driver:
    """Drives one run in this process."""

    invocation: Invocation
    journal: Journal
    consent: WorkspaceConsent
    book: Book
    ways: Ways
    undone: Run | None = None
    watch: SeatWatch | None = None
    screen: Screen = field(init=False)
    stopped_at_once: bool = False

    def __post_init__(self) -> None:
        """Stand ready to show what comes from now on."""
        output = self.invocation.output
        after = self.journal.head().size - 1
        self.screen = Screen(output=output, after=after, consent=self.consent)
        found = supplied(self.invocation)
        self.watch = SeatWatch(found, output) if found else None

    def start(self, opening: Opening) -> int:
        """Open a run, drive it, and return the exit code of what came of it."""
        self.announce(opening.run_id, opening.case)
        return anyio.run(self._start, opening)

    def carry_on(self, run: Run) -> int:
        """Take a run up where its records left it."""
        self.announce(run.id, run.case)
        return anyio.run(self._carry_on, run.id)

    def announce(self, run: str, case: str) -> None:
        """Say at once whether it is real, which case, whose tenants, and who you are."""
        announce(self.invocation, run=run, case=case)

    async def _start(self, opening: Opening) -> int:
        session = self.invocation.session
        with session.acting(opening.run_id):
            async with self._connected(opening.run_id) as connections:
                run_id = await open_named(self.invocation, opening, connections, self.journal)
                return await self._drive(run_id, connections)

    async def _carry_on(self, run_id: str) -> int:
        with self.invocation.session.acting(run_id):
            async with self._connected(run_id) as connections:
                return await self._drive(run_id, connections)

    @asynccontextmanager
    async def _connected(self, run_id: str) -> AsyncIterator[OpenConnections]:
        session = self.invocation.session
        async with connected(
            session,
            self.book,
            self._around(),
            run_id=run_id,
            dry=False,
            undone=self.undone,
        ) as (connections, silent):
            warn(self.invocation, silent)
            yield connections

    def _around(self) -> Surroundings:
        return Surroundings(
            listener=self.screen,
            reporter=ReportWriter(
                session=self.invocation.session,
                journal=self.journal,
                labels=self.watch.seats.labels if self.watch else {},
            ),
            seats=self.watch.seats if self.watch else None,
            on_wait=self.screen.limited,
        )

    async def _drive(self, run_id: str, connections: OpenConnections) -> int:
        runner = Runner(
            context(
                self.invocation.session,
                self.book,
                self._around(),
                connections,
                run_id=run_id,
                journal=self.journal,
                consent=self.consent,
                undone=self.undone,
            )
        )
        driven: Driven | None = None
        async with anyio.create_task_group() as group:
            group.start_soon(self._listen_for_stop, runner, group.cancel_scope)
            if self.watch is not None:
                await self.watch.look()
                group.start_soon(self.watch.watch)
            driven = await runner.drive(wait=self.ways.wait, hold=self.ways.hold)
            if self.watch is not None:
                await self.watch.look()
            group.cancel_scope.cancel()
        if driven is None:
            return self._left(run_id)
        return self._ended(driven)

    async def _listen_for_stop(self, runner: Runner, scope: anyio.CancelScope) -> None:
        with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
            async for _ in signals:
                if runner.stopping:
                    self.stopped_at_once = True
                    scope.cancel()
                    return
                runner.stop()
                self.invocation.output.hint(
                    "▲ STOPPING  what is in flight is finished and recorded; "
                    "Ctrl-C again stops at once"
                )

    def _left(self, run_id: str) -> int:
        """Say exactly what is in doubt after the second Ctrl-C."""
        run = self.invocation.session.run(self.journal, run_id)
        doubt = [s.change.id for s in run.changes.values() if s.stage in _DOUBT]
        told = f"in doubt: {', '.join(doubt)}" if doubt else "nothing is in doubt"
        note = Diagnostic(
            code="IRK601",
            summary=f"stopped at once; {told}",
            help=next_commands.on("resume", run_id),
        )
        self.invocation.output.bad_news([note])
        return ExitCode.STOPPED

    def _ended(self, driven: Driven) -> int:
        run = driven.run
        value = result.to_json(
            run,
            reasons=self.screen.reasons,
            seats=self.watch.rows() if self.watch else None,
            checked_at=self.watch.checked_at if self.watch else None,
            residual=residual_rows(self.book, self.invocation.catalogue),
        )
        self.invocation.output.show(value, result.text)
        return exit_code(driven)


def exit_code(driven: Driven) -> int:
    """Return the exit code of how a drive ended."""
    run = driven.run
    match driven.ending:
        case Ending.CLOSED:
            return of_outcome(run.outcome)
        case _ if any(state.stage in _DOUBT for state in run.changes.values()):
            return ExitCode.STILL_OPEN
        case Ending.WAITING if run.paused:
            return ExitCode.STOPPED
        case Ending.STOPPED:
            return ExitCode.STOPPED
        case Ending.WAITING if _WATCHING in driven.waits:
            return ExitCode.STILL_OPEN
        case Ending.WAITING | Ending.PLANNED:
            return ExitCode.WAITING


def announce(invocation: Invocation, *, run: str = "", case: str = "") -> None:
    """Say whether it is real, which case, whose tenants, who you are and what time it is."""
    session, workspace = invocation.session, invocation.workspace
    value = header.to_json(
        mode=str(workspace.mode),
        org=workspace.org,
        who=session.actor_name,
        now=invocation.clock(),
        case=case,
        run=run,
        accounts=tenants(invocation),
    )
    invocation.output.progress(value, header.text)


def tenants(invocation: Invocation) -> tuple[str, ...]:
    """Return the tenants that the workspace pins."""
    connections = OpenConnections(
        workspace=invocation.workspace, clock=invocation.clock, user_agent="", session_name=""
    )
    return connections.tenants()


def warn(invocation: Invocation, silent: tuple[Diagnostic, ...]) -> None:
    """Say which connections do not answer; what does not need them goes on."""
    invocation.output.bad_news(replace(item, severity=Severity.WARNING) for item in silent)
