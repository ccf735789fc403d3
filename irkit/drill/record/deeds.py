"""What responders did in a drill: its runs, read for the time line and the measures."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from irkit.canonical import JsonObject
from irkit.drill.record.state import Drill
from irkit.model.run import Run


class Deed(StrEnum):
    """What was done."""

    OPENED = "opened"
    READ = "read"
    PROPOSED = "proposed"
    APPROVED = "approved"
    CUT = "cut"
    VERIFIED = "verified"
    RETRIED = "retried"
    """A change was sent once more; what became of the try before is in the trail."""
    REFUSED = "refused"
    """Somebody refused to sign."""
    STOPPED = "stopped"
    """A guard of irkit's refused."""
    ANSWERED = "answered"
    """Somebody answered what a run asked."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One deed of a responder.

    Attributes:
        t: Exercise time.
        at: The trail's time.
        deed: What was done.
        run: In which run.
        what: The action, the playbook, the part or the outcome.
        label: What a person should read: the target, or the title.
        by: Who did it.
        phase: The phase it belongs to, if it does.
        evidence: Whether a read was marked as evidence.
        sent: The record after which a change went out, -1 for everything else.
        n: The record that says that it was made, -1 for everything else.
    """

    t: int
    at: datetime
    deed: Deed
    run: str
    what: str
    label: str = ""
    by: str = ""
    phase: str = ""
    evidence: bool = False
    sent: int = -1
    n: int = -1


def deeds(drill: Drill, runs: Iterable[Run]) -> tuple[Done, ...]:
    """Return what the runs did that were opened while the drill was on, in order of time."""
    found = [done for run in runs if is_of(drill, run) for done in _Reader(drill, run).all()]
    return tuple(sorted(found, key=lambda done: (done.at, done.run)))


def is_of(drill: Drill, run: Run) -> bool:
    """Say whether a run was opened while the drill was on."""
    if run.opened_at is None or run.opened_at < drill.opened_at:
        return False
    return drill.end is None or run.opened_at <= drill.end.at


@dataclass(frozen=True, slots=True)
class _Reader:
    """Makes deeds of one run."""

    drill: Drill
    run: Run

    def done(
        self,
        at: datetime,
        deed: Deed,
        what: str,
        *,
        label: str = "",
        by: str = "",
        phase: str = "",
        evidence: bool = False,
        sent: int = -1,
        n: int = -1,
    ) -> Done:
        """Return one deed at a moment of the trail."""
        return Done(
            t=self.drill.t_of(at),
            at=at,
            deed=deed,
            run=self.run.id,
            what=what,
            label=label,
            by=by,
            phase=phase,
            evidence=evidence,
            sent=sent,
            n=n,
        )

    def all(self) -> Iterator[Done]:
        """Yield everything the run did."""
        run = self.run
        assert run.opened_at is not None
        playbook = run.playbook_file.removesuffix(".yaml")
        yield self.done(run.opened_at, Deed.OPENED, playbook, label=run.title, by=run.requester)
        yield from self._reads()
        yield from self._people()
        yield from self._changes()
        for at, code, summary in run.refusals:
            yield self.done(at, Deed.STOPPED, code, label=summary)
        if run.closed and run.last_at is not None:
            yield self.done(run.last_at, Deed.CLOSED, run.outcome, label=run.title)

    def _reads(self) -> Iterator[Done]:
        for fact in self.run.reads.values():
            if not fact.error:
                yield self.done(
                    fact.observed_at,
                    Deed.READ,
                    fact.action,
                    label=fact.step,
                    evidence=fact.evidence,
                )

    def _people(self) -> Iterator[Done]:
        for part, at in self.run.part_at.items():
            yield self.done(at, Deed.PROPOSED, part, phase=part)
        for _, at, body in self.run.approvals:
            statement = body.get("statement")
            if isinstance(statement, Mapping):
                by = str(statement.get("approver", ""))
                deed = Deed.APPROVED if statement.get("decision") == "approve" else Deed.REFUSED
                for part in _parts(self.run, statement):
                    yield self.done(at, deed, part, by=by, phase=part)
        for step, answer in self.run.answers.items():
            if not answer.silent:
                yield self.done(answer.at, Deed.ANSWERED, step, by=answer.by)

    def _changes(self) -> Iterator[Done]:
        for state in self.run.changes.values():
            again = ((state.intent_at, Deed.RETRIED),) * max(state.attempt - 1, 0)
            marks = ((state.made_at, Deed.CUT), (state.verified_at, Deed.VERIFIED))
            for at, deed in (*again, *marks):
                if at is not None:
                    yield self.done(
                        at,
                        deed,
                        state.step.action,
                        label=state.change.target.label,
                        phase=state.phase,
                        sent=state.intent if deed is Deed.CUT else -1,
                        n=state.made_n if deed is Deed.CUT else -1,
                    )


def _parts(run: Run, statement: JsonObject) -> tuple[str, ...]:
    digests = statement.get("parts")
    names = {digest: part for part, digest in run.part_digests.items()}
    listed = digests if isinstance(digests, list | tuple) else ()
    return tuple(names[str(digest)] for digest in listed if str(digest) in names)
