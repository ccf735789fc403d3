"""One walk through a playbook over what is known, from the top, every time.

The walk is pure: playbook, run and time in, leaves out. It is what makes a run resumable (nothing
but recorded facts decides where it stands) and a dry run truthful (planning and running are the
same walk). Past the first step that is not finished it goes on *ahead*: there it may look and plan,
never act, and what an unmade change would affect is unknown.
"""

from collections.abc import Callable, Mapping, Sequence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A playbook with the sub-playbooks it calls, by name."""

    main: Playbook
    calls: Mapping[str, Playbook] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where the walk stands: names, loop keys, phase, and whether it may act."""

    scope: Scope
    phase: str
    keys: str = ""
    prefix: str = ""
    ahead: bool = False
    passive: bool = False
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
        drafted: frozenset[str] = frozenset(),
        revisit: frozenset[str] = frozenset(),
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
        result = End.DONE
        for step in steps:
            end, here = self._step(step, here)
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
            if step.when is not None and not self._truth(step.when, here):
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
        if here.dirty & set(self._catalogue[step.action].needs) and not self._unaffected(step):
            why = f"{step.action} is read when the changes before it are made"
            raise UnknownValue(Unknown(why))
        self._leaves.append(leaf)
        return End.OPEN, here.bind(step.bind, Unknown(f"{path} is being read"))

    def _read_leaf(self, step: ReadStep, here: Here) -> ReadLeaf:
        arguments = self._arguments(step.arguments, here)
        return ReadLeaf(path=here.path(step), phase=here.phase, step=step, arguments=arguments)

    def _unaffected(self, step: ReadStep) -> bool:
        return "*" in self._catalogue[step.action].unaffected_by

    def _do(self, step: DoStep, here: Here) -> tuple[End, Here]:
        path = here.path(step)
        settled = self._settled(path, here) if step.loop else None
        if here.passive or settled is not None:
            return settled or End.DONE, here.bind(step.bind, None)
        planned = self._run.steps.get(path)
        arguments = planned[1].arguments if planned else self._arguments(step.arguments, here)
        providers = frozenset(self._catalogue[step.action].needs)
        if planned is None:
            leaf = DoLeaf(
                path=path,
                phase=here.phase,
                step=step,
                arguments=arguments,
                ready=not here.ahead,
                planned=path in self._drafted,
            )
            self._leaves.append(leaf)
            unknown = Unknown(f"{path} has not been done")
            return End.OPEN, replace(here, dirty=here.dirty | providers).bind(step.bind, unknown)
        return self._planned_do(step, here, arguments, providers)

    def _planned_do(
        self, step: DoStep, here: Here, arguments: JsonObject, providers: frozenset[str]
    ) -> tuple[End, Here]:
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
        return End.OPEN, replace(here, dirty=here.dirty | providers).bind(step.bind, unknown)

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

    def _items(
        self, loop: Loop, step: Step, here: Here, body: _Body, items: list[Json]
    ) -> tuple[End, Here]:
        ends: list[End] = []
        results: list[ScopeValue] = []
        dirty, running, name = here.dirty, 0, _bound(step)
        for number, (key, item) in enumerate(_keyed(items)):
            held = running >= loop.concurrency or _held_back(loop, number, ends, len(items))
            at = replace(
                here.bind(loop.variable, item),
                keys=f"{here.keys}[{key}]",
                ahead=here.ahead or held,
            )
            end, after = body(at)
            ends.append(end)
            running += end is End.OPEN and not at.ahead
            dirty |= after.dirty
            if name is not None:
                results.append(after.scope.get(name))
        after = replace(here, dirty=dirty)
        combined = _combined(ends)
        if isinstance(step, ReadStep) and combined is End.PARTIAL:
            results = [result for result in results if not isinstance(result, Unknown)]
        return combined, after.bind(name, _gathered(results, flatten=loop.flatten))


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


def _keyed(items: Sequence[Json]) -> list[tuple[str, Json]]:
    """Give each item a key that depends on the item alone, so that lists may grow in between."""
    seen: dict[str, int] = {}
    keyed = []
    for item in items:
        key = _key(item)
        seen[key] = seen.get(key, 0) + 1
        keyed.append((key if seen[key] == 1 else f"{key}.{seen[key]}", item))
    return keyed


def _key(item: Json) -> str:
    if isinstance(item, str) and len(item) <= _PLAIN_KEY and item.isascii() and item.isprintable():
        return item.translate(str.maketrans("[]/~#", "_____"))
    if isinstance(item, int):
        return str(item)
    return sha256(canonical(item)).hexdigest()[:8]
