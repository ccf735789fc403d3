"""A fan-out over many users, killed in the middle and resumed: nobody is missed or made twice."""

import multiprocessing
import os
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from crash_victim import act
from lab import Lab, laboratory

from irkit.actions.base import Writers
from irkit.actions.load import catalogue
from irkit.canonical import Json
from irkit.diagnostics import Diagnostic
from irkit.engine.books import checked
from irkit.engine.connections import OpenConnections
from irkit.engine.walk import Book
from irkit.model.run import Stage
from irkit.providers.call import CallError, Outcome, Purpose, Reply
from irkit.providers.okta.gateway import OktaWriter
from irkit.trail.verdict import Outcome as Verdict
from irkit.trail.verify import verify
from irkit.world.faults import Fault, FaultKind

MANY = """
irkit: 1
playbook: many
title: Many people
inputs:
  users: {type: list of okta.user}
guards:
  limit: {okta.user: 25}
steps:
  - phase: Out
    steps:
      - do: okta.user.suspend
        for_each: {user: inputs.users}
        concurrency: 6
        on_error: continue
        with: {user: "{{ user }}"}
"""
EVERYWHERE = """
irkit: 1
playbook: everywhere
title: Everywhere
inputs:
  accounts: {type: list of aws.account, default: all}
steps:
  - read: aws.inventory.sweep
    for_each: {account: inputs.accounts}
    concurrency: 2
    when_empty: stop
    with: {account: "{{ account }}"}
"""
ADMINISTRATORS = 5
"""The first users of the org, whom the guards keep."""

