"""One walk through a playbook over what is known, from the top, every time.

The walk is pure: playbook, run and time in, leaves out. It is what makes a run resumable (nothing
but recorded facts decides where it stands) and a dry run truthful (planning and running are the
same walk). Past the first step that is not finished it goes on *ahead*: there it may look and plan,
never act, and what an unmade change would affect is unknown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeAlias

from irkit.canonical import Json
from irkit.diagnostics import IrkitError
from irkit.engine.leaf_steps import LeafSteps
from irkit.engine.leaves import End, FailedLeaf, UnknownLeaf, WaitLeaf, Walked
from irkit.engine.loops import Bound, Keyed, Memo, Tally, combined, gathered
from irkit.engine.place import Here, Lost, bound, is_lost
from irkit.lang.expressions import Scope, Unknown, UnknownValue, evaluate
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    IfStep,
    Loop,
    ManualStep,
    OnError,
    ParallelStep,
    Playbook,
    ReadStep,
    RepeatStep,
    ReportStep,
    RequireStep,
    Step,
    UndoStep,
    WhenEmpty,
    all_steps,
)
from irkit.model.playbook import walk as steps_in
from irkit.model.run import Run
from irkit.model.spec import Catalogue

_LOOKS: Final = 8
"""How many items of a loop are looked at together, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A playbook with the sub-playbooks it calls, by name."""

    main: Playbook
    calls: Mapping[str, Playbook] = field(default_factory=dict)


_Body: TypeAlias = Callable[[Here], tuple[End, Here]]


class Walk:
    """One walk. Make it, call `walked()`, throw it away."""

    def __init__(
        self,
        book: Book,
        run: Run,
        catalogue: Catalogue,
        *,
        now: datetime,
        drafted: Collection[str] = frozenset(),
        revisit: frozenset[str] = frozenset(),
        memo: Memo | None = None,
    ) -> None:
        """Walk `book` over `run`.

        `drafted` are paths planned but not yet proposed; `revisit` are reads that were made and
        shall be found all the same.
        """
        self._book = book
        self._run = run
        self._now = now
        self._drafted = drafted
        self._memo = Memo() if memo is None or revisit else memo
        self._memo.renew(run.epoch)
        self._steps = LeafSteps(run, catalogue, drafted=drafted, revisit=revisit)

    def walked(self) -> Walked:
        """Walk from the top and return what was found."""
        scope: Scope = {"inputs": self._run.inputs, "now": _Now(self._now).text}
        ends: dict[str, End] = {}
        dirty: dict[str, frozenset[str]] = {}
        for phase in self._book.main.phases:
            needed = [ends[need] for need in phase.needs]
            if End.FAILED in needed:
                self._steps.add(
                    FailedLeaf(path=phase.id, phase=phase.id, why="a phase it needs has failed")
                )
                ends[phase.id], dirty[phase.id] = End.FAILED, frozenset()
                continue
            here = Here(
                scope=scope,
                phase=phase.id,
                ahead=End.OPEN in needed,
                passive=bool(self._run.only) and self._run.only != phase.id,
                dirty=frozenset().union(*(dirty[need] for need in phase.needs)),
            )
            ends[phase.id], after = self._sequence(phase.steps, here)
            dirty[phase.id], scope = after.dirty, after.scope
        return self._finish(scope, ends)

    def _finish(self, scope: Scope, ends: Mapping[str, End]) -> Walked:
        always = End.DONE
        if all(end is not End.OPEN for end in ends.values()):
            always, _ = self._sequence(self._book.main.always, Here(scope=scope, phase="always"))
        return Walked(
            leaves=tuple(self._steps.leaves),
            phases=ends,
            always=always,
            outputs=self._outputs(self._book.main, scope),
        )

    def _outputs(self, playbook: Playbook, scope: Scope) -> Mapping[str, Json]:
        outputs: dict[str, Json] = {}
        for name, value in playbook.outputs.items():
            try:
                outputs[name] = evaluate(value, scope)
            except (UnknownValue, IrkitError):
                outputs[name] = None
        return outputs

    def _sequence(self, steps: Sequence[Step], here: Here) -> tuple[End, Here]:
        result, order = End.DONE, here.order
        for index, step in enumerate(steps):
            end, here = self._step(step, replace(here, order=(*order, index)))
            if end is End.FAILED and step.on_error is OnError.STOP:
                return End.FAILED, here
            if end in {End.FAILED, End.PARTIAL} and result is not End.OPEN:
                result = End.PARTIAL
            if end is End.OPEN:
                result = End.OPEN
                here = replace(here, ahead=True)
        return result, here

    def _step(self, step: Step, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        settled = self._steps.settled(path, here)
        if settled is not None:
            return settled, here.bind(bound(step), None)
        try:
            if not _loops(step) and not self._wanted(step, here):
                return End.DONE, here.bind(bound(step), None)
            return self._dispatch(step, here)
        except UnknownValue as error:
            return self._not_known(step, here, error)
        except IrkitError as error:
            why = error.diagnostics[0].summary
            self._steps.add(FailedLeaf(path=path, phase=here.phase, why=why))
            return End.FAILED, here.bind(bound(step), Unknown(why))

    def _not_known(self, step: Step, here: Here, error: UnknownValue) -> tuple[End, Here]:
        """A step that needs what is not known waits for it; what is lost it waits for in vain.

        What it will change is not made yet, whatever that turns out to be: a read behind it waits.
        """
        path, why = here.path(step), str(error)
        if is_lost(error):
            self._steps.add(FailedLeaf(path=path, phase=here.phase, why=why))
            return End.FAILED, here.bind(bound(step), Lost(why))
        self._steps.add(UnknownLeaf(path=path, phase=here.phase, why=why))
        after = replace(here, dirty=here.dirty | self._changing(step))
        return End.OPEN, after.bind(bound(step), Unknown(why))

    def _dispatch(self, step: Step, here: Here) -> tuple[End, Here]:  # noqa: C901, PLR0911  # a table
        match step:
            case ReadStep():
                return self._looped(step.loop, step, here, lambda at: self._steps.read(step, at))
            case DoStep():
                return self._looped(step.loop, step, here, lambda at: self._steps.do(step, at))
            case CallStep():
                return self._looped(step.loop, step, here, lambda at: self._call(step, at))
            case BlockStep():
                return self._looped(step.loop, step, here, lambda at: self._block(step, at))
            case ManualStep():
                return self._steps.manual(step, here)
            case RequireStep():
                return self._steps.require(step, here)
            case IfStep():
                branch = step.then if self._steps.truth(step.condition, here) else step.otherwise
                return self._sequence(branch, here)
            case ParallelStep():
                return self._parallel(step, here)
            case RepeatStep():
                return self._repeat(step, here)
            case UndoStep():
                return self._steps.undo(step, here)
            case ReportStep():
                return self._steps.report(step, here)

    def _wanted(self, step: Step, here: Here) -> bool:
        """Say whether `when` lets the step run; in a loop it is asked for each item."""
        return step.when is None or self._steps.truth(step.when, here)

    def _block(self, step: BlockStep, here: Here) -> tuple[End, Here]:
        end, after = self._sequence(step.steps, here)
        after = replace(here, dirty=after.dirty)
        if end is not End.FAILED or not step.rescue:
            return end, after
        error = {"summary": self._last_failure(), "phase": here.phase}
        rescued, _ = self._sequence(step.rescue, after.bind("error", error))
        return (rescued if rescued in {End.OPEN, End.FAILED} else End.PARTIAL), after

    def _last_failure(self) -> str:
        failures = [leaf.why for leaf in self._steps.leaves if isinstance(leaf, FailedLeaf)]
        return failures[-1] if failures else "a step failed"

    def _parallel(self, step: ParallelStep, here: Here) -> tuple[End, Here]:
        ends: list[End] = []
        scope, dirty = dict(here.scope), here.dirty
        for branch in step.branches:
            end, after = self._sequence((branch,), here)
            ends.append(end)
            scope.update({k: v for k, v in after.scope.items() if here.scope.get(k) is not v})
            dirty |= after.dirty
        return combined(ends), replace(here, scope=scope, dirty=dirty)

    def _repeat(self, step: RepeatStep, here: Here) -> tuple[End, Here]:
        at = here
        for number in range(1, step.at_most + 1):
            at = replace(at, keys=f"{here.keys}~{number}")
            end, at = self._sequence(step.steps, at)
            if end is not End.DONE:
                return end, replace(at, keys=here.keys)
            if self._steps.truth(step.until, at):
                return End.DONE, replace(at, keys=here.keys)
            again = self._finished_at(f"~{number}") + step.every
            if number < step.at_most and self._now < again:
                path = here.path(step)
                self._steps.add(WaitLeaf(path=path, phase=here.phase, until=again))
                return End.OPEN, replace(at, keys=here.keys)
        why = f"still not so after {step.at_most} rounds: {step.until.source}"
        self._steps.add(FailedLeaf(path=here.path(step), phase=here.phase, why=why))
        return End.FAILED, replace(at, keys=here.keys)

    def _finished_at(self, suffix: str) -> datetime:
        times = [f.observed_at for path, f in self._run.reads.items() if path.endswith(suffix)]
        return max(times, default=self._now)

    def _call(self, step: CallStep, here: Here) -> tuple[End, Here]:
        playbook = self._book.calls[step.playbook]
        arguments = self._steps.arguments(step.arguments, here)
        inner = replace(
            here,
            scope={"inputs": arguments, "now": here.scope["now"]},
            prefix=f"{here.path(step)}/",
            keys="",
        )
        result = End.DONE
        for phase in playbook.phases:
            end, inner = self._sequence(phase.steps, inner)
            if end is End.FAILED:
                result = End.FAILED
                break
            if end is End.OPEN:
                inner = replace(inner, ahead=True)
            result = combined([result, end])
        after = replace(here, dirty=inner.dirty)
        if result is End.OPEN:
            return result, after.bind(step.bind, Unknown(f"{step.playbook} is under way"))
        return result, after.bind(step.bind, self._outputs(playbook, inner.scope))

    def _looped(self, loop: Loop | None, step: Step, here: Here, body: _Body) -> tuple[End, Here]:
        if loop is None:
            return body(here)
        place = here.path(step)
        added = self._run.added.get(place, ())
        items = self._memo.items(place, loop, here.scope, added)
        if not items and loop.when_empty is WhenEmpty.STOP:
            why = f"{loop.over.source} is empty"
            self._steps.add(FailedLeaf(path=place, phase=here.phase, why=why))
            return End.FAILED, here.bind(bound(step), [])
        return self._items(loop, step, here, body, items)

    def _item(self, step: Step, at: Here, body: _Body) -> tuple[End, Here | None]:
        """Walk one item; what is unknown or wrong about it does not hide the others."""
        path = at.path(step)
        try:
            return body(at) if self._wanted(step, at) else (End.DONE, None)
        except UnknownValue as error:
            return self._not_known(step, at, error)
        except IrkitError as error:
            why = error.diagnostics[0].summary
            self._steps.add(FailedLeaf(path=path, phase=at.phase, why=why))
            return End.FAILED, at.bind(bound(step), Unknown(why))

    def _items(
        self, loop: Loop, step: Step, here: Here, body: _Body, items: Sequence[Keyed]
    ) -> tuple[End, Here]:
        place = here.path(step)
        done = self._memo.done_at(place, self._mark())
        tally = Tally(loop=loop, total=len(items), dirty=here.dirty, done=done)
        drafted = done.count_drafted(items, place, self._drafted)
        if drafted:
            tally.rest("it has not been done")
        for number in range(done.prefix + drafted, len(items)):
            key, item = items[number]
            if key in done.items:
                tally.add(End.DONE, done.items[key])
            elif tally.full and place in self._memo.planned:
                tally.rest("not every item is done")
                break
            elif f"{place}[{key}]" in self._drafted:
                tally.rest("it has not been done")
            elif tally.looking >= max(loop.concurrency, _LOOKS):
                tally.rest("not every item is looked at")
                tally.unplanned = True
                break
            else:
                ahead = tally.holds_back(number)
                at = here.item(loop, key, item, number, ahead=ahead)
                self._numbered(step, at, body, key, tally)
        if not tally.unplanned:
            self._memo.planned.add(place)
        gathered_here = self._gathered(loop, step, here, tally)
        done.advance(items)
        return gathered_here

    def _numbered(self, step: Step, at: Here, body: _Body, key: str, tally: Tally) -> None:
        """Walk one item and count it; remember it if nothing can come after its end."""
        before = len(self._steps.leaves)
        end, after = self._item(step, at, body)
        found = self._steps.leaves[before:]
        tally.open(end, at, found)
        value: Bound = ()
        if after is not None:
            tally.dirty |= after.dirty
            value = (after.scope.get(bound(step) or ""),)
        tally.add(end, value)
        if end is End.DONE and not found and not at.ahead:
            tally.done.items[key] = value

    def _gathered(self, loop: Loop, step: Step, here: Here, tally: Tally) -> tuple[End, Here]:
        end, dirty, name = tally.end, tally.dirty, bound(step)
        if tally.rested and not here.passive:
            dirty |= self._changing(step)
        after = replace(here, dirty=dirty)
        if name is None:
            return end, after
        results = tally.results
        if isinstance(step, ReadStep) and end is End.PARTIAL:
            results = [result for result in results if not isinstance(result, Unknown)]
        return end, after.bind(name, gathered(results, flatten=loop.flatten))

    def _changing(self, step: Step) -> frozenset[str]:
        """Return the actions of all changes in `step`, for items that are not walked."""
        found: set[str] = set()
        for inner in steps_in((step,)):
            if isinstance(inner, DoStep):
                found.add(inner.action)
            elif isinstance(inner, CallStep):
                called = self._book.calls[inner.playbook]
                found |= {s.action for s in all_steps(called) if isinstance(s, DoStep)}
        return frozenset(found)

    def _mark(self) -> int:
        """Return a number that changes when a step comes to an end without being planned."""
        run = self._run
        return len(run.failed_steps) + len(run.skipped_steps) + len(run.done_steps)


def _loops(step: Step) -> bool:
    return getattr(step, "loop", None) is not None


@dataclass(frozen=True, slots=True)
class _Now:
    moment: datetime

    @property
    def text(self) -> str:
        return self.moment.isoformat(timespec="seconds").replace("+00:00", "Z")
