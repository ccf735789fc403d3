"""Leaf steps of a walk: each is done, open with a leaf that says what is to do, or failed."""

from collections.abc import Collection, Mapping, Sequence

from irkit.canonical import Json, JsonObject
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
)
from irkit.engine.place import Here, Lost
from irkit.lang.expressions import Unknown, UnknownValue, evaluate
from irkit.model.playbook import (
    DoStep,
    Expression,
    ManualStep,
    OnError,
    ReadStep,
    ReportStep,
    RequireStep,
    UndoStep,
    Value,
)
from irkit.model.run import Run, Stage
from irkit.model.spec import Catalogue


class LeafSteps:
    """Walks the steps that hold no others, and keeps the leaves found."""

    def __init__(
        self,
        run: Run,
        catalogue: Catalogue,
        *,
        drafted: Collection[str],
        revisit: frozenset[str],
    ) -> None:
        """Look things up in `run`; `drafted` and `revisit` are as `Walk` has them."""
        self.leaves: list[Leaf] = []
        self._run = run
        self._catalogue = catalogue
        self._drafted = drafted
        self._revisit = revisit

    def add(self, leaf: Leaf) -> None:
        """Keep a leaf that was found."""
        self.leaves.append(leaf)

    def settled(self, path: str, here: Here) -> End | None:
        """Return the end of a step that was left out, failed to plan, or had nothing to do."""
        if path in self._run.failed_steps:
            why = self._run.failed_steps[path]
            self.add(FailedLeaf(path=path, phase=here.phase, why=why))
            return End.FAILED
        if path in self._run.skipped_steps:
            return End.PARTIAL
        return End.DONE if path in self._run.done_steps else None

    def truth(self, condition: Expression, here: Here) -> bool:
        """Return what a condition says here."""
        return bool(evaluate(condition, here.scope))

    def arguments(self, arguments: Mapping[str, Value], here: Here) -> JsonObject:
        """Return the arguments of a step, evaluated here."""
        return {name: evaluate(value, here.scope) for name, value in arguments.items()}

    def read(self, step: ReadStep, here: Here) -> tuple[End, Here]:
        """Walk a read: its recorded answer is bound; without one it is to be made."""
        path = here.path(step)
        fact = self._run.reads.get(path)
        if fact is not None:
            if path in self._revisit:
                self.add(self._read_leaf(step, here))
            if fact.error:
                return End.PARTIAL, here.bind(step.bind, Lost(f"{path}: {fact.error}"))
            return End.DONE, here.bind(step.bind, fact.value)
        leaf = self._read_leaf(step, here)
        affecting = self._affecting(step, here)
        if affecting:
            raise UnknownValue(Unknown(f"{step.action} is read after {', '.join(affecting)}"))
        self.add(leaf)
        return End.OPEN, here.bind(step.bind, Unknown(f"{path} is being read"))

    def _read_leaf(self, step: ReadStep, here: Here) -> ReadLeaf:
        arguments = self.arguments(step.arguments, here)
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

    def do(self, step: DoStep, here: Here) -> tuple[End, Here]:
        """Walk a change step: to be planned, under way, or done with its outputs bound."""
        path = here.path(step)
        settled = self.settled(path, here) if step.loop else None
        if here.passive or settled is not None:
            return settled or End.DONE, here.bind(step.bind, None)
        planned = self._run.steps.get(path)
        arguments = planned[1].arguments if planned else self.arguments(step.arguments, here)
        if planned is None:
            self.add(
                DoLeaf(
                    path=path,
                    phase=here.phase,
                    step=step,
                    arguments=arguments,
                    ready=not here.ahead,
                    planned=path in self._drafted,
                    order=here.order,
                )
            )
            unknown = Unknown(f"{path} has not been done")
            return End.OPEN, here.after(step.action).bind(step.bind, unknown)
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
                self.add(FailedLeaf(path=path, phase=here.phase, why=why))
            return end, here.bind(step.bind, outputs)
        leaf = DoLeaf(
            path=path,
            phase=here.phase,
            step=step,
            arguments=arguments,
            ready=not here.ahead,
            planned=True,
        )
        self.add(leaf)
        unknown = Unknown(f"{path} has not been done")
        return End.OPEN, here.after(step.action).bind(step.bind, unknown)

    def _check(self, step: DoStep, here: Here, path: str, changes: tuple[str, ...]) -> None:
        assert step.verify is not None
        if path in self._run.checks:
            return
        self.add(
            CheckLeaf(
                path=path,
                phase=here.phase,
                check=step.verify,
                arguments=self.arguments(step.verify.arguments, here),
                scope=here.scope,
                changes=changes,
            )
        )

    def manual(self, step: ManualStep, here: Here) -> tuple[End, Here]:
        """Walk a manual step: the answer is bound, or somebody is to be asked."""
        path = here.path(step)
        if here.passive:
            return End.DONE, here.bind(step.bind, {"answered": False})
        answer = self._run.answers.get(path)
        if answer is not None:
            value = {"answered": not answer.silent, **answer.values}
            failed = answer.silent and step.if_silent is OnError.STOP
            if failed:
                self.add(FailedLeaf(path=path, phase=here.phase, why=f"no answer from {step.to}"))
            return (End.FAILED if failed else End.DONE), here.bind(step.bind, value)
        if here.ahead:
            raise UnknownValue(Unknown(f"{step.to} has not been asked yet"))
        asked = self._run.asked.get(path)
        self.add(
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

    def require(self, step: RequireStep, here: Here) -> tuple[End, Here]:
        """Walk a requirement: what is false stops, saying why."""
        if self.truth(step.condition, here):
            return End.DONE, here
        say = str(evaluate(step.say, here.scope))
        self.add(FailedLeaf(path=here.path(step), phase=here.phase, why=say))
        return End.FAILED, here

    def undo(self, step: UndoStep, here: Here) -> tuple[End, Here]:
        """Walk an `undo:` step: to be planned when it is reached, or under way."""
        path = here.path(step)
        if here.passive:
            return End.DONE, here
        under = f"{path}/"
        planned = [key for key in self._run.steps if key.startswith(under)]
        failed = [key for key in self._run.failed_steps if key.startswith(under)]
        drafted = any(key.startswith(under) for key in self._drafted)
        again = any(key.startswith(under) and not self._is_told(key) for key in self._run.replanned)
        if (planned or failed) and not (again or drafted):
            states = [
                self._run.changes[change.id]
                for key in planned
                for change in self._run.steps[key][1].changes
            ]
            if all(state.stage.terminal for state in states):
                return self._undone(failed, [state.stage for state in states], here)
        elif here.ahead and not (planned or failed or drafted):
            raise UnknownValue(Unknown("what there is to take back is known when this is reached"))
        self.add(
            UndoLeaf(
                path=path,
                phase=here.phase,
                step=step,
                ready=not here.ahead,
                planned=bool(planned or failed or drafted) and not again,
            )
        )
        return End.OPEN, here

    def _is_told(self, path: str) -> bool:
        """Say whether a step is planned or drafted, could not be planned, or is left out."""
        run = self._run
        told = (run.steps, run.failed_steps, run.skipped_steps, self._drafted)
        return any(path in paths for paths in told)

    def _undone(
        self, failed: Sequence[str], stages: Sequence[Stage], here: Here
    ) -> tuple[End, Here]:
        """End an `undo:` step: where one change cannot be taken back, it has failed."""
        for path in failed:
            why = self._run.failed_steps[path]
            self.add(FailedLeaf(path=path, phase=here.phase, why=why))
        return (End.FAILED if failed else _end_of(stages)), here

    def report(self, step: ReportStep, here: Here) -> tuple[End, Here]:
        """Walk a report: written once, when it is reached."""
        path = here.path(step)
        if path in self._run.reports:
            return End.DONE, here
        if here.ahead:
            return End.OPEN, here
        self.add(ReportLeaf(path=path, phase=here.phase, step=step))
        return End.OPEN, here


def _end_of(stages: Sequence[Stage]) -> End:
    if all(stage.good for stage in stages):
        return End.DONE
    if all(stage.good or stage is Stage.SKIPPED for stage in stages):
        return End.PARTIAL
    return End.FAILED