SUSPEND = "POST /api/v1/users/{id}/lifecycle/suspend"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world without an intruder, and a sealed workspace."""
    with laboratory(tmp_path, intruder=False) as made:
        yield made


def begun(lab: Lab, count: int) -> tuple[Book, str, tuple[str, ...]]:
    """Open a run over `count` people, plan it and let it be approved."""
    book = Book(main=checked(MANY.encode(), "many.yaml", catalogue()))
    users = tuple(lab.world.okta.tables.users)[ADMINISTRATORS : ADMINISTRATORS + count]
    run_id = lab.start(book, users=",".join(users))
    lab.go(book, run_id)
    lab.approve(run_id)
    return book, run_id, users


def suspensions(lab: Lab) -> Counter[str]:
    """Count the suspensions that were sent, by their path."""
    return Counter(call.target for call in lab.world.calls.all() if call.operation == SUSPEND)


def suspended(lab: Lab) -> set[str]:
    """Return whom the org has suspended."""
    users = lab.world.okta.tables.users.values()
    return {user.id for user in users if str(user.status) == "SUSPENDED"}


def kill(lab: Lab, run_id: str, point: str, answered: int = 1) -> None:
    """Let another process act for a run, and kill itself at a point."""
    here = Path(__file__).parent
    os.environ["PYTHONPATH"] = os.pathsep.join([str(here), str(here.parent)])
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["crash_victim"])
    victim = processes.Process(target=act, args=(str(lab.root), run_id, point, answered))
    victim.start()
    victim.join(60)
    assert victim.exitcode == -signal.SIGKILL


def test_a_killed_fan_out_goes_on_where_it_was(lab: Lab) -> None:
    """What was done stays done and is shown; what was under way is looked at; the rest is made."""
    book, run_id, users = begun(lab, 18)
    kill(lab, run_id, "sent", answered=9)
    before = lab.run_of(run_id)
    done = {change for change, state in before.changes.items() if state.stage is Stage.VERIFIED}
    assert done
    doubt = {state.change.target.id for state in before.active.values()}
    assert doubt
    driven = lab.go(book, run_id)
    assert driven.run.outcome == "completed"
    assert {state.stage for state in driven.run.changes.values()} == {Stage.VERIFIED}
    assert suspended(lab) == set(users)
    assert {driven.run.changes[change].attempt for change in done} == {1}
    again = {path for path, count in suspensions(lab).items() if count > 1}
    assert all(any(user in path for user in doubt) for path in again)
    assert verify(lab.session.workspace.trail_directory, deep=True).outcome is Verdict.CONSISTENT


def test_a_killed_sweep_keeps_the_accounts_it_has_listed(lab: Lab) -> None:
    """What is recorded is not asked again; the accounts that were under way are."""
    book = Book(main=checked(EVERYWHERE.encode(), "everywhere.yaml", catalogue()))
    run_id = lab.start(book)
    kill(lab, run_id, "record")
    (kept,) = lab.run_of(run_id).reads.values()
    before = len(lab.world.calls.all())
    driven = lab.go(book, run_id)
    assert driven.run.outcome == "completed"
    assert len(driven.run.reads) == len(lab.world.accounts)
    assert all(fact.complete and fact.left_out for fact in driven.run.reads.values())
    calls = lab.world.calls.since(before)
    asked = {call.target[:12] for call in calls if call.operation == "ec2:DescribeInstances"}
    assert asked == {account.id for account in lab.world.accounts} - {kept.step[-13:-1]}


@dataclass
class Late:
    """Connections over which the first call for each target gets no answer and comes late.

    It comes through just before its target is looked at again, or after that look.
    """

    real: OpenConnections
    before_the_look: bool
    held: dict[str, bool] = field(default_factory=dict)

    def __getattr__(self, name: str) -> object:
        return getattr(self.real, name)

    def writers(self, connection: str | None, needs: tuple[str, ...], purpose: Purpose) -> Writers:
        """Return handles whose first calls come late."""
        real = self.real.writers(connection, needs, purpose)
        return Writers(okta_writer=LateWriter(self, real.okta))


@dataclass
class LateWriter:
    """Holds the first call for a target back."""

    wire: Late
    real: OktaWriter

    async def take_turn(self) -> None:
        """Let what is held come through, if it is to come before the next look."""
        if self.wire.before_the_look:
            for path in [path for path, held in self.wire.held.items() if held]:
                await self.come_through(path)
        await self.real.take_turn()

    def give_turn_back(self) -> None:
        """Give back a turn that no write used."""
        self.real.give_turn_back()

    async def come_through(self, path: str) -> None:
        """Let the provider have the call that was held."""
        self.wire.held[path] = False
        await self.real.send("POST", path)

    async def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Json = None,
    ) -> Reply:
        """Hold the first call for a target; send the second when the first has come through."""
        if path not in self.wire.held:
            self.wire.held[path] = True
            raise no_answer(path)
        if self.wire.held[path]:
            await self.come_through(path)
        return await self.real.send(method, path, query=query, body=body)


def no_answer(path: str) -> CallError:
    """Return the error of a call to which no answer came."""
    problem = Diagnostic(code="IRK512", summary=f"Okta: `POST {path}` got no answer", help="look")
    return CallError(problem, outcome=Outcome.UNKNOWN)


@pytest.mark.parametrize("before_the_look", [True, False])
def test_a_call_that_comes_through_late_is_this_runs_own(lab: Lab, before_the_look: bool) -> None:
    """Sent, found not made, and then it arrives: that is success, and is there to be undone."""
    lab.wired = lambda real: Late(real, before_the_look)  # type: ignore[assignment,return-value]
    book, run_id, users = begun(lab, 1)
    driven = lab.go(book, run_id)
    assert driven.run.outcome == "completed"
    assert {state.stage for state in driven.run.changes.values()} == {Stage.VERIFIED}
    assert suspended(lab) == set(users)
    lab.wired = lambda real: real
    _, undone = lab.take_back(run_id, book)
    assert undone.run.outcome == "completed"
    assert suspended(lab) == set()


def test_a_refusal_after_a_call_without_answer_is_final(lab: Lab) -> None:
    """It is looked at once more and not sent a third time; the refusal is the reason given."""
    refused = Fault(
        kind=FaultKind.FORBIDDEN_EMPTY, provider="okta", operation=SUSPEND, nth=2, times=9
    )
    lost = Fault(kind=FaultKind.RESET_BEFORE, provider="okta", operation=SUSPEND)
    lab.world.faults.add(lost)
    lab.world.faults.add(refused)
    book, run_id, _ = begun(lab, 1)
    driven = lab.go(book, run_id)
    (state,) = driven.run.changes.values()
    assert state.stage is Stage.FAILED
    assert "HTTP 403" in state.why
    assert suspensions(lab).total() == 2
