"""Many changes at once: each is planned once, made once and recorded once."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from engine_story import Story, playbook

from irkit.clock import system_clock
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.desk import Desk
from irkit.engine.leaves import DoLeaf, ReadLeaf, UnknownLeaf
from irkit.engine.memory import MemoryJournal
from irkit.engine.planning import not_planned, plan_step
from irkit.engine.recording import Recorder
from irkit.engine.runner import Driven, Runner
from irkit.trail.record import Actor, Draft, Record

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from benchmarks.noop import Fixture

ACTOR = Actor(id="dana", kind="person", auth="local")


@dataclass(slots=True)
class SlowJournal(MemoryJournal):
    """A journal that takes its time over one kind of record."""

    slow: str = ""
    seconds: float = 0.0
    batches: list[int] = field(default_factory=list)

    def append(self, *drafts: Draft) -> tuple[Record, ...]:
        """Keep `drafts`, slowly if the slow kind is among them."""
        self.batches.append(len(drafts))
        if any(draft.type == self.slow for draft in drafts):
            time.sleep(self.seconds)
        return MemoryJournal.append(self, *drafts)


def _driven(journal: MemoryJournal, users: int, concurrency: int) -> Driven:
    fixture = Fixture(journal, users, concurrency=concurrency)
    pace = replace(fixture.context.pace, poll=timedelta(milliseconds=10))
    return anyio.run(Runner(replace(fixture.context, pace=pace)).drive)


def test_a_plan_that_is_slow_to_record_is_made_once() -> None:
    """While the plan is on its way to the disk its steps count as drafted, and stay so."""
    journal = SlowJournal(clock=system_clock, slow="plan.proposed", seconds=0.2)
    driven = _driven(journal, users=30, concurrency=8)
    assert driven.run.outcome == "completed"
    kinds = [record.type for record in journal.records]
    assert kinds.count("plan.proposed") == 1
    assert kinds.count("plan.extended") == 0
    assert kinds.count("step.intent") == 30


def test_a_draft_counts_as_planned_until_the_trail_has_it() -> None:
    """Between being taken off the desk and being recorded a step is not planned once more."""

    async def work() -> list[set[str]]:
        desk = Desk(Fixture(MemoryJournal(clock=system_clock), 3, concurrency=3).context)
        for leaf in desk.walked().leaves:
            assert isinstance(leaf, DoLeaf)
            await plan_step(desk, leaf)
        before = set(desk.drafted)
        taken = {step.path for _, step in desk.take_drafts(("steps",))}
        between = set(desk.drafted)
        await not_planned(desk, "steps.suspend[u000001]", Diagnostic(code="X", summary="no"))
        return [before, taken, between, set(desk.drafted)]

    before, taken, between, after = anyio.run(work)
    assert before == taken == between
    assert after == before - {"steps.suspend[u000001]"}


@pytest.mark.parametrize("concurrency", [1, 7, 64])
def test_every_item_is_made_once(concurrency: int) -> None:
    """Whatever the concurrency, each change has one intent, one result and one verification."""
    journal = MemoryJournal(clock=system_clock)
    driven = _driven(journal, users=100, concurrency=concurrency)
    assert driven.run.outcome == "completed"
    for kind in ("step.intent", "step.result", "step.verified"):
        told = [record.body["change"] for record in journal.records if record.type == kind]
        assert len(told) == len(set(told)) == 100


def test_no_more_run_at_once_than_the_playbook_says() -> None:
    """Between intent and verification there are never more changes than `concurrency`."""
    journal = MemoryJournal(clock=system_clock)
    _driven(journal, users=60, concurrency=5)
    running, most = 0, 0
    for record in journal.records:
        running += (record.type == "step.intent") - (record.type == "step.verified")
        most = max(most, running)
    assert most == 5


def test_changes_that_run_together_share_commits() -> None:
    """Group commit: far fewer waits for the disk than records."""
    journal = SlowJournal(clock=system_clock)
    _driven(journal, users=200, concurrency=32)
    assert sum(journal.batches) == len(journal.records)
    assert len(journal.batches) < len(journal.records) / 4


def test_a_read_behind_a_drafted_loop_waits_for_it() -> None:
    """Items that are drafted and not yet proposed are changes that are not made."""
    steps = """
  - do: okta.user.suspend
    for_each: {user: inputs.users}
    with: {user: "{{ user }}"}
  - read: okta.user.get
    with: {user: kai}
"""
    story = Story(playbook(steps))
    story.tell("targets.resolved", inputs={"users": ["ana", "ben"]}, labels={})
    drafted = frozenset({"steps.suspend[ana]", "steps.suspend[ben]"})
    leaves = story.walk(drafted).leaves
    assert not any(isinstance(leaf, ReadLeaf) for leaf in leaves)
    assert any(isinstance(leaf, UnknownLeaf) for leaf in leaves)


def _draft(kind: str) -> Draft:
    return Draft(type=kind, run="R", actor=ACTOR, body={})


def _recorded(append: Callable[..., tuple[Record, ...]], kinds: list[str]) -> dict[str, object]:
    """Record all `kinds` at once; return the index or the error of each."""
    found: dict[str, object] = {}

    async def one(recorder: Recorder, kind: str) -> None:
        try:
            found[kind] = (await recorder.record(_draft(kind))).n
        except (IrkitError, OSError) as error:
            found[kind] = error

    async def work() -> None:
        recorder = Recorder(append, lambda: None)
        async with anyio.create_task_group() as group:
            for kind in kinds:
                group.start_soon(one, recorder, kind)

    anyio.run(work)
    return found


def test_one_refused_draft_does_not_take_the_others_with_it() -> None:
    """What shares a commit shares no fate: the refused one fails alone."""
    journal = MemoryJournal(clock=system_clock)

    def append(*drafts: Draft) -> tuple[Record, ...]:
        if any(draft.type == "bad" for draft in drafts):
            raise IrkitError(Diagnostic(code="IRK702", summary="no canonical form", help=""))
        time.sleep(0.01)
        return journal.append(*drafts)

    found = _recorded(append, ["first", "good", "bad", "better"])
    assert isinstance(found["bad"], IrkitError)
    assert [record.type for record in journal.records] == ["first", "good", "better"]
    assert found["better"] == 2


def test_a_broken_disk_is_heard_of_by_everybody_who_waits() -> None:
    """An error of the journal reaches every caller, in the same commit and in later ones."""

    def append(*drafts: Draft) -> tuple[Record, ...]:
        raise OSError("the disk is gone")

    found = _recorded(append, ["one", "two", "three"])
    assert all(isinstance(error, OSError) for error in found.values())
    assert len(found) == 3


def test_a_caller_who_gives_up_does_not_stop_the_others() -> None:
    """A cancelled wait is taken out of the queue, and the next one leads."""
    journal = MemoryJournal(clock=system_clock)

    def append(*drafts: Draft) -> tuple[Record, ...]:
        time.sleep(0.03)
        return journal.append(*drafts)

    found: list[int] = []

    async def work() -> None:
        recorder = Recorder(append, lambda: None)
        async with anyio.create_task_group() as group:
            group.start_soon(recorder.record, _draft("first"))
            await anyio.lowlevel.checkpoint()
            with anyio.move_on_after(0.005):
                await recorder.record(_draft("given up"))
            found.append((await recorder.record(_draft("last"))).n)

    anyio.run(work)
    assert found == [1]
    assert [record.type for record in journal.records] == ["first", "last"]
