"""Whether a run's parts are approved, by the same fold that verification uses."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from irkit.model.plan import PartNeed, PlannedStep
from irkit.model.playbook import Approval
from irkit.model.quorum import Need, Tally, Vote, tally
from irkit.model.run import Run
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.record import Record
from irkit.workspace.config import Alone
from irkit.workspace.policy import Policy, strictest


class History(Protocol):
    """The trail, as far as consent follows it."""

    def follow(self, after_n: int) -> Iterable[Record]:
        """Give the records after index `after_n`."""


class WorkspaceConsent:
    """Counts the approvals in a workspace's trail against the needs of each part."""

    def __init__(
        self, fold: ApprovalFold, history: History, policy: Policy, valid: timedelta
    ) -> None:
        """Follow `history`; `valid` is how long a plan and its approvals hold at most."""
        self.fold = fold
        self._history = history
        self._policy = policy
        self._valid = valid
        self._seen = -1

    def catch_up(self) -> None:
        """Take in everything recorded since the last time."""
        for record in self._history.follow(self._seen):
            self._seen = record.n
            self.fold.take(record)

    def approved(self, run: Run, now: datetime) -> frozenset[str]:
        """Return the parts whose quorum is reached at `now`; what changes nothing needs none."""
        self.catch_up()
        return frozenset(
            part.id
            for part in run.parts.values()
            if not part.unknowns
            and not self.too_old(run, part.id, now)
            and self.tally(run, part.id, now).reached
        )

    def too_old(self, run: Run, part: str, now: datetime) -> bool:
        """Say whether a part was planned so long ago that it must be planned again."""
        return now >= run.part_at[part] + self._valid

    def approvals(self, run: Run, part: str, now: datetime) -> tuple[int, ...]:
        """Return the records whose approvals count for `part`."""
        return self.tally(run, part, now).used

    def tally(self, run: Run, part: str, now: datetime) -> Tally:
        """Count the approvals of one part; one person alone counts within `approvals.alone`."""
        assert run.header is not None
        declared = run.parts[part]
        state = self.fold.runs.get(run.id)
        votes = tuple(state.votes.values()) if state else ()
        digest = run.part_digests[part]
        need = Need(
            need=declared.need.need,
            roles=declared.need.roles,
            exclude_requester=declared.need.exclude_requester,
        )
        counted = _count(need, votes, digest, run, now)
        if counted.reached or state is None or not self._alone_allows(run, part):
            return counted
        alone = [vote for vote in votes if vote.break_glass and digest in vote.parts]
        in_time = [vote for vote in alone if vote.nb <= now < vote.exp]
        if counted.denied_by or not in_time:
            return counted
        last = in_time[-1]
        return Tally(
            reached=True,
            have=(last.approver,),
            used=(last.index,),
            missing=0,
            may_still=(),
            denied_by=(),
            expires_at=last.exp,
        )

    def _alone_allows(self, run: Run, part: str) -> bool:
        alone = self._policy.approvals.alone
        return alone is not None and within_alone(alone, run.parts[part].steps)

    def need(self, steps: tuple[PlannedStep, ...], approval: Approval | None) -> PartNeed:
        """Return what a part with these steps needs: the strictest of all rules."""
        return part_need(self._policy, self._valid, steps, approval)


def part_need(
    policy: Policy, valid: timedelta, steps: tuple[PlannedStep, ...], approval: Approval | None
) -> PartNeed:
    """Return the strictest need of the steps' classes and of the playbook's approval."""
    need = strictest(
        policy.effective_need(reversal, blast, approval)
        for reversal, blast in sorted({(step.reversal, step.blast) for step in steps})
    )
    return PartNeed(
        need=need.need,
        roles=need.roles,
        exclude_requester=need.exclude_requester,
        valid_s=int(min(valid, need.valid or valid).total_seconds()),
    )


def within_alone(alone: Alone, steps: tuple[PlannedStep, ...]) -> bool:
    """Say whether one person may do these steps alone, to be confirmed afterwards."""
    changes = sum(len(step.changes) for step in steps)
    return changes <= alone.at_most and all(
        step.reversal in alone.reversal and step.blast in alone.blast
        for step in steps
        if step.changes
    )


def _count(need: Need, votes: tuple[Vote, ...], digest: str, run: Run, now: datetime) -> Tally:
    assert run.header is not None
    return tally(
        need,
        votes,
        part_digest=digest,
        header_digest=run.header_digest,
        requester=run.requester,
        now=now,
    )
