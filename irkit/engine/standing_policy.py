"""What the workspace's policy says now beside what is sealed: who, which keys, which roles."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from irkit.canonical import JsonObject, canonical, parse
from irkit.clock import rfc3339
from irkit.engine.policy_change import sealed_policy
from irkit.engine.policy_text import Difference, differences
from irkit.engine.session import Session
from irkit.trail import wire
from irkit.trail.allowed_signers import Signer, parse_allowed_signers
from irkit.trail.policy import Policy as SealedPolicy
from irkit.workspace.policy import Policy


class Standing(StrEnum):
    """How one key of an approver stands."""

    IN_FORCE = "in force"
    NEW = "not sealed yet"
    LEAVING = "taken out, not sealed yet"
    REVOKED = "revoked"
    EXPIRED = "expired"
    EARLY = "not valid yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """What the trail says: the sealed policy in both forms, and revocations. Empty if no trail."""

    has_trail: bool = False
    digest: str = ""
    json: JsonObject = field(default_factory=dict)
    policy: SealedPolicy = field(default_factory=SealedPolicy)
    revoked: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproverKey:
    """One key of one approver."""

    name: str
    signer: Signer
    roles: tuple[str, ...]
    standing: Standing

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        after, before = self.signer.valid_after, self.signer.valid_before
        return {
            "name": self.name,
            "kind": wire.key_type(self.signer.key),
            "fingerprint": self.signer.fingerprint,
            "security_key": self.signer.is_security_key,
            "roles": list(self.roles),
            "state": str(self.standing),
            "valid_after": rfc3339(after) if after else "",
            "valid_before": rfc3339(before) if before else "",
        }


def sealing(session: Session) -> Sealing:
    """Return what is sealed.

    Raises:
        IrkitError: if the trail cannot be trusted.
    """
    if not session.has_trail:
        return Sealing()
    with session.journal(writing=False) as journal:
        fold = session.consent(journal).fold
        return Sealing(
            has_trail=True,
            digest=fold.policy_digest,
            json=sealed_policy(journal, fold),
            policy=fold.policy,
            revoked=dict(fold.revoked) | dict(fold.policy.revoked),
        )


def approver_keys(policy: Policy, sealed: Sealing, now: datetime) -> tuple[ApproverKey, ...]:
    """Return every key there is in the files or in the sealed policy, by name."""
    written, _ = parse_allowed_signers("\n".join(policy.signers))
    return tuple(sorted(_keys(written, policy, sealed, now), key=lambda one: one.name))


def pending(policy: Policy, sealed: Sealing) -> tuple[Difference, ...]:
    """Return what the files say otherwise than the sealed policy; all of it where none is."""
    now = parse(canonical(policy.to_json()))
    assert isinstance(now, dict), "a policy is an object"
    return differences(sealed.json, now)


def _keys(
    written: tuple[Signer, ...], policy: Policy, sealed: Sealing, now: datetime
) -> Iterator[ApproverKey]:
    in_force = {(n, one.fingerprint) for one in sealed.policy.signers for n in one.principals}
    listed = {(n, one.fingerprint) for one in written for n in one.principals}
    for one in written:
        for name in one.principals:
            known = (name, one.fingerprint) in in_force
            yield ApproverKey(
                name=name,
                signer=one,
                roles=policy.roles_of(name),
                standing=_standing(one, sealed.revoked, now, known=known),
            )
    for one in sealed.policy.signers:
        for name in one.principals:
            if (name, one.fingerprint) in listed:
                continue
            gone = one.fingerprint in sealed.revoked
            yield ApproverKey(
                name=name,
                signer=one,
                roles=sealed.policy.roles_of(name),
                standing=Standing.REVOKED if gone else Standing.LEAVING,
            )


def _standing(
    signer: Signer, revoked: Mapping[str, datetime], now: datetime, *, known: bool
) -> Standing:
    if signer.fingerprint in revoked:
        return Standing.REVOKED
    if signer.valid_before is not None and signer.valid_before <= now:
        return Standing.EXPIRED
    if signer.valid_after is not None and now < signer.valid_after:
        return Standing.EARLY
    return Standing.IN_FORCE if known else Standing.NEW
