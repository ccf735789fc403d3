"""One walk through a playbook over what is known, from the top, every time.

The walk is pure: playbook, run and time in, leaves out. It is what makes a run resumable (nothing
but recorded facts decides where it stands) and a dry run truthful (planning and running are the
same walk). Past the first step that is not finished it goes on *ahead*: there it may look and plan,
never act, and what an unmade change would affect is unknown.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Final, TypeAlias, cast

from irkit.canonical import Json, JsonObject, canonical
from irkit.diagnostics import IrkitError
from irkit.engine.leaves import (
    CheckLeaf,
    DoLeaf,
    End,
    FailedLeaf,
    Leaf,
    ManualLeaf,
    ReadLeaf,
    ReportLeaf,
    UndoLeaf,
    UnknownLeaf,
    WaitLeaf,
    Walked,
)
from irkit.lang.expressions import Scope, ScopeValue, Unknown, UnknownValue, evaluate
from irkit.model.playbook import (
    BlockStep,
    CallStep,
    DoStep,
    Expression,
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
    Value,
    WhenEmpty,
)
from irkit.model.run import Run, Stage
from irkit.model.spec import Catalogue

_PLAIN_KEY: Final = 40
_LOOKS: Final = 8
"""How many items of a loop are looked at together, at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A playbook with the sub-playbooks it calls, by name."""

    main: Playbook
    calls: Mapping[str, Playbook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where the walk stands: names, loop keys, phase, and whether it may act.

    A `passive` phase is not asked for (`--only`): its reads are made, its changes are not. What is
    `idle` is not even looked at yet, because enough others are. `dirty` are the actions before it
    whose changes are not made yet.
    """

    scope: Scope
    phase: str
    keys: str = ""
    prefix: str = ""
    ahead: bool = False
    passive: bool = False
    idle: bool = False
    order: tuple[int, ...] = ()
    dirty: frozenset[str] = frozenset()

    def path(self, step: Step) -> str:
        """Return the step's path here."""
        return f"{self.prefix}{step.id}{self.keys}"

    def bind(self, name: str | None, value: ScopeValue) -> "Here":
        """Return this place with one more name."""
        return self if name is None else replace(self, scope={**self.scope, name: value})


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
        memo: "Memo | None" = None,
    ) -> None:
        """Walk `book` over `run`.

        `drafted` are paths planned but not yet proposed; `revisit` are reads that were made and
        shall be found all the same.
        """
        self._book = book
        self._run = run
        self._catalogue = catalogue
        self._now = now
        self._drafted = drafted
        self._revisit = revisit
        self._memo = Memo() if memo is None or revisit else memo
        self._memo.renew(run.epoch)
        self._leaves: list[Leaf] = []

    def walked(self) -> Walked:
        """Walk from the top and return what was found."""
        scope: Scope = {"inputs": self._run.inputs, "now": _Now(self._now).text}
        ends: dict[str, End] = {}
        dirty: dict[str, frozenset[str]] = {}
        for phase in self._book.main.phases:
            needed = [ends[need] for need in phase.needs]
            if End.FAILED in needed:
                self._leaves.append(
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
            leaves=tuple(self._leaves),
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
        settled = self._settled(path, here)
        if settled is not None:
            return settled, here.bind(_bound(step), None)
        try:
            if not _loops(step) and not self._wanted(step, here):
                return End.DONE, here.bind(_bound(step), None)
            return self._dispatch(step, here)
        except UnknownValue as error:
            self._leaves.append(UnknownLeaf(path=path, phase=here.phase, why=str(error)))
            return End.OPEN, here.bind(_bound(step), Unknown(str(error)))
        except IrkitError as error:
            why = error.diagnostics[0].summary
            self._leaves.append(FailedLeaf(path=path, phase=here.phase, why=why))
            return End.FAILED, here.bind(_bound(step), Unknown(why))

    def _dispatch(self, step: Step, here: Here) -> tuple[End, Here]:  # noqa: C901, PLR0911  # a table
        match step:
            case ReadStep():
                return self._looped(step.loop, step, here, lambda at: self._read(step, at))
            case DoStep():
                return self._looped(step.loop, step, here, lambda at: self._do(step, at))
            case CallStep():
                return self._looped(step.loop, step, here, lambda at: self._call(step, at))
            case BlockStep():
                return self._looped(step.loop, step, here, lambda at: self._block(step, at))
            case ManualStep():
                return self._manual(step, here)
            case RequireStep():
                return self._require(step, here)
            case IfStep():
                branch = step.then if self._truth(step.condition, here) else step.otherwise
                return self._sequence(branch, here)
            case ParallelStep():
                return self._parallel(step, here)
            case RepeatStep():
                return self._repeat(step, here)
            case UndoStep():
                return self._undo(step, here)
            case ReportStep():
                return self._report(step, here)

    def _settled(self, path: str, here: Here) -> End | None:
        """Return the end of a step that was left out, failed to plan, or had nothing to do."""
        if path in self._run.failed_steps:
            why = self._run.failed_steps[path]
            self._leaves.append(FailedLeaf(path=path, phase=here.phase, why=why))
            return End.FAILED
        if path in self._run.skipped_steps:
            return End.PARTIAL
        return End.DONE if path in self._run.done_steps else None

    def _wanted(self, step: Step, here: Here) -> bool:
        """Say whether `when` lets the step run; in a loop it is asked for each item."""
        return step.when is None or self._truth(step.when, here)

    def _truth(self, condition: Expression, here: Here) -> bool:
        return bool(evaluate(condition, here.scope))

    def _arguments(self, arguments: Mapping[str, Value], here: Here) -> JsonObject:
        return {name: evaluate(value, here.scope) for name, value in arguments.items()}

    # -- leaves ---------------------------------------------------------------------------------

    def _read(self, step: ReadStep, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        fact = self._run.reads.get(path)
        if fact is not None:
            if path in self._revisit:
                self._leaves.append(self._read_leaf(step, here))
            if fact.error:
                return End.PARTIAL, here.bind(step.bind, Unknown(f"{path}: {fact.error}"))
            return End.DONE, here.bind(step.bind, fact.value)
        leaf = self._read_leaf(step, here)
        affecting = self._affecting(step, here)
        if affecting:
            raise UnknownValue(Unknown(f"{step.action} is read after {', '.join(affecting)}"))
        if not here.idle:
            self._leaves.append(leaf)
        return End.OPEN, here.bind(step.bind, Unknown(f"{path} is being read"))

    def _read_leaf(self, step: ReadStep, here: Here) -> ReadLeaf:
        arguments = self._arguments(step.arguments, here)
        return ReadLeaf(path=here.path(step), phase=here.phase, step=step, arguments=arguments)

    def _affecting(self, step: ReadStep, here: Here) -> list[str]:
        """Return the unmade changes that would change the answer of a read."""
        spec = self._catalogue[step.action]
        return sorted(
            action
            for action in here.dirty
            if action not in spec.unaffected_by
            and set(self._catalogue[action].needs) & set(spec.needs)
        )

    def _do(self, step: DoStep, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        settled = self._settled(path, here) if step.loop else None
        if here.passive or settled is not None:
            return settled or End.DONE, here.bind(step.bind, None)
        planned = self._run.steps.get(path)
        arguments = planned[1].arguments if planned else self._arguments(step.arguments, here)
        if planned is None:
            leaf = DoLeaf(
                path=path,
                phase=here.phase,
                step=step,
                arguments=arguments,
                ready=not here.ahead,
                planned=path in self._drafted,
                order=here.order,
            )
            if not here.idle:
                self._leaves.append(leaf)
            unknown = Unknown(f"{path} has not been done")
            return End.OPEN, replace(here, dirty=here.dirty | {step.action}).bind(
                step.bind, unknown
            )
        return self._planned_do(step, here, arguments)

    def _planned_do(self, step: DoStep, here: Here, arguments: JsonObject) -> tuple[End, Here]:
        path = here.path(step)
        states = [self._run.changes[change.id] for change in self._run.steps[path][1].changes]
        outputs: dict[str, Json] = {}
        for state in states:
            outputs.update(state.outputs)
        if all(state.stage.terminal for state in states):
            end = _end_of([state.stage for state in states])
            if step.verify and any(state.stage.written for state in states):
                self._check(step, here, path, tuple(state.change.id for state in states))
                if self._run.checks.get(path) is False:
                    end = End.PARTIAL
            if end is End.FAILED:
                why = next(state.why for state in states if not state.stage.good)
                self._leaves.append(FailedLeaf(path=path, phase=here.phase, why=why))
            return end, here.bind(step.bind, outputs)
        leaf = DoLeaf(
            path=path,
            phase=here.phase,
            step=step,
            arguments=arguments,
            ready=not here.ahead,
            planned=True,
        )
        self._leaves.append(leaf)
        unknown = Unknown(f"{path} has not been done")
        return End.OPEN, replace(here, dirty=here.dirty | {step.action}).bind(step.bind, unknown)

    def _check(self, step: DoStep, here: Here, path: str, changes: tuple[str, ...]) -> None:
        assert step.verify is not None
        if path in self._run.checks:
            return
        self._leaves.append(
            CheckLeaf(
                path=path,
                phase=here.phase,
                check=step.verify,
                arguments=self._arguments(step.verify.arguments, here),
                scope=here.scope,
                changes=changes,
            )
        )

    def _manual(self, step: ManualStep, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        if here.passive:
            return End.DONE, here.bind(step.bind, {"answered": False})
        answer = self._run.answers.get(path)
        if answer is not None:
            value = {"answered": not answer.silent, **answer.values}
            failed = answer.silent and step.if_silent is OnError.STOP
            if failed:
                self._leaves.append(
                    FailedLeaf(path=path, phase=here.phase, why=f"no answer from {step.to}")
                )
            return (End.FAILED if failed else End.DONE), here.bind(step.bind, value)
        if here.ahead:
            raise UnknownValue(Unknown(f"{step.to} has not been asked yet"))
        asked = self._run.asked.get(path)
        self._leaves.append(
            ManualLeaf(
                path=path,
                phase=here.phase,
                step=step,
                text=str(evaluate(step.text, here.scope)),
                asked=asked is not None,
                until=asked.until if asked else None,
            )
        )
        return End.OPEN, here.bind(step.bind, Unknown(f"{step.to} has not answered yet"))

    def _require(self, step: RequireStep, here: Here) -> tuple[End, Here]:
        if self._truth(step.condition, here):
            return End.DONE, here
        say = str(evaluate(step.say, here.scope))
        self._leaves.append(FailedLeaf(path=here.path(step), phase=here.phase, why=say))
        return End.FAILED, here

    def _undo(self, step: UndoStep, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        if here.passive:
            return End.DONE, here
        planned = [key for key in self._run.steps if key.startswith(f"{path}/")]
        if planned:
            states = [
                self._run.changes[change.id]
                for key in planned
                for change in self._run.steps[key][1].changes
            ]
            if all(state.stage.terminal for state in states):
                return _end_of([state.stage for state in states]), here
        elif here.ahead:
            raise UnknownValue(Unknown("what there is to take back is known when this is reached"))
        self._leaves.append(
            UndoLeaf(
                path=path,
                phase=here.phase,
                step=step,
                ready=not here.ahead,
                planned=bool(planned) or any(d.startswith(f"{path}/") for d in self._drafted),
            )
        )
        return End.OPEN, here

    def _report(self, step: ReportStep, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        if path in self._run.reports:
            return End.DONE, here
        if here.ahead:
            return End.OPEN, here
        self._leaves.append(ReportLeaf(path=path, phase=here.phase, step=step))
        return End.OPEN, here

    # -- groups ---------------------------------------------------------------------------------

    def _block(self, step: BlockStep, here: Here) -> tuple[End, Here]:
        end, after = self._sequence(step.steps, here)
        after = replace(here, dirty=after.dirty)
        if end is not End.FAILED or not step.rescue:
            return end, after
        error = {"summary": self._last_failure(), "phase": here.phase}
        rescued, _ = self._sequence(step.rescue, after.bind("error", error))
        return (rescued if rescued in {End.OPEN, End.FAILED} else End.PARTIAL), after

    def _last_failure(self) -> str:
        failures = [leaf.why for leaf in self._leaves if isinstance(leaf, FailedLeaf)]
        return failures[-1] if failures else "a step failed"

    def _parallel(self, step: ParallelStep, here: Here) -> tuple[End, Here]:
        ends: list[End] = []
        scope, dirty = dict(here.scope), here.dirty
        for branch in step.branches:
            end, after = self._sequence((branch,), here)
            ends.append(end)
            scope.update({k: v for k, v in after.scope.items() if here.scope.get(k) is not v})
            dirty |= after.dirty
        return _combined(ends), replace(here, scope=scope, dirty=dirty)

    def _repeat(self, step: RepeatStep, here: Here) -> tuple[End, Here]:
        at = here
        for number in range(1, step.at_most + 1):
            at = replace(at, keys=f"{here.keys}~{number}")
            end, at = self._sequence(step.steps, at)
            if end is not End.DONE:
                return end, replace(at, keys=here.keys)
            if self._truth(step.until, at):
                return End.DONE, replace(at, keys=here.keys)
            again = self._finished_at(f"~{number}") + step.every
            if number < step.at_most and self._now < again:
                path = here.path(step)
                self._leaves.append(WaitLeaf(path=path, phase=here.phase, until=again))
                return End.OPEN, replace(at, keys=here.keys)
        why = f"still not so after {step.at_most} rounds: {step.until.source}"
        self._leaves.append(FailedLeaf(path=here.path(step), phase=here.phase, why=why))
        return End.FAILED, replace(at, keys=here.keys)

    def _finished_at(self, suffix: str) -> datetime:
        times = [f.observed_at for path, f in self._run.reads.items() if path.endswith(suffix)]
        return max(times, default=self._now)

    def _call(self, step: CallStep, here: Here) -> tuple[End, Here]:
        playbook = self._book.calls[step.playbook]
        arguments = self._arguments(step.arguments, here)
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
            result = _combined([result, end])
        after = replace(here, dirty=inner.dirty)
        if result is End.OPEN:
            return result, after.bind(step.bind, Unknown(f"{step.playbook} is under way"))
        return result, after.bind(step.bind, self._outputs(playbook, inner.scope))

    def _looped(self, loop: Loop | None, step: Step, here: Here, body: _Body) -> tuple[End, Here]:
        if loop is None:
            return body(here)
        items = evaluate(loop.over, here.scope)
        if not isinstance(items, list | tuple):
            raise UnknownValue(Unknown(f"{loop.over.source} is not a list"))
        items = [*items, *self._run.added.get(here.path(step), ())]
        if not items and loop.when_empty is WhenEmpty.STOP:
            why = f"{loop.over.source} is empty"
            self._leaves.append(FailedLeaf(path=here.path(step), phase=here.phase, why=why))
            return End.FAILED, here.bind(_bound(step), [])
        return self._items(loop, step, here, body, items)

    def _item(self, step: Step, at: Here, body: _Body) -> tuple[End, Here | None]:
        """Walk one item; what is unknown or wrong about it does not hide the others."""
        path = at.path(step)
        try:
            return body(at) if self._wanted(step, at) else (End.DONE, None)
        except UnknownValue as error:
            self._leaves.append(UnknownLeaf(path=path, phase=at.phase, why=str(error)))
            return End.OPEN, at.bind(_bound(step), Unknown(str(error)))
        except IrkitError as error:
            why = error.diagnostics[0].summary
            self._leaves.append(FailedLeaf(path=path, phase=at.phase, why=why))
            return End.FAILED, at.bind(_bound(step), Unknown(why))

    def _items(
        self, loop: Loop, step: Step, here: Here, body: _Body, items: list[Json]
    ) -> tuple[End, Here]:
        tally = _Tally(loop=loop, total=len(items), dirty=here.dirty)
        name, place = _bound(step), here.path(step)
        done = self._memo.done.setdefault(place, _Done())
        tally.begin(done)
        for number, (key, item) in enumerate(self._memo.keyed(place, items)[done.prefix :]):
            finished = done.items.get(key)
            if finished is not None:
                tally.add(End.DONE, finished)
                continue
            if tally.full and place in self._memo.planned:
                tally.rest()
                break
            if f"{place}[{key}]" in self._drafted:
                tally.add(End.OPEN, (Unknown("it has not been done"),))
                continue
            at = replace(
                here.bind(loop.variable, item),
                keys=f"{here.keys}[{key}]",
                order=(*here.order, done.prefix + number),
                ahead=here.ahead or tally.holds_back(done.prefix + number),
                idle=here.idle or tally.looking >= max(loop.concurrency, _LOOKS),
            )
            before = len(self._leaves)
            end, after = self._item(step, at, body)
            found = self._leaves[before:]
            tally.open(end, at, found)
            tally.dirty |= after.dirty if after else frozenset()
            value = () if after is None else (after.scope.get(name or ""),)
            tally.add(end, value)
            if end is End.DONE and not found and not at.ahead:
                done.items[key] = value
        done.advance(self._memo.keyed(place, items))
        if not tally.unplanned:
            self._memo.planned.add(place)
        return self._gathered(loop, step, replace(here, dirty=tally.dirty), tally)

    def _gathered(self, loop: Loop, step: Step, here: Here, tally: "_Tally") -> tuple[End, Here]:
        end, results = tally.end, tally.results
        if isinstance(step, ReadStep) and end is End.PARTIAL:
            results = [result for result in results if not isinstance(result, Unknown)]
        return end, here.bind(_bound(step), _gathered(results, flatten=loop.flatten))


_Value: TypeAlias = tuple[ScopeValue, ...]
"""What an item bound: one value, or none where `when` left it out."""


@dataclass(slots=True)
class _Done:
    """The items of one loop that are done for good; the first `prefix` of all are among them."""

    items: dict[str, _Value] = field(default_factory=dict)
    prefix: int = 0
    results: list[ScopeValue] = field(default_factory=list)

    def advance(self, keyed: Sequence[tuple[str, Json]]) -> None:
        """Let the prefix grow over what is done now."""
        while self.prefix < len(keyed) and keyed[self.prefix][0] in self.items:
            self.results += self.items[keyed[self.prefix][0]]
            self.prefix += 1


class Memo:
    """What one process remembers between walks of the same run, so that they stay short.

    It holds nothing that a walk from scratch would not find: items that are done, loops in which
    every item is planned, and the keys of items. All but the keys is forgotten in a new epoch.
    """

    def __init__(self) -> None:
        """Remember nothing."""
        self.done: dict[str, _Done] = {}
        self.planned: set[str] = set()
        self._epoch = -1
        self._keys: dict[int, tuple[Json, str]] = {}
        self._keyed: dict[str, list[tuple[str, Json]]] = {}

    def renew(self, epoch: int) -> None:
        """Forget what may be open again."""
        if epoch != self._epoch:
            self._epoch = epoch
            self.done.clear()
            self.planned.clear()

    def keyed(self, place: str, items: Sequence[Json]) -> list[tuple[str, Json]]:
        """Give each item a key that depends on the item alone: lists may grow in between."""
        kept = self._keyed.get(place)
        if kept is not None and len(kept) == len(items) and _same(kept, items):
            return kept
        seen: dict[str, int] = {}
        found = []
        for item in items:
            key = self._key(item)
            seen[key] = seen.get(key, 0) + 1
            found.append((key if seen[key] == 1 else f"{key}.{seen[key]}", item))
        self._keyed[place] = found
        return found

    def _key(self, item: Json) -> str:
        kept = self._keys.get(id(item))
        if kept is not None and kept[0] is item:
            return kept[1]
        key = _key(item)
        self._keys[id(item)] = (item, key)
        return key


class _Tally:
    """The items of one loop so far: how they ended, how many run, how many are looked at."""

    def __init__(self, *, loop: Loop, total: int, dirty: frozenset[str]) -> None:
        self.dirty = dirty
        self.results: list[ScopeValue] = []
        self.looking = 0
        self.unplanned = False
        self._loop = loop
        self._total = total
        self._ends: list[End] = []
        self._running = 0

    @property
    def full(self) -> bool:
        """Say whether as many items run as may."""
        return self._running >= self._loop.concurrency

    @property
    def end(self) -> End:
        """Return how the loop as a whole stands."""
        return _combined(self._ends)

    def open(self, end: End, at: Here, found: Sequence[Leaf]) -> None:
        """Count an item that was walked."""
        looks = any(
            isinstance(leaf, ReadLeaf) or (isinstance(leaf, DoLeaf) and not leaf.planned)
            for leaf in found
        )
        self.looking += looks
        self._running += end is End.OPEN and not at.ahead
        planned = all(isinstance(leaf, DoLeaf) and leaf.planned for leaf in found)
        self.unplanned |= at.idle or not planned

    def begin(self, done: "_Done") -> None:
        """Start behind the items that are done for good."""
        self._ends += [End.DONE] * done.prefix
        self.results += done.results

    def add(self, end: End, value: _Value) -> None:
        """Keep an item's end and its value."""
        self._ends.append(end)
        self.results += value

    def rest(self) -> None:
        """Count all further items as open."""
        self._ends.append(End.OPEN)
        self.results.append(Unknown("not every item is done"))

    def holds_back(self, number: int) -> bool:
        """Say whether item `number` waits: for a place, or for the careful first ones."""
        return self.full or _held_back(self._loop, number, self._ends, self._total)


def _same(keyed: Sequence[tuple[str, Json]], items: Sequence[Json]) -> bool:
    return all(kept[1] is item for kept, item in zip(keyed, items, strict=True))


def _loops(step: Step) -> bool:
    return getattr(step, "loop", None) is not None


@dataclass(frozen=True, slots=True)
class _Now:
    moment: datetime

    @property
    def text(self) -> str:
        return self.moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _bound(step: Step) -> str | None:
    return cast("str | None", getattr(step, "bind", None))


def _end_of(stages: Sequence[Stage]) -> End:
    if all(stage.good for stage in stages):
        return End.DONE
    if all(stage.good or stage is Stage.SKIPPED for stage in stages):
        return End.PARTIAL
    return End.FAILED


def _combined(ends: Sequence[End]) -> End:
    for end in (End.OPEN, End.FAILED, End.PARTIAL):
        if end in ends:
            return end
    return End.DONE


def _gathered(results: list[ScopeValue], *, flatten: bool) -> ScopeValue:
    unknown = next((result for result in results if isinstance(result, Unknown)), None)
    if unknown is not None:
        return unknown
    if flatten:
        return [item for result in results if result for item in cast("list[ScopeValue]", result)]
    return results


def _held_back(loop: Loop, number: int, ends: Sequence[End], total: int) -> bool:
    """Say whether item `number` waits for the careful first ones (`first`, `then`)."""
    if loop.first is None:
        return False
    wave = loop.first
    if number < wave:
        return False
    if not all(end is End.DONE for end in ends[:wave]):
        return True
    if loop.then_percent is None:
        return False
    size = max(1, total * loop.then_percent // 100)
    before = wave + (number - wave) // size * size
    return not all(end is End.DONE for end in ends[:before])


def _key(item: Json) -> str:
    if isinstance(item, str) and len(item) <= _PLAIN_KEY and item.isascii() and item.isprintable():
        return item.translate(str.maketrans("[]/~#", "_____"))
    if isinstance(item, int):
        return str(item)
    return sha256(canonical(item)).hexdigest()[:8]
