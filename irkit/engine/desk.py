"""The desk: what one process holds while it acts for a run.

Facts live in the journal; the desk keeps the fold of them up to date, the steps drafted but not
yet proposed, and which commands are under way. Everything is recorded through `record`, and the
fold is fed from the journal alone, in its order, other processes' records among them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from irkit.actions.base import Action
from irkit.canonical import Json
from irkit.engine.context import Context
from irkit.engine.history import Inflated, inflate
from irkit.engine.leaves import Walked
from irkit.engine.loops import Memo
from irkit.engine.machine import Moment
from irkit.engine.recording import Recorder
from irkit.engine.scoped_privileges import session_rights
from irkit.engine.walk import Walk
from irkit.model.change import ChangeId
from irkit.model.fold import take
from irkit.model.iam_rights import Right
from irkit.model.plan import PlannedStep
from irkit.model.run import ChangeState, Run, Stage
from irkit.model.spec import Spec
from irkit.trail.record import Draft


class Desk:
    """One process's hold on a run."""

    def __init__(self, context: Context) -> None:
        """Read the run's history and stand ready."""
        self.context = context
        self.run = Run(id=context.run_id)
        self.drafts: dict[str, tuple[tuple[int, ...], str, PlannedStep]] = {}
        self.drafted: dict[str, str] = {}
        self.memo = Memo()
        self.flying: set[str] = set()
        self._rights: dict[tuple[str, str, str], tuple[Right, ...]] = {}
        self._seen = -1
        self._recorder = Recorder(context.journal.append, self.catch_up)
        self.catch_up()

    async def record(
        self, kind: str, body: Mapping[str, Json], private: tuple[str, ...] = ()
    ) -> int:
        """Record one thing durably, fold it in, and return its index in the trail.

        Of the `private` fields (JSON pointers) the record holds only commitments.
        """
        draft = Draft(
            type=kind,
            run=self.context.run_id,
            actor=self.context.actor,
            body=dict(body),
            private=private,
        )
        return (await self._recorder.record(draft)).n

    def catch_up(self) -> None:
        """Fold in everything recorded since the last time, whoever recorded it.

        While a commit is under way there is nothing to do: its end catches up.
        """
        if self._recorder.committing:
            return
        for record in self.context.journal.follow(self._seen):
            self._seen = record.n
            if record.run == self.context.run_id:
                entry = inflate(record, self.context.blobs)
                take(self.run, entry)
                self._undraft(entry)
                self.context.listener.recorded(self.run, entry)

    def draft(self, phase: str, step: PlannedStep, order: tuple[int, ...]) -> None:
        """Keep a step that is planned and not yet proposed, with its place in the playbook."""
        self.drafts[step.path] = (order, phase, step)
        self.drafted[step.path] = phase
        self.run.reach(step)

    def take_drafts(self, phases: tuple[str, ...]) -> list[tuple[str, PlannedStep]]:
        """Take the drafts of `phases` off the desk, in the order of the playbook.

        They count as drafted until the trail knows them; else they would be planned once more
        while they are being recorded.
        """
        taken = [draft for draft in self.drafts.values() if draft[1] in phases]
        for _, _, step in taken:
            del self.drafts[step.path]
        taken.sort(key=lambda draft: draft[0])
        return [(phase, step) for _, phase, step in taken]

    def _undraft(self, entry: Inflated) -> None:
        """Forget that a step is drafted, once it is proposed or was found not to be plannable."""
        if entry.type in {"plan.proposed", "plan.extended"}:
            for path in [path for path in self.drafted if path in self.run.steps]:
                del self.drafted[path]
        elif "step" in entry.body and "change" not in entry.body:
            self.drafted.pop(str(entry.body["step"]), None)

    def walked(self) -> Walked:
        """Walk the playbook over what is known now."""
        return Walk(
            self.context.book,
            self.run,
            self.context.catalogue,
            now=self.context.clock(),
            drafted=self.drafted,
            memo=self.memo,
        ).walked()

    def moment(self, walked: Walked) -> Moment:
        """Return all that the machine may know."""
        now = self.context.clock()
        return Moment(
            run=self.run,
            walked=walked,
            now=now,
            flying=frozenset(self.flying),
            drafted=self.drafted,
            approved=self.context.consent.approved(self.run, now),
            claims=self.context.book.main.claims_contained,
            residual=self.context.residual,
            looks=self.context.pace.looks,
            in_doubt_wait={
                change: self.in_doubt_wait(state)
                for change, state in self.run.active.items()
                if state.stage is not Stage.MADE
            },
            dry=self.context.dry,
        )

    def in_doubt_wait(self, state: ChangeState) -> timedelta:
        """Return how long after an interruption a look may not be trusted yet."""
        fixed = self.context.pace.in_doubt_wait
        return fixed if fixed is not None else self._spec_of(state).in_doubt_wait

    def visible_within(self, state: ChangeState) -> timedelta:
        """Return how long a change may take to show."""
        fixed = self.context.pace.visible_within
        return fixed if fixed is not None else self._spec_of(state).visible_within

    def rights(self, part: str, spec: Spec, tenant: str) -> tuple[Right, ...]:
        """Return what the changes that a part makes by one action in one tenant take of IAM."""
        if not spec.permissions.iam_write:
            return ()
        key = (self.run.part_digests[part], spec.id, tenant)
        if key not in self._rights:
            steps = (step for step in self.run.parts[part].steps if step.action == spec.id)
            self._rights[key] = session_rights(spec.permissions.iam_write, steps, tenant)
        return self._rights[key]

    def action(self, step: PlannedStep) -> Action:
        """Return the action of a planned step, with its arguments."""
        action = self.context.build(step.action, step.arguments)
        assert isinstance(action, Action), f"{step.action} is planned but is no change"
        return action

    def state(self, change: ChangeId) -> ChangeState:
        """Return the state of one change."""
        return self.run.changes[change]

    def now(self) -> datetime:
        """Return the present moment."""
        return self.context.clock()

    def _spec_of(self, state: ChangeState) -> Spec:
        return self.context.catalogue[state.step.action]
