"""Sealing a policy: the first time it begins the trail; later it needs the old policy's quorum.

A change is proposed by a record that keeps the new policy and a nonce. Approvers sign a statement
that belongs to no run and whose header and only part are the new policy's digest; it is checked by
the same rules as any approval before it is recorded. With the quorum reached, `policy.changed`
names the records that reached it. Nothing live is written under a policy that is not sealed.
"""

import secrets
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, cast

from irkit.canonical import JsonObject, canonical, digest, parse
from irkit.clock import parse_rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import policy_check
from irkit.engine.policy_text import Difference, differences, policy_text
from irkit.engine.session import Session
from irkit.model.approval import Decision, Statement, TrailView
from irkit.model.display import display_digest
from irkit.model.quorum import Need, Tally, Vote, tally
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.approvals import ApprovalContext, PartContext, check, sign_statement
from irkit.trail.journal import Journal
from irkit.trail.keys import create_key_file
from irkit.trail.merkle import root_of
from irkit.trail.record import Draft, Record
from irkit.trail.signing_keys import SigningKey

VALID: Final = timedelta(days=7)
"""How long an approval of a policy counts: people in other time zones have to see it."""

_SUFFIX_BYTES: Final = 4
_NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """The policy in force."""

    origin: str
    digest: str
    record: int
    began: bool
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A policy that waits for the old one's quorum."""

    origin: str
    mode: str
    old: JsonObject
    new: JsonObject
    requester: str
    nonce: str
    need: Need
    warnings: tuple[Diagnostic, ...] = ()

    @property
    def digest(self) -> str:
        """Return the digest of the new policy."""
        return digest(self.new)

    @property
    def text(self) -> str:
        """Return the exact text that approvers are shown and sign."""
        return policy_text(self.old, self.new, origin=self.origin, requester=self.requester)

    @property
    def differences(self) -> tuple[Difference, ...]:
        """Return what changes."""
        return differences(self.old, self.new)


def begin(session: Session) -> Sealed:
    """Begin the trail: the first policy is pinned in its first record.

    Raises:
        IrkitError: if the policy may not be sealed, or there is a trail already.
    """
    origin = f"{session.workspace.origin}/{secrets.token_hex(_SUFFIX_BYTES)}"
    warnings = policy_check.check(session.policy_under(origin))
    _make_key(session)
    policy = session.policy_under(origin)
    with Journal.create(
        session.workspace.trail_directory,
        origin=origin,
        signer=session.signers[0],
        policy=policy.to_json(),
        clock=session.clock,
        actor=session.actor,
    ):
        return Sealed(origin=origin, digest=policy.digest, record=0, began=True, warnings=warnings)


def propose(session: Session, journal: Journal, fold: ApprovalFold) -> Proposal | None:
    """Return the proposal of the policy as the files say it; None where it is in force.

    It is recorded once: whoever comes later with the same files joins it.

    Raises:
        IrkitError: if the policy may not be sealed.
    """
    policy = session.policy_under(journal.origin)
    new = cast("JsonObject", parse(canonical(policy.to_json())))
    if policy.digest == fold.policy_digest:
        return None
    warnings = policy_check.check(policy)
    record = (
        _proposed(journal.replay(), policy.digest)
        or journal.append(
            Draft(
                type="policy.proposed",
                actor=session.actor,
                body={
                    "policy": policy.digest,
                    "policy_blob": journal.blobs.put(canonical(new)),
                    "replaces": fold.policy_digest,
                    "nonce": secrets.token_hex(_NONCE_BYTES),
                },
            )
        )[0]
    )
    return Proposal(
        origin=journal.origin,
        mode=fold.policy.mode or str(session.workspace.mode),
        old=cast("JsonObject", parse(journal.blobs.get(fold.policy_digest))),
        new=new,
        requester=record.actor.id,
        nonce=str(record.body["nonce"]),
        need=fold.policy.change,
        warnings=warnings,
    )


def statement(
    proposal: Proposal,
    journal: Journal,
    *,
    approver: str,
    now: datetime,
    decision: Decision = Decision.APPROVE,
) -> Statement:
    """Return what `approver` signs about `proposal` at this moment."""
    head = journal.head()
    return Statement(
        origin=proposal.origin,
        run=None,
        mode=proposal.mode,
        header=proposal.digest,
        parts=(proposal.digest,),
        policy=digest(proposal.old),
        decision=decision,
        approver=approver,
        requester=proposal.requester,
        nonce=proposal.nonce,
        nb=now,
        exp=now + VALID,
        display=display_digest(proposal.text),
        trail=TrailView(size=head.size, root=b64encode(head.root).decode()),
    )


