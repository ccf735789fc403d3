"""Whether enough people have approved one part of a plan. Pure: votes and a moment go in.

Rules, in this order:
1. A denial of the part by anyone stops it, whenever it came; only a new plan lifts it.
2. A revocation takes all of that person's approvals of the part back, earlier and later ones.
3. An approval counts while `nb ≤ now < exp`, and no longer than the need's `valid` after `nb`.
4. Approvals given alone under break-glass never count.
5. People are distinct: by name and by key. Votes are used in the order of their records.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from irkit.model.approval import Decision, Digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """How many approvals a part needs, and whose. No roles means: any approver."""

    need: int
    roles: tuple[str, ...] = ()
    exclude_requester: bool = False
    valid: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One checked statement: who, with which roles at that time, about what.

    `counter` is a security key's count of signatures, None for other keys.
    """

    approver: str
    roles: tuple[str, ...]
    fingerprint: str
    decision: Decision
    header: Digest
    parts: tuple[Digest, ...]
    nb: datetime
    exp: datetime
    index: int
    break_glass: bool = False
    counter: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The result. `have` and `used` (record indexes) name the approvals that count, in order.

    `missing` is how many are still needed at least, `may_still` the roles that can give them
    (empty: any approver), `expires_at` when a reached quorum ends by itself.
    """

    reached: bool
    have: tuple[str, ...]
    used: tuple[int, ...]
    missing: int
    may_still: tuple[str, ...]
    denied_by: tuple[str, ...]
    expires_at: datetime | None


def tally(
    needs: Need | Sequence[Need],
    votes: Iterable[Vote],
    *,
    part_digest: Digest,
    header_digest: Digest,
    requester: str,
    now: datetime,
) -> Tally:
    """Count `votes` for one part; every one of `needs` has to be met."""
    wanted = (needs,) if isinstance(needs, Need) else tuple(needs)
    about = sorted(
        (v for v in votes if v.header == header_digest and part_digest in v.parts),
        key=lambda vote: vote.index,
    )
    denied = _distinct_names(v for v in about if v.decision is Decision.DENY)
    revoked = {v.approver for v in about if v.decision is Decision.REVOKE}
    approvals = [
        v
        for v in about
        if v.decision is Decision.APPROVE and not v.break_glass and v.approver not in revoked
    ]
    counted = [_eligible(need, approvals, requester, now) for need in wanted]
    short = [
        (need, need.need - len(found))
        for need, found in zip(wanted, counted, strict=True)
        if len(found) < need.need
    ]
    used = {v.index: v for found in counted for v in found}
    reached = not denied and not short
    return Tally(
        reached=reached,
        have=_distinct_names(used[index] for index in sorted(used)),
        used=tuple(sorted(used)),
        missing=max((missing for _, missing in short), default=0),
        may_still=_may_still([need for need, _ in short]),
        denied_by=denied,
        expires_at=_expiry(wanted, counted) if reached else None,
    )


def ends(need: Need, vote: Vote) -> datetime:
    """Return when `vote` stops counting for `need`."""
    return vote.exp if need.valid is None else min(vote.exp, vote.nb + need.valid)


def _eligible(
    need: Need, approvals: Iterable[Vote], requester: str, now: datetime
) -> tuple[Vote, ...]:
    """Return the approvals that count for `need`, one a person, in the order of their records."""
    found: list[Vote] = []
    for vote in approvals:
        if need.exclude_requester and vote.approver == requester:
            continue
        if need.roles and not set(need.roles) & set(vote.roles):
            continue
        if not vote.nb <= now < ends(need, vote):
            continue
        if any(v.approver == vote.approver or v.fingerprint == vote.fingerprint for v in found):
            continue
        found.append(vote)
    return tuple(found)


def _expiry(needs: Sequence[Need], counted: Sequence[tuple[Vote, ...]]) -> datetime | None:
    """Return when the first of `needs` has too few approvals left."""
    moments = [
        sorted((ends(need, vote) for vote in found), reverse=True)[need.need - 1]
        for need, found in zip(needs, counted, strict=True)
        if need.need > 0
    ]
    return min(moments, default=None)


def _may_still(needs: Sequence[Need]) -> tuple[str, ...]:
    if any(not need.roles for need in needs):
        return ()
    return tuple(dict.fromkeys(role for need in needs for role in need.roles))


def _distinct_names(votes: Iterable[Vote]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(vote.approver for vote in votes))
