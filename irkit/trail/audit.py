"""The rules of what records say, beyond how they are linked.

No change without its own approved plan, no result without an intent, no repetition without a look,
nothing after a run is closed, no write of a canary without its warrant, no key that is not pinned,
no reference to a blob that is gone.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, cast

from irkit.canonical import digest
from irkit.clock import parse_rfc3339
from irkit.diagnostics import IrkitError, Severity
from irkit.model.quorum import Vote
from irkit.trail import answers, warrants
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.kept import Kept
from irkit.trail.openings import Condition
from irkit.trail.plan_content import BLOB, PlanPart, fits
from irkit.trail.record import Record
from irkit.trail.redaction import commitments
from irkit.trail.run_approvals import RunApprovals
from irkit.trail.verdict import Problem

AUDITED: Final = frozenset(
    (
        "trail.genesis",
        "trail.sealed",
        "policy.changed",
        "key.introduced",
        "key.rotated",
        "key.revoked",
        "anchor.received",
        "run.opened",
        "run.closed",
        "plan.proposed",
        "plan.extended",
        "approval",
        "breakglass.used",
        "breakglass.confirmed",
        "step.intent",
        "step.result",
        "step.settled",
        "step.asked",
        "answer",
        "value.forgotten",
        warrants.PROPOSED,
        warrants.INTENT,
    )
)
"""The types whose content is checked or remembered; all others are only linked and counted."""

_JUST_BEFORE: Final = timedelta(seconds=5)
BLOB_FIELDS: Final = frozenset(("blob", "display", "policy_blob"))
"""The fields of a body that hold the digest of a blob."""


@dataclass(slots=True)
class _Intent:
    change: str
    settled: bool = False
    result: bool = False


@dataclass(slots=True)
class _RunAudit:
    """What the step rules remember of one run."""

    records: int = 0
    closed: bool = False
    intents: dict[int, _Intent] = field(default_factory=dict)
    latest: dict[str, int] = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)


class Audit:
    """Takes records in order and says what is wrong with each."""

    def __init__(self, blobs: Kept, root_at: Callable[[int], str | None]) -> None:
        """Audit a trail from its first record on."""
        self.fold = ApprovalFold(blobs, root_at)
        self.vkeys: frozenset[str] | None = None
        self._kept = blobs
        self._gone: dict[tuple[int, str], None] = {}
        self._runs: dict[str, _RunAudit] = {}
        self._steps: Mapping[str, Callable[[Record, _RunAudit], Iterator[Problem]]] = {
            "step.intent": self._intent,
            "step.result": self._result,
            "step.settled": self._settled,
            "run.closed": self._closed,
            "step.asked": self._asked,
            "answer": self._answer,
        }

    def take(self, record: Record) -> tuple[Problem, ...]:
        """Check and remember `record`."""
        found = [*self._run_rules(record), *self._keys(record)]
        found += self.fold.take(record)
        if record.type == warrants.INTENT:
            found += warrants.intent_problems(record, self.fold.warrants, self.fold.revoked)
        found += self._references(record)
        found += self._private(record)
        return tuple(found)

    def may_stand(self, run: str | None) -> bool:
        """Say whether a record without meaning may stand in `run` now."""
        known = None if run is None else self._runs.get(run)
        return run is None or (known is not None and not known.closed)

    def counts(self, run: str | None) -> bool:
        """Count a record without meaning that stands in `run`."""
        if run is not None:
            self._runs[run].records += 1
        return True

    def open_ends(self) -> Iterator[tuple[int, Problem]]:
        """Give what is still open at the end, with the index of its record."""
        for run in self.fold.runs.values():
            for index, name in run.unconfirmed.items():
                text = f"{name} approved alone in run {run.id}; nobody has confirmed it"
                yield index, Problem(code="breakglass.open", text=text, severity=Severity.WARNING)
        for index, field_ in self._gone:
            text = f"the opening of {field_} is gone, and no record says that it was forgotten"
            yield index, Problem(code="opening.missing", text=text)

    def _run_rules(self, record: Record) -> Iterator[Problem]:
        if record.run is None:
            return
        run = self._runs.get(record.run)
        if run is None:
            run = self._runs[record.run] = _RunAudit()
            if record.type != "run.opened":
                yield Problem(code="run.not-opened", text=f"{record.run} has not been opened")
        if run.closed:
            yield Problem(code="run.after-close", text=f"{record.run} was closed before")
        run.records += 1
        step = self._steps.get(record.type)
        if step is not None:
            yield from step(record, run)

    def _keys(self, record: Record) -> Iterator[Problem]:
        named: tuple[object, ...] = ()
        if record.type == "trail.genesis":
            listed = record.body.get("vkeys")
            named = tuple(listed) if isinstance(listed, list | tuple) else ()
        elif record.type in ("key.introduced", "key.rotated"):
            named = (record.body.get("vkey"),)
        pinned = self.vkeys
        if pinned is None and record.type != "trail.genesis" and self.fold.policy.trail_keys:
            pinned = frozenset(self.fold.policy.trail_keys)
        if pinned is not None:
            for key in named:
                if key not in pinned:
                    yield Problem(code="key.untrusted", text=f"the trail key {key} is not pinned")

    def _references(self, record: Record) -> Iterator[Problem]:
        """Every blob a record names is there and unaltered."""
        for name, value in record.body.items():
            reference = value if name in BLOB_FIELDS else None
            if isinstance(value, dict) and BLOB in value:
                reference = value[BLOB]
            if not isinstance(reference, str):
                continue
            try:
                self._kept.get(reference)
            except IrkitError as error:
                yield Problem(code="blob.missing", text=error.diagnostics[0].summary)

    def _private(self, record: Record) -> Iterator[Problem]:
        """What a record only commits to is kept, or a later record says that it was forgotten."""
        for name, commitment in commitments(record.body):
            condition = self._kept.openings.condition(commitment)
            if condition is Condition.MISSING:
                self._gone[record.n, name] = None
            elif condition is Condition.ALTERED:
                text = f"the opening of {name} was altered, or its key is another one"
                yield Problem(code="opening.altered", text=text)
        if record.type == "value.forgotten":
            fields = record.body.get("fields")
            for forgotten in fields if isinstance(fields, list) else ():
                index = cast("int", record.body.get("record"))
                self._gone.pop((index, str(forgotten)), None)

    def _intent(self, record: Record, run: _RunAudit) -> Iterator[Problem]:
        body, state = record.body, self.fold.runs.get(record.run or "")
        name = str(body.get("change"))
        before = run.intents.get(run.latest.get(name, -1))
        if before is not None and not before.settled:
            yield Problem(
                code="step.repeated", text=f"{name} is sent again without knowing what came of it"
            )
        run.intents[record.n] = _Intent(change=name)
        run.latest[name] = record.n
        part = None if state is None else state.parts.get(str(body.get("part")))
        change = None if part is None else part.changes.get(name)
        if state is None or part is None or change is None:
            yield Problem(code="step.not-in-plan", text=f"no part of the plan has {name}")
            return
        if body.get("digest") != digest(change) or not fits(
            body.get("resolved"), change.get("after")
        ):
            yield Problem(
                code="step.differs-from-plan", text=f"{name} is not what was planned and signed"
            )
        yield from self._quorum(record, state, part)

    def _quorum(self, record: Record, state: RunApprovals, part: PlanPart) -> Iterator[Problem]:
        """The approvals the intent names are enough, and nobody denied."""
        now = parse_rfc3339(record.ts)
        everything = state.tally(part, now, state.votes)
        if everything.denied_by:
            who = ", ".join(everything.denied_by)
            yield Problem(code="step.denied", text=f"{who} denied {part.id}")
        named = record.body.get("approvals")
        indexes = named if isinstance(named, list | tuple) else ()
        votes: dict[int, Vote] = {
            n: state.votes[n] for n in indexes if isinstance(n, int) and n in state.votes
        }
        # Revocations and denials count whether the intent names them or not.
        votes |= {n: v for n, v in state.votes.items() if v.decision != "approve"}
        # The executor looked at the clock just before it recorded.
        if everything.denied_by or any(
            state.tally(part, moment, votes).reached for moment in (now, now - _JUST_BEFORE)
        ):
            return
        rule = self.fold.policy.alone
        alone = [v for v in votes.values() if _alone(v, part, state) and v.nb <= now < v.exp]
        if rule is not None and any(rule.allows(vote.roles, part.raw) for vote in alone):
            return
        yield Problem(
            code="step.no-quorum",
            text=f"{part.id} asks for {part.need.need} approvals, the intent does not have them",
        )

    def _result(self, record: Record, run: _RunAudit) -> Iterator[Problem]:
        intent = self._intent_of(record, run)
        if intent is None:
            yield Problem(code="step.result-without-intent", text="no intent has this result")
            return
        if intent.result:
            yield Problem(code="step.result-twice", text="the intent has a result already")
        intent.result = True
        intent.settled = intent.settled or record.body.get("outcome") != "unknown"

    def _settled(self, record: Record, run: _RunAudit) -> Iterator[Problem]:
        intent = self._intent_of(record, run)
        if intent is None:
            yield Problem(code="step.settled-without-intent", text="no intent was in doubt")
            return
        intent.settled = True

    def _asked(self, record: Record, run: _RunAudit) -> Iterator[Problem]:
        run.asked[str(record.body.get("step"))] = str(record.body.get("to") or "")
        yield from ()

    def _answer(self, record: Record, run: _RunAudit) -> Iterator[Problem]:
        to = run.asked.get(str(record.body.get("step")), "")
        found = answers.problem(record, self.fold.policy, self.fold.revoked, to=to)
        if found is not None:
            yield found

    def _intent_of(self, record: Record, run: _RunAudit) -> _Intent | None:
        index = record.body.get("intent")
        intent = run.intents.get(index) if isinstance(index, int) else None
        if intent is None or record.body.get("change", intent.change) != intent.change:
            return None
        return intent

    def _closed(self, record: Record, run: _RunAudit) -> Iterator[Problem]:
        run.closed = True
        if record.body.get("count") != run.records:
            yield Problem(
                code="run.count", text=f"it counts {record.body.get('count')}, not {run.records}"
            )


def _alone(vote: Vote, part: PlanPart, state: RunApprovals) -> bool:
    """Say whether `vote` is one person's under break-glass for this part."""
    return (
        vote.break_glass
        and vote.decision == "approve"
        and vote.header == state.header
        and part.digest in vote.parts
    )
