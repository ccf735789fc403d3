"""Warrants of canaries: proposing one, deciding about it, and finding the one that is in force.

A warrant is the plan of what a canary plants and sweeps. It is approved like any plan: by a signed
statement of each person, checked before it is recorded, and counted anew before each write.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from irkit.canonical import Json, canonical
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.asked import view_of
from irkit.engine.requesting import request_signer
from irkit.engine.session import Session
from irkit.model.approval import Decision, Statement
from irkit.model.display import display_digest
from irkit.model.quorum import Tally, Vote
from irkit.model.warrant import Warrant
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.approvals import check, sign_statement
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Draft, Record
from irkit.trail.signing_keys import SigningKey
from irkit.trail.warrants import PROPOSED, WarrantState

PREFIX: Final = "sha256:"
_SHORTEST: Final = len(PREFIX) + 8
_NONCE_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A warrant that people are asked about, in the trail it was proposed in."""

    session: Session
    journal: Journal
    fold: ApprovalFold
    state: WarrantState

    @property
    def text(self) -> str:
        """Return the exact text that is shown and signed."""
        return self.state.warrant.text(origin=self.fold.origin, requester=self.state.requester)

    def tally(self, now: datetime) -> Tally:
        """Count its approvals."""
        return self.state.tally(now, self.fold.revoked)

    def statement(self, decision: Decision, approver: str, now: datetime) -> Statement:
        """Return what `approver` signs at this moment; it counts as long as the warrant."""
        warrant = self.state.warrant
        return Statement(
            origin=self.fold.origin,
            run=None,
            mode=warrant.mode,
            header=warrant.digest,
            parts=(warrant.digest,),
            policy=self.fold.policy_digest,
            decision=decision,
            approver=approver,
            requester=self.state.requester,
            nonce=self.state.nonce,
            nb=now,
            exp=warrant.until,
            display=display_digest(self.text),
            trail=view_of(self.journal),
        )

    def sign(self, decision: Decision, approver: str, key: SigningKey) -> Record:
        """Sign a decision with `key`, and record it.

        Raises:
            IrkitError: with every reason why it does not count; it is not recorded then.
        """
        self._require_open()
        statement = self.statement(decision, approver, self.session.clock())
        return self.accept(statement.canonical(), sign_statement(statement, key))

    def accept(self, signed: bytes, signature: bytes) -> Record:
        """Record `signed`, a statement about it in canonical form, with its signature.

        Raises:
            IrkitError: with every reason why it does not count; it is not recorded then.
        """
        self._require_open()
        size = self.journal.head().size
        context = self.fold.warrant_context(self.state, at=self.session.clock(), index=size)
        found = check(signed, signature, context)
        if not isinstance(found, Vote):
            raise IrkitError(*found)
        body: dict[str, Json] = {
            "warrant": self.state.warrant.digest,
            "statement": Statement.decode(signed).to_json(),
            "sig": signature.decode("ascii"),
            "display": self.journal.blobs.put(self.text.encode()),
        }
        actor = Actor(id=found.approver, kind="person", auth="ssh")
        return self.journal.append(Draft(type="approval", actor=actor, body=body))[0]

    def _require_open(self) -> None:
        if self.session.clock() >= self.state.warrant.until:
            raise IrkitError(
                Diagnostic(
                    code="IRK891",
                    summary="there is nothing to approve: the warrant is over",
                    help=f"ask for a new one: irkit canary {self.state.warrant.playbook} --ask",
                )
            )


def propose(session: Session, journal: Journal, warrant: Warrant) -> Record:
    """Record a warrant that people are to approve; in live mode whoever asks signs for it.

    Raises:
        IrkitError: IRK476 if a live workspace has no key of whoever asks.
    """
    body: dict[str, Json] = {
        "warrant": warrant.digest,
        "blob": journal.blobs.put(canonical(warrant.to_json())),
        "nonce": secrets.token_hex(_NONCE_BYTES),
        "requester": session.actor_name,
        "header": warrant.digest,
        "parts": [warrant.digest],
    }
    body |= request_signer(session, "")(body)
    return journal.append(Draft(type=PROPOSED, actor=session.actor, body=body))[0]


def named(fold: ApprovalFold, name: str) -> WarrantState | None:
    """Return the warrant whose digest `name` is, or begins as; None where `name` means no digest.

    Raises:
        IrkitError: IRK892 if there is no such warrant, or more than one.
    """
    if not name.startswith(PREFIX):
        return None
    found = [state for own, state in fold.warrants.items() if own.startswith(name)]
    if len(found) == 1 and len(name) >= _SHORTEST:
        return found[0]
    raise IrkitError(
        Diagnostic(
            code="IRK892",
            summary=f"no warrant under the policy in force has the digest {name}",
            help="write it as `irkit canary PLAYBOOK --ask` printed it, or ask for a new one",
        )
    )


def in_force(
    fold: ApprovalFold, playbook: str, now: datetime, wanted: Mapping[str, Json]
) -> WarrantState | None:
    """Return the warrant of `playbook` that lasts longest and says `wanted`, if one is in force."""
    able = [
        state
        for state in fold.warrants.values()
        if state.warrant.playbook == playbook
        and wanted.items() <= state.warrant.to_json().items()
        and state.in_force(now, fold.revoked)
    ]
    return max(able, key=lambda state: state.warrant.until, default=None)
