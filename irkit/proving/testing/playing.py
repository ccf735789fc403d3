"""Playing a case: the world, the run, perhaps a second one and an undo, and all seen of it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

from irkit.diagnostics import IrkitError
from irkit.engine.opening import Opening
from irkit.engine.runner import Driven
from irkit.engine.walk import Book
from irkit.model.run import Run
from irkit.proving.testing.bench import Bench, bench
from irkit.proving.testing.endings import Exits, ended, not_opened
from irkit.proving.testing.people import People
from irkit.proving.testing.provider_state import names_of, state_of
from irkit.proving.testing.seen import Check, Ended, Seen, State, Tried
from irkit.proving.testing.suite import Case
from irkit.trail.journal import Journal
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify
from irkit.world.calls import Call
from irkit.world.faults import Fault
from irkit.world.probing import USER_AGENT as PROBE
from irkit.world.seats import Seats


@contextmanager
def staged(case: Case) -> Iterator[Bench]:
    """Set a case's world up in a folder of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="irkit-test-") as folder:
        with bench(case.world, Path(folder) / "acme", case.requester) as made:
            yield made


def play(case: Case, book: Book, exits: Exits) -> Seen:
    """Play a case and return what was seen.

    Raises:
        IrkitError: if its world cannot be set up.
    """
    with staged(case) as made:
        return Play(made, case, book, exits).seen()


@dataclass
class Play:
    """One case on its bench."""

    bench: Bench
    case: Case
    book: Book
    exits: Exits

    def seen(self) -> Seen:
        """Carry the case out from beginning to end."""
        world = self.bench.world
        session = self.bench.session
        start, names = state_of(world), names_of(world)
        with session.journal(writing=True) as journal:
            first, run, failed = self._first(journal)
            after = state_of(world)
            seen = Seen(
                names=names,
                start=start,
                first=first,
                after=after,
                seats=_tried(world.seats),
                bystanders=_tried(world.bystanders),
                always=failed,
            )
            if self.case.twice:
                second, _ = self._again(journal)
                seen = replace(seen, second=second, after_second=state_of(world))
            if self.case.undo:
                undone = self._taken_back(journal, run) if run is not None else first
                seen = replace(seen, undone=undone, after_undo=state_of(world))
        return replace(seen, always=(*seen.always, *self._always(seen)))

    def _first(self, journal: Journal) -> tuple[Ended, Run | None, tuple[Check, ...]]:
        """Make the run of the case, with everything that goes wrong in it."""
        world = self.bench.world
        people = self.people(journal)
        world.faults.add(*(broken.fault for broken in self.case.faults))
        for provider in self.case.down:
            self._reach(provider, dead=True)
        ending, run = self._carry(people, journal, None)
        met = {fired.fault for fired in world.faults.fired()}
        world.faults.clear()
        for provider in self.case.down:
            self._reach(provider, dead=False)
        return ending, run, (*self._never_met(met), *_in_vain(people))

    def _never_met(self, met: set[Fault]) -> Iterator[Check]:
        """Yield a failure for each fault of the case that no call met."""
        for broken in self.case.faults:
            if broken.fault not in met:
                yield Check(
                    about=f"fault: {broken.fault.provider} {broken.fault.operation}",
                    holds=False,
                    expected=f"{broken.fault.kind} at such a call",
                    found="no such call was made",
                    span=broken.span,
                )

    def _again(self, journal: Journal) -> tuple[Ended, Run | None]:
        """Make the run once more, some time later: cut-offs of sessions move with it."""
        self.bench.world.clock.advance(_LATER)
        people = self.people(journal)
        return self._carry(people, journal, None)

    def _taken_back(self, journal: Journal, run: Run) -> Ended:
        people = replace(self.people(journal), decided=People.decided)
        return self._carry(people, journal, run)[0]

    def people(self, journal: Journal) -> People:
        """Return the people of the case."""
        people = People(
            case=self.case,
            session=self.bench.session,
            journal=journal,
            clock=self.bench.world.clock,
        )
        if self.case.approvals is not None:
            people.decided = self.case.approvals
        return people

    def _carry(
        self, people: People, journal: Journal, undone: Run | None
    ) -> tuple[Ended, Run | None]:
        """Make one run and say how it ended; what kept it from being opened is an ending too."""
        since = self.bench.calls_so_far()
        try:
            driven = self._driven(people, undone)
        except (IrkitError, ExceptionGroup) as error:
            return not_opened(error, self.exits), None
        run = self.bench.run_of(driven.run.id)
        ending = ended(run, self.exits.of_driven(driven), journal, tuple(people.refused))
        return replace(ending, calls=self._calls(since)), run

    def resumed(self, opening: Opening, people: People, since: int) -> Ended:
        """Take a run up again and say how it ended; its calls are those from `since` on."""
        code = self.exits.of_driven(self.bench.resume(opening, people))
        run = self.bench.run_of(opening.run_id)
        ending = ended(run, code, people.journal, tuple(people.refused))
        return replace(ending, calls=self._calls(since))

    def snapshot(self, start: State, ending: Ended) -> Seen:
        """Return what is seen after a run that began at `start` and ended so."""
        world = self.bench.world
        return Seen(
            start=start,
            after=state_of(world),
            first=ending,
            seats=_tried(world.seats),
            bystanders=_tried(world.bystanders),
        )

    def _driven(self, people: People, undone: Run | None) -> Driven:
        if undone is not None:
            return self.bench.carry(self.bench.undo_of(undone), people, undone)
        return self.bench.carry(self.bench.opening(self.book, self.inputs()), people)

    def inputs(self) -> dict[str, str]:
        """Return the inputs, with what only the world knows put in."""
        names = names_of(self.bench.world)
        return {key: names.get(value, value) for key, value in self.case.inputs.items()}

    def _calls(self, since: int) -> tuple[Call, ...]:
        """Return the calls of irkit: all but those of the credentials being tried."""
        return tuple(
            call
            for call in self.bench.world.calls.since(since)
            if not call.user_agent.startswith(PROBE)
        )

    def _reach(self, provider: str, *, dead: bool) -> None:
        world = self.bench.world
        proxy = world.okta_proxy if provider == "okta" else world.aws_proxy
        proxy.set_dead(dead)

    def _always(self, seen: Seen) -> Iterator[Check]:
        """Yield what has to be so in every case, whatever it expects."""
        yield _truthful(seen, self.book)
        yield self._trail_verifies()
        yield self._no_secret()

    def _trail_verifies(self) -> Check:
        verdict = verify(self.bench.session.workspace.trail_directory, deep=True)
        return Check(
            about="always: the trail verifies",
            holds=verdict.outcome is not Outcome.TAMPERED,
            expected="nothing was altered",
            found=str(verdict.first or verdict.outcome),
        )

    def _no_secret(self) -> Check:
        world = self.bench.world
        secrets = [world.okta_token.reveal(), world.aws_key.secret.reveal()]
        secrets += [
            secret.reveal()
            for seat in (*world.seats, *world.bystanders)
            for name, secret in seat.credentials.items()
            if name not in _NO_SECRETS
        ]
        folder = self.bench.session.workspace.trail_directory
        held = [
            file.name
            for file in sorted(folder.rglob("*"))
            if file.is_file() and _holds_any(file, secrets)
        ]
        return Check(
            about="always: no secret in the trail",
            holds=not held,
            expected="none",
            found=", ".join(held) or "none",
        )