def sign(statement_: Statement, key: SigningKey) -> bytes:
    """Return the armored signature over a statement."""
    return sign_statement(statement_, key)


def accept(
    session: Session,
    journal: Journal,
    fold: ApprovalFold,
    proposal: Proposal,
    *,
    signed: bytes,
    signature: bytes,
) -> Record:
    """Record `signed`, a statement about `proposal` in canonical form, with its signature.

    Raises:
        IrkitError: with every reason why it does not count; it is not recorded then.
    """
    found = check(signed, signature, _context(proposal, journal, fold, session.clock()))
    if not isinstance(found, Vote):
        raise IrkitError(*found)
    said = Statement.decode(signed)
    body: JsonObject = {
        "statement": said.to_json(),
        "sig": signature.decode("ascii"),
        "display": journal.blobs.put(proposal.text.encode()),
    }
    return journal.append(Draft(type="approval", actor=session.actor, body=body))[0]


def count(proposal: Proposal, fold: ApprovalFold, *, actor: str, now: datetime) -> Tally:
    """Count the approvals of `proposal` as verification does when `actor` records the change."""
    return tally(
        proposal.need,
        fold.policy_votes.values(),
        part_digest=proposal.digest,
        header_digest=proposal.digest,
        requester=actor,
        now=now,
    )


def seal(
    session: Session, journal: Journal, fold: ApprovalFold, proposal: Proposal
) -> Sealed | Tally:
    """Put `proposal` in force if its quorum is reached; else return what is missing.

    Where the policy excludes the requester, whoever records the change is one as well: a quorum
    that only counts without them is returned as it is, for somebody else to record.
    """
    now = session.clock()
    counted = count(proposal, fold, actor=session.actor_name, now=now)
    if not counted.reached:
        return count(proposal, fold, actor=proposal.requester, now=now)
    record = journal.append(
        Draft(
            type="policy.changed",
            actor=session.actor,
            body={
                "policy": proposal.digest,
                "policy_blob": journal.blobs.put(canonical(proposal.new)),
                "approvals": list(counted.used),
            },
        )
    )[0]
    return Sealed(
        origin=journal.origin,
        digest=proposal.digest,
        record=record.n,
        began=False,
        warnings=proposal.warnings,
    )


def sealed_policy(journal: Journal, fold: ApprovalFold) -> JsonObject:
    """Return the policy in force, as it was sealed."""
    return cast("JsonObject", parse(journal.blobs.get(fold.policy_digest)))


def _context(
    proposal: Proposal, journal: Journal, fold: ApprovalFold, now: datetime
) -> ApprovalContext:
    """Return what a statement about `proposal` has to fit if it is recorded now."""
    records = tuple(journal.replay())
    leaves = [record.leaf for record in records]

    def root_at(size: int) -> str | None:
        if not 0 < size <= len(leaves):
            return None
        return b64encode(root_of(leaves[:size])).decode()

    return ApprovalContext(
        origin=proposal.origin,
        run=None,
        mode=proposal.mode,
        header=proposal.digest,
        parts={
            proposal.digest: PartContext(
                nonces=frozenset((proposal.nonce,)), needs=(proposal.need,)
            )
        },
        requester=proposal.requester,
        policy_digest=fold.policy_digest,
        policy=fold.policy,
        at=max(now, parse_rfc3339(records[-1].ts)),
        root_at=root_at,
        index=len(records),
        counters=fold.counters,
        revoked=fold.revoked,
        display=display_digest(proposal.text),
    )


def _proposed(records: Iterable[Record], policy: str) -> Record | None:
    """Return the last proposal of `policy` since a policy came into force."""
    found = None
    for record in records:
        if record.type == "policy.changed":
            found = None
        elif record.type == "policy.proposed" and record.body.get("policy") == policy:
            found = record
    return found


def _make_key(session: Session) -> None:
    """Make the trail key where it is a file that is not there yet."""
    scheme, _, rest = session.workspace.trail.key.partition(":")
    path = session.workspace.root / Path(rest).expanduser()
    if scheme == "file" and not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_key_file(path)
