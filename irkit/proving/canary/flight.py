"""One canary, from sweeping what the last one left to the proof of this one.

A seat that was not alive before is dead afterwards whatever was done, so it proves nothing: that is
an error, not a pass. Whatever happens in between, what was planted is taken away at the end; where
irkit itself is killed, at the beginning of the next canary.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import anyio

from irkit.actions.base import SeatState
from irkit.clock import words
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.assembly import user_agent
from irkit.engine.connections import OpenConnections
from irkit.engine.context import Pace
from irkit.engine.ulid import ulid
from irkit.engine.undoing import can_undo, made_changes
from irkit.model.run import Run
from irkit.providers.aws.settings import LOOKUPS_PER_SECOND
from irkit.proving.canary import grounds, history, warrants
from irkit.proving.canary.driving import Hands, signing_key
from irkit.proving.canary.grounds import Ground, Site
from irkit.proving.canary.history import ENDED, Flown
from irkit.proving.canary.orders import SEAT, Orders, require_orders
from irkit.proving.canary.planted import Planted
from irkit.proving.canary.plants import plant_of
from irkit.proving.canary.watch import Watch
from irkit.proving.canary.writing import Writing
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.shelf import Shelf, Shelved
from irkit.trail.journal import Journal

Heard: TypeAlias = Callable[[str], None]
"""Told each thing that was done, in words."""

_SOON_OVER: Final = timedelta(days=7)
"""How long before its warrant ends a canary says so: the next one is out in a week, as a rule."""

_GOOD: Final = frozenset({"contained", "completed"})


@dataclass(slots=True, kw_only=True)
class Canary:
    """A canary of one playbook. `pace` and `lookups_per_second` are a world's, where it is one.

    `settles` is how long a new credential may take to be known everywhere, `every` how many seconds
    pass between two tries of one; None where the provider says.
    """

    shelf: Shelf
    shelved: Shelved
    journal: Journal
    heard: Heard
    pace: Pace | None = None
    lookups_per_second: int = LOOKUPS_PER_SECOND
    settles: timedelta = timedelta(seconds=30)
    every: float | None = None
    id: str = ""
    begun: bool = False
    planted: list[Planted] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def make(self) -> Proof:
        """Let the canary out.

        Raises:
            IrkitError: IRK870 to IRK875, IRK890 and IRK893 where it may not be let out, or proved
                nothing.
        """
        session = self.shelf.session
        orders = self._orders()
        began = session.clock()
        self.id = ulid(began, os.urandom(10))
        self._not_quiet(orders, began)
        async with self._connected(orders) as connections:
            here = await self._ground(Site(session=session, connections=connections), orders)
            await self._sweep_last(here, orders)
            self.begun = True
            history.began(
                self.journal,
                session.actor,
                self.id,
                playbook=self.shelved.name,
                user=orders.user,
                soc=orders.soc,
            )
            try:
                watch = await self._flown(here, orders)
            finally:
                with anyio.CancelScope(shield=True):
                    await self._end(here)
        return self._proof(orders, watch, began)

    def _orders(self) -> Orders:
        orders = require_orders(self.shelved.regime.canary, self.shelved.name)
        session = self.shelf.session
        own = orders.approve.get(session.actor_name)
        if session.key is None and own is not None:
            session.key = signing_key(session, own)
        return orders

    @asynccontextmanager
    async def _connected(self, orders: Orders) -> AsyncIterator[OpenConnections]:
        session = self.shelf.session
        async with OpenConnections(
            workspace=session.workspace,
            clock=session.clock,
            user_agent=user_agent(session, f"canary-{self.id}"),
            session_name="irkit-canary",
            lookups_per_second=self.lookups_per_second,
        ) as connections:
            silent = await connections.prepare(frozenset({orders.provider}))
            if silent:
                raise IrkitError(*silent)
            yield connections

    def _not_quiet(self, orders: Orders, now: datetime) -> None:
        hours = orders.quiet_at(now)
        if hours is not None:
            raise IrkitError(
                Diagnostic(
                    code="IRK874",
                    summary=f"these are quiet hours: {hours.text}",
                    help="let the canary out when somebody is there to look after it",
                )
            )

    async def _ground(self, site: Site, orders: Orders) -> Ground:
        """Find the canary's user, and the warrant to write to it."""
        session, module = site.session, grounds.at(orders.provider)
        found = await module.find(site, orders)
        consent = session.consent(self.journal)
        state = warrants.given(session, consent, orders, self.shelved.name, found.target)
        until = state.warrant.until
        if until - session.clock() < _SOON_OVER:
            self.heard(f"the warrant ends at {until:%Y-%m-%d %H:%MZ}: let people sign the next one")
        writing = Writing(
            session=session,
            journal=self.journal,
            consent=consent,
            state=state,
            target=found.target,
            canary=self.id,
        )
        return module.stand(site, found, writing, orders)

    def _flown_before(self) -> tuple[Flown, ...]:
        return tuple(
            one
            for one in history.flown(self.journal.replay())
            if one.playbook == self.shelved.name and one.id != self.id
        )

    async def _sweep_last(self, here: Ground, orders: Orders) -> None:
        """Take back and take away what a canary left that never ended."""
        for one in self._flown_before():
            if one.ended or one.user != orders.user:
                continue
            self.heard(f"sweeping what {history.when(one)} left")
            hands = self._hands(here, orders, Watch(here, (), here.every))
            for run_id in one.runs:
                await self._taken_back(hands, run_id)
            await here.sweep()
            history.say(self.journal, self.shelf.session.actor, ENDED, one.id, outcome="swept")
        for left in await here.sweep():
            self.heard(f"swept: {left}")

    async def _taken_back(self, hands: Hands, run_id: str) -> None:
        session = self.shelf.session
        if not any(True for _ in self.journal.replay(run_id)):
            return
        run = session.run(self.journal, run_id)
        if not run.closed:
            run = await hands.end(run)
        if not run.undoes and _takes_back(run):
            await hands.take_back(run)

    def _hands(self, here: Ground, orders: Orders, watch: Watch) -> Hands:
        return Hands(
            session=self.shelf.session,
            journal=self.journal,
            orders=orders,
            target=here.target,
            canary=self.id,
            listener=watch,
            pace=self.pace,
            lookups_per_second=self.lookups_per_second,
        )

    async def _flown(self, here: Ground, orders: Orders) -> Watch:
        planted = await self._planted(here, orders)
        book = self.shelved.book
        assert book is not None, "only a playbook that can be loaded is let out"
        watch = Watch(here, planted, self.every or here.every)
        hands = self._hands(here, orders, watch)
        ids = {f"{SEAT}{seat.kind}": seat.id for seat in planted}
        inputs = {name: ids.get(value, value) for name, value in orders.inputs.items()}
        run = await self._watched(watch, hands.contain(book, inputs))
        self.heard(f"the run ended {run.outcome}")
        self._judge(orders, watch, run)
        await self._undone(hands, here, planted, run)
        return watch

    async def _watched(self, watch: Watch, running: Awaitable[Run]) -> Run:
        """Try the seats while a run goes on; what goes wrong in the run is raised as it is."""
        ended: list[Run] = []
        failed: list[IrkitError] = []
        async with anyio.create_task_group() as group:
            group.start_soon(watch.watch)
            try:
                ended.append(await running)
                await watch.look()
            except IrkitError as error:
                failed.append(error)
            group.cancel_scope.cancel()
        if failed:
            raise failed[0]
        return ended[0]

    async def _planted(self, here: Ground, orders: Orders) -> tuple[Planted, ...]:
        for kind in orders.plant:
            self.planted.append(await plant_of(kind).plant(here, self.planted))
        for seat in self.planted:
            await self._alive(here, seat)
            self.heard(f"planted and alive: {seat.kind} {seat.id}")
        return tuple(self.planted)

    async def _alive(self, here: Ground, seat: Planted) -> None:
        """Wait until a seat works: a new key takes some seconds to be known everywhere.

        Raises:
            IrkitError: IRK875 if it does not.
        """
        if await self._comes_to(here, seat, SeatState.ALIVE):
            return
        raise IrkitError(
            Diagnostic(
                code="IRK875",
                summary=f"the planted {seat.kind} {seat.id} does not work, so that it is dead "
                "afterwards would prove nothing",
                help="see docs/how-to/canary.md for what the canary's user must be able to do",
            )
        )

    async def _comes_to(self, here: Ground, seat: Planted, wanted: SeatState) -> bool:
        """Try a seat until it is as wanted; it may take some seconds to be so everywhere."""
        every = self.every or here.every
        for _ in range(max(int(self.settles.total_seconds() / every), 1)):
            if await here.state(seat) is wanted:
                return True
            await anyio.sleep(every)
        return False

    def _judge(self, orders: Orders, watch: Watch, run: Run) -> None:
        if run.outcome not in _GOOD:
            self.problems.append(f"the run {run.id} ended {run.outcome}")
        for seat in watch.planted:
            lived, soon = watch.lived(seat), orders.soon(seat.kind)
            if lived is None:
                self.problems.append(f"the {seat.kind} is not dead after the run")
            elif lived > soon:
                told = f"the {seat.kind} lived {words(lived)}, more than {words(soon)}"
                self.problems.append(told)
            else:
                self.heard(f"dead {lived.total_seconds():.1f} s after the first cut: {seat.kind}")

    async def _undone(
        self, hands: Hands, here: Ground, planted: tuple[Planted, ...], run: Run
    ) -> None:
        if _takes_back(run):
            back = await hands.take_back(run)
            self.heard(f"the undo ended {back.outcome}")
            if back.outcome not in _GOOD:
                self.problems.append(f"the undo {back.id} ended {back.outcome}")
        self.problems += await here.unrestored(planted)

    async def _end(self, here: Ground) -> None:
        """Take everything away that was planted, see that nothing is left, and record the end.

        Where that cannot be done the canary does not end: the next one sweeps what it left.
        """
        try:
            await here.sweep()
            left = (
                *await here.left(),
                *[f"the {s.kind} works" async for s in self._alive_yet(here)],
            )
        except IrkitError as error:
            told = error.diagnostics[0]
            self.problems.append(f"not swept: {told.code}: {told.summary}")
            return
        if left:
            self.problems.append(f"left after the canary: {', '.join(left)}")
        else:
            self.heard("nothing is left")
        outcome = "failed" if self.problems else "passed"
        actor = self.shelf.session.actor
        history.say(self.journal, actor, ENDED, self.id, outcome=outcome, left=list(left))

    async def _alive_yet(self, here: Ground) -> AsyncIterator[Planted]:
        """Yield the seats that are not dead after the sweep; what ends by itself is told."""
        for seat in self.planted:
            if seat.ends is not None:
                self.heard(f"ends by itself at {seat.ends:%H:%M}Z: {seat.kind}")
            elif not await self._comes_to(here, seat, SeatState.DEAD):
                yield seat

    def came_to_nothing(self, error: IrkitError) -> Proof:
        """Return the proof of a canary that began and proved nothing."""
        session = self.shelf.session
        subject = self.shelf.subject(self.shelved, Level.CANARY)
        assert subject is not None, "the playbook can be loaded"
        return Proof(
            playbook=self.shelved.name,
            level=Level.CANARY,
            outcome=Outcome.UNKNOWN,
            subject=subject,
            where=f"{session.workspace.mode} {self._orders().user}",
            took=timedelta(),
            problems=(*self.problems, *(f"{i.code}: {i.summary}" for i in error.diagnostics)),
            canary=self.id,
        )

    def _proof(self, orders: Orders, watch: Watch, began: datetime) -> Proof:
        session = self.shelf.session
        subject = self.shelf.subject(self.shelved, Level.CANARY)
        assert subject is not None, "the playbook can be loaded"
        lived = {seat.kind: watch.lived(seat) for seat in watch.planted}
        return Proof(
            playbook=self.shelved.name,
            level=Level.CANARY,
            outcome=Outcome.FAILED if self.problems else Outcome.PASSED,
            subject=subject,
            where=f"{session.workspace.mode} {orders.user}",
            took=session.clock() - began,
            counts={"seats": len(watch.planted)},
            seats={kind: took for kind, took in lived.items() if took is not None},
            problems=tuple(self.problems),
            canary=self.id,
        )


def _takes_back(run: Run) -> bool:
    """Say whether a run made anything that can be taken back."""
    return any(can_undo(state) for state in made_changes(run, ()))