_LATER: Final = timedelta(minutes=1)

_NO_SECRETS: Final = frozenset(
    {
        "access_key_id",
        "factor_id",
        "idp_id",
        "issuer",
        "login",
        "pass_code",
        "password",
        "provider",
        "role",
    }
)
"""Parts of a credential that everybody may see, or that are words of the exercise."""


def _holds_any(file: Path, secrets: list[str]) -> bool:
    content = file.read_bytes()
    return any(secret.encode() in content for secret in secrets)


def _in_vain(people: People) -> Iterator[Check]:
    """Yield a failure for each thing that a case says of people and that came to nothing."""
    for item in people.idle():
        yield Check(
            about="people",
            holds=False,
            expected="what the case says of people comes to something",
            found="nobody was asked for this",
            span=item.span,
            where="; ".join(refused.summary for refused in people.refused),
        )


def _truthful(seen: Seen, book: Book) -> Check:
    """A run that says contained while a credential it is against lives is the worst there is."""
    against = set(book.main.against)
    alive = [seat for seat in seen.seats if seat.kind in against and seat.state != "dead"]
    lies = seen.first.result == "contained" and bool(alive)
    return Check(
        about="always: contained is said of nothing alive",
        holds=not lies,
        expected="every seat the playbook is against is dead",
        found=", ".join(f"{seat.state}: {seat.label}" for seat in alive) or "as expected",
    )


def _tried(seats: Seats) -> tuple[Tried, ...]:
    return tuple(
        Tried(
            id=seat.id,
            kind=str(seat.kind),
            label=seat.label,
            user=seat.user,
            state=str(seat.probe()),
        )
        for seat in seats
    )
