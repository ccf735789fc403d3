"""The walk: over any playbook and any facts it ends, says the same twice, and needs no memory."""

from dataclasses import dataclass, field

from engine_story import CATALOGUE, Story, planned
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_playbooks import ANSWERS, INPUTS, playbooks

from irkit.clock import rfc3339
from irkit.engine.leaves import (
    CheckLeaf,
    DoLeaf,
    End,
    Leaf,
    ManualLeaf,
    ReadLeaf,
    ReportLeaf,
    UndoLeaf,
    UnknownLeaf,
    WaitLeaf,
    Walked,
)
from irkit.engine.loops import Memo
from irkit.engine.machine import Moment, next_commands
from irkit.engine.walk import Book, Walk
from irkit.model.playbook import Playbook
from irkit.model.run import Stage

ROUNDS = 8
FEW = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@dataclass
class Play:
    """A run under way: what happens is drawn, leaf by leaf."""

    draw: st.DataObject
    playbook: Playbook
    story: Story = field(init=False)
    memo: Memo = field(default_factory=Memo)
    drafted: dict[str, str] = field(default_factory=dict)
    parts: int = 0

    def __post_init__(self) -> None:
        """Tell the inputs."""
        self.story = Story(self.playbook)
        self.story.tell("targets.resolved", inputs=INPUTS, labels={})

    def walk(self, memo: Memo | None = None) -> Walked:
        """Walk over what is known, with or without memory."""
        book = Book(main=self.playbook)
        now = self.story.now
        return Walk(
            book, self.story.run, CATALOGUE, now=now, drafted=self.drafted, memo=memo
        ).walked()

    def _yes(self) -> bool:
        return self.draw.draw(st.integers(0, 1)) == 1

    def go_on(self, walked: Walked) -> None:
        """Let some of what was found happen, in an order that is drawn."""
        for leaf in walked.leaves:
            if self.draw.draw(st.integers(0, 3)):
                self._happens(leaf)
        if self.drafted and self._yes():
            self._propose()

    def _happens(self, leaf: Leaf) -> None:
        tell = self.story.tell
        match leaf:
            case ReadLeaf() if self.draw.draw(st.integers(0, 4)) == 0:
                self.story.read(leaf.path, None, error="no")
            case ReadLeaf():
                self.story.read(leaf.path, self.draw.draw(st.sampled_from(ANSWERS)))
            case DoLeaf() if not leaf.planned:
                self._plan(leaf)
            case DoLeaf() if leaf.ready and leaf.path in self.story.run.steps:
                self._change(leaf.path)
            case ManualLeaf():
                silent = self._yes()
                tell("answer", step=leaf.path, values={"theirs": True}, silent=silent, by="")
            case CheckLeaf():
                kind = self.draw.draw(st.sampled_from(["step.verified", "step.verify_failed"]))
                tell(kind, step=leaf.path, how="check")
            case ReportLeaf():
                tell("report.written", step=leaf.path, file="f")
            case UndoLeaf() if not leaf.planned:
                tell("step.skipped", step=leaf.path, outcome="already", why="nothing")
            case WaitLeaf():
                self.story.now = leaf.until
            case _:
                pass

    def _plan(self, leaf: DoLeaf) -> None:
        if self.draw.draw(st.integers(0, 5)) == 0:
            self.story.tell("step.skipped", step=leaf.path, outcome="failed", why="cannot")
        else:
            self.drafted[leaf.path] = leaf.phase

    def _propose(self) -> None:
        self.parts += 1
        steps = [planned(path, "one", target=path) for path in self.drafted]
        self.story.propose(f"p+{self.parts}", *steps)
        self.drafted.clear()

    def _change(self, path: str) -> None:
        change = f"{path}#one"
        tell, stage = self.story.tell, self.story.run.changes[change].stage
        if stage is Stage.PLANNED and self._yes():
            tell("step.intent", change=change, attempt=1, resolved={})
        elif stage is Stage.PLANNED:
            word = self.draw.draw(st.sampled_from(["already", "skipped"]))
            tell("step.skipped", change=change, outcome=word, why="so")
        elif stage is Stage.IN_FLIGHT:
            outcome = self.draw.draw(st.sampled_from(["changed", "failed", "retry"]))
            tell("step.result", change=change, outcome=outcome, outputs={"id": "x"})
        elif stage is Stage.MADE:
            kind = self.draw.draw(st.sampled_from(["step.verified", "step.verify_failed"]))
            tell(kind, change=change, how="state")


