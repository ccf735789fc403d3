"""Revoking an approver's key: at once and for good, but never so that no policy can be sealed.

With two approvers whose change of policy needs both, revoking one would leave the other locked out
for ever. Then the one who leaves is taken out by sealing, which that person can still approve.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from irkit.diagnostics import Diagnostic, Severity
from irkit.engine.session import Session
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.journal import Journal
from irkit.trail.record import Draft


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocable:
    """The keys that may be revoked at once, and why others may not."""

    keys: tuple[str, ...] = ()
    warnings: tuple[Diagnostic, ...] = ()


def revocable(fold: ApprovalFold, fingerprints: Iterable[str]) -> Revocable:
    """Return which keys may be revoked at once: never so many that no policy can be sealed.

    A key that is not in the sealed policy counts for nothing and needs no revocation.
    """
    in_force = {signer.fingerprint for signer in fold.policy.signers} - fold.revoked.keys()
    wanted = tuple(key for key in fingerprints if key in in_force)
    need = fold.policy.change
    left = {
        name
        for signer in fold.policy.signers
        if signer.fingerprint in in_force - set(wanted)
        for name in signer.principals
        if not need.roles or set(need.roles) & set(fold.policy.roles_of(name))
    }
    if not wanted or len(left) >= need.need:
        return Revocable(keys=wanted)
    return Revocable(
        warnings=(
            Diagnostic(
                code="IRK475",
                severity=Severity.WARNING,
                summary=f"not revoked yet: a new policy needs {need.need} approvals, and without "
                f"this key {len(left)} could be given",
                help="seal the policy with this person's own approval, or after enrolling others",
            ),
        )
    )


def revoke(session: Session, journal: Journal, name: str, fingerprints: Iterable[str]) -> None:
    """Record that keys of `name` count no more, from now on and for good."""
    drafts = [
        Draft(
            type="key.revoked",
            actor=session.actor,
            body={"fingerprint": fingerprint, "principal": name},
        )
        for fingerprint in fingerprints
    ]
    if drafts:
        journal.append(*drafts)
