"""A bug in one step is said, and the other steps go on."""

from dataclasses import dataclass, replace
from typing import ClassVar

import anyio
from engine_story import CATALOGUE, playbook

from benchmarks.noop import Fixture
from irkit.actions.base import Action, Answer, Read, Readers, parameter
from irkit.clock import system_clock
from irkit.engine.memory import MemoryJournal
from irkit.engine.runner import Runner
from irkit.engine.walk import Book
from irkit.model.spec import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken(Read):
    """A read with a bug."""

    spec: ClassVar[Spec] = CATALOGUE["okta.user.get"]
    user: str = parameter("okta.user", "whom")

    async def read(self, readers: Readers) -> Answer:
        """Fail as no code should."""
        raise KeyError("Status")


def test_a_bug_in_one_read_does_not_end_the_run() -> None:
    """The read counts as failed and names the bug; the change beside it is made."""
    steps = """
  - read: okta.user.get
    with: {user: kai}
    on_error: continue
  - do: okta.user.suspend
    with: {user: lee}
"""
    fixture = Fixture(MemoryJournal(clock=system_clock), users=1, concurrency=1)
    real = fixture.context.build

    def build(action: str, arguments: object) -> Action | Read:
        return Broken(user="kai") if action == "okta.user.get" else real(action, arguments)  # type: ignore[arg-type]

    context = replace(
        fixture.context, book=Book(main=playbook(steps)), catalogue=CATALOGUE, build=build
    )

    async def work() -> str:
        return (await Runner(context).drive()).run.outcome

    assert anyio.run(work) == "partial"
    run = Runner(context).desk.run
    (fact,) = run.reads.values()
    assert "bug of irkit's own: KeyError" in fact.error
    assert all(state.stage.good for state in run.changes.values())