def _comparable(leaf: Leaf) -> object:
    """Return a leaf without its scope: unknown values in there must not be compared."""
    if isinstance(leaf, CheckLeaf):
        return (CheckLeaf, leaf.path, leaf.arguments, leaf.changes, sorted(leaf.scope))
    return leaf


def _whole(walked: Walked) -> object:
    """Return all of a walk."""
    leaves = [_comparable(leaf) for leaf in walked.leaves]
    return leaves, walked.phases, walked.always, walked.outputs


def _essence(walked: Walked) -> object:
    """Return all of a walk that anything may depend on.

    A planned change that may not go yet is no news, and why something is not known is for people.
    """
    leaves = [
        (leaf.path, UnknownLeaf) if isinstance(leaf, UnknownLeaf) else _comparable(leaf)
        for leaf in walked.leaves
        if not (isinstance(leaf, DoLeaf) and leaf.planned and not leaf.ready)
    ]
    return leaves, walked.phases, walked.always, walked.outputs


@FEW
@given(playbooks(), st.data())
def test_a_walk_never_raises_and_is_the_same_twice(playbook: Playbook, data: st.DataObject) -> None:
    """Whatever is written and whatever is known, the walk ends, and ends the same way."""
    play = Play(data, playbook)
    for _ in range(ROUNDS):
        walked = play.walk()
        assert _whole(walked) == _whole(play.walk())
        play.go_on(walked)


@FEW
@given(playbooks(), st.data())
def test_what_is_remembered_changes_nothing(playbook: Playbook, data: st.DataObject) -> None:
    """A walk with the memory of all walks before finds what a walk from scratch finds."""
    play = Play(data, playbook)
    for _ in range(ROUNDS):
        walked = play.walk(play.memo)
        assert _essence(walked) == _essence(play.walk())
        play.go_on(walked)


@FEW
@given(playbooks(), st.data())
def test_nothing_is_asked_for_that_the_walk_has_not_found_ready(
    playbook: Playbook, data: st.DataObject
) -> None:
    """The machine makes only changes of ready steps, and nothing at all in a dry run."""
    play = Play(data, playbook)
    for _ in range(ROUNDS):
        walked = play.walk(play.memo)
        ready = {leaf.path for leaf in walked.leaves if isinstance(leaf, DoLeaf) and leaf.ready}
        run, approved = play.story.run, frozenset(play.story.run.parts)
        moment = Moment(run=run, walked=walked, now=play.story.now, approved=approved)
        for command in next_commands(moment):
            if command.key.startswith("change ") and run.changes:
                change = command.key.removeprefix("change ")
                stage = run.changes[change].stage
                assert stage is not Stage.PLANNED or change.partition("#")[0] in ready
        dry = Moment(run=run, walked=walked, now=play.story.now, drafted=play.drafted, dry=True)
        kinds = {type(command).__name__ for command in next_commands(dry)}
        assert kinds <= {"ReadNow", "PlanNow", "PlanUndo", "Propose"}
        play.go_on(walked)


@FEW
@given(playbooks(), st.data())
def test_what_is_done_stays_done(playbook: Playbook, data: st.DataObject) -> None:
    """A phase that has ended well is never open again while nothing is planned anew."""
    play = Play(data, playbook)
    done: set[str] = set()
    for _ in range(ROUNDS):
        walked = play.walk(play.memo)
        assert {p for p in done if walked.phases[p] is not End.DONE} == set(), rfc3339(
            play.story.now
        )
        done |= {phase for phase, end in walked.phases.items() if end is End.DONE}
        play.go_on(walked)
