"""What an approver is asked to sign: parts of one plan under one nonce, and the exact text of them.

It is made from a run in the trail, or read from a plan file that was carried to a machine without
one. From here on both are the same: text, words to read back, statement.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from irkit.engine.consent import WorkspaceConsent
from irkit.engine.read_back import read_back
from irkit.model.approval import Decision, Statement, TrailView
from irkit.model.display import display_digest, display_text
from irkit.model.plan import Part, Plan
from irkit.model.run import Run, Stage
from irkit.trail.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Parts of a plan, by their ids, that one signature is about."""

    origin: str
    run: str
    mode: str
    requester: str
    policy: str
    plan: Plan
    parts: tuple[str, ...]
    nonce: str
    trail: TrailView

    @property
    def text(self) -> str:
        """Return the exact text that is shown and signed."""
        return display_text(self.plan, self.parts, run=self.run, requester=self.requester)

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words to read back over the phone."""
        return read_back(self.text)

    @property
    def covered(self) -> tuple[Part, ...]:
        """Return the parts themselves."""
        return tuple(part for part in self.plan.parts if part.id in self.parts)

    @property
    def valid(self) -> timedelta:
        """Return how long an approval counts: as long as the shortest of its parts."""
        return timedelta(seconds=min(part.need.valid_s for part in self.covered))

    def statement(self, decision: Decision, approver: str, now: datetime) -> Statement:
        """Return what `approver` signs at this moment."""
        header = self.plan.header.digest
        return Statement(
            origin=self.origin,
            run=self.run,
            mode=self.mode,
            header=header,
            parts=tuple(part.digest(header) for part in self.covered),
            policy=self.policy,
            decision=decision,
            approver=approver,
            requester=self.requester,
            nonce=self.nonce,
            nb=now,
            exp=now + self.valid,
            display=display_digest(self.text),
            trail=self.trail,
        )


def of_run(
    run: Run, parts: Iterable[str], journal: Journal, consent: WorkspaceConsent
) -> tuple[Request, ...]:
    """Return the requests about `parts` of a run, one for each nonce they were proposed with."""
    plan, state = run.plan, consent.fold.runs.get(run.id)
    if plan is None or state is None:
        return ()
    header = plan.header.digest
    by_nonce: dict[str, list[str]] = {}
    for part in plan.parts:
        nonces = state.nonces.get(part.digest(header))
        if part.id in set(parts) and nonces:
            by_nonce.setdefault(min(nonces), []).append(part.id)
    return tuple(
        Request(
            origin=consent.fold.origin,
            run=run.id,
            mode=run.mode,
            requester=run.requester,
            policy=consent.fold.policy_digest,
            plan=plan,
            parts=tuple(ids),
            nonce=nonce,
            trail=view_of(journal),
        )
        for nonce, ids in by_nonce.items()
    )


def view_of(journal: Journal) -> TrailView:
    """Return the head of the trail, which every signature bears witness to."""
    head = journal.head()
    return TrailView(size=head.size, root=b64encode(head.root).decode())


def waiting_parts(run: Run, consent: WorkspaceConsent, now: datetime) -> tuple[str, ...]:
    """Return the parts that may be signed and whose quorum is not reached yet."""
    return tuple(
        part.id
        for part in run.parts.values()
        if part.signable
        and _undone(run, part)
        and not consent.too_old(run, part.id, now)
        and not consent.tally(run, part.id, now).reached
    )


def old_parts(run: Run, consent: WorkspaceConsent, now: datetime) -> tuple[str, ...]:
    """Return the parts in which something is to be made and which were planned too long ago."""
    return tuple(
        part.id
        for part in run.parts.values()
        if part.signable and _undone(run, part) and consent.too_old(run, part.id, now)
    )


def open_parts(run: Run) -> tuple[str, ...]:
    """Return the parts that may be signed and in which something is still to be made."""
    return tuple(part.id for part in run.parts.values() if part.signable and _undone(run, part))


def approved_by(run: Run, approver: str, consent: WorkspaceConsent) -> tuple[str, ...]:
    """Return the parts that `approver` has approved."""
    state = consent.fold.runs.get(run.id)
    votes = state.votes.values() if state is not None else ()
    digests = {
        digest
        for vote in votes
        if vote.approver == approver and vote.decision is Decision.APPROVE
        for digest in vote.parts
    }
    return tuple(id_ for id_, digest in digests_of(run).items() if digest in digests)


def digests_of(run: Run) -> Mapping[str, str]:
    """Return the digest of each part by its id."""
    return {part: run.part_digests[part] for part in run.parts}


def _undone(run: Run, part: Part) -> bool:
    return any(state.stage is Stage.PLANNED for state in run.in_part(part.id))
