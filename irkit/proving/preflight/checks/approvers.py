"""Can enough people approve this playbook tonight, with keys that are good and without the IdP?

Who counts: a person of a role that the part asks for, not the requester where those are excluded,
with a key in force that stays valid long enough, and reachable when the identity provider is what
is under attack.
"""

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass

from irkit.clock import words
from irkit.diagnostics import IrkitError
from irkit.engine.checking import Finding, State, good
from irkit.engine.standing_policy import ApproverKey, Standing, approver_keys, sealing
from irkit.model.plan import PartNeed
from irkit.model.playbook import Approval
from irkit.proving.preflight.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Able:
    """Who can approve, and why others cannot."""

    people: frozenset[str]
    why_not: tuple[str, ...]


async def look(site: Site) -> AsyncIterator[Finding]:
    """Yield whether each part of the plan can reach its quorum, and whose key is no good."""
    try:
        able = able_people(site)
    except IrkitError:
        yield Finding(
            subject="approvers",
            state=State.UNKNOWN,
            what="not looked at, because the trail cannot be read",
            remedy="see `trail`",
        )
        return
    for reason in able.why_not:
        yield Finding(subject="approvers", state=State.WARNING, what=reason, remedy=_REMEDY)
    short = list(_short(site, able))
    for finding in short:
        yield finding
    if not short:
        yield good("approvers", f"{', '.join(sorted(able.people))} can approve it")


_REMEDY = "irkit approvers list"


def able_people(site: Site) -> Able:
    """Return who has a key that counts and does not depend on the identity provider.

    Raises:
        IrkitError: if the trail, which says what is sealed and revoked, cannot be read.
    """
    session = site.session
    good_until = session.clock() + site.demands.keys_valid_for
    keys = approver_keys(session.policy, sealing(session), session.clock())
    people, why_not = set(), []
    for name in sorted({key.name for key in keys}):
        own = [key for key in keys if key.name == name]
        person = session.policy.people.get(name)
        lasting = [
            key
            for key in own
            if key.signer.valid_before is None or key.signer.valid_before > good_until
        ]
        if person is not None and person.depends_on_idp:
            why_not.append(f"{name} can only be reached through the identity provider")
        elif not any(_counts(key) for key in own):
            why_not.append(f"{name} has no key in force: {own[0].standing}")
        elif not any(_counts(key) for key in lasting):
            left = words(site.demands.keys_valid_for)
            why_not.append(f"{name} has no key that is valid for {left} from now")
        else:
            people.add(name)
    return Able(people=frozenset(people), why_not=tuple(why_not))


def _counts(key: ApproverKey) -> bool:
    """A key that is not sealed yet is `policy`'s to tell."""
    return key.standing in {Standing.IN_FORCE, Standing.NEW}


def _short(site: Site, able: Able) -> Iterator[Finding]:
    for part, need in needs(site):
        wanted = max(need.need, site.demands.quorum if need.need else 0)
        can = who_may(site, need, able.people)
        if len(can) < wanted:
            roles = f" from {' or '.join(need.roles)}" if need.roles else ""
            yield Finding(
                subject="approvers",
                state=State.BAD,
                what=f"{part} needs {wanted} approvals{roles}, and "
                f"{', '.join(sorted(can)) or 'nobody'} can give one",
                remedy="enrol more people (irkit approvers add), then irkit approvers seal",
            )


def who_may(site: Site, need: PartNeed, people: Iterable[str]) -> frozenset[str]:
    """Return who of `people` may approve a part with this need: by role, and not for oneself."""
    return frozenset(
        name
        for name in people
        if (not need.roles or set(need.roles) & set(site.session.policy.roles_of(name)))
        and not (need.exclude_requester and name == site.session.actor_name)
    )


def needs(site: Site) -> Iterator[tuple[str, PartNeed]]:
    """Yield what each part needs: of the plan, or as the playbook declares it."""
    if site.parts:
        for part in site.parts:
            if any(True for _ in part.changes):
                yield part.phase, part.need
        return
    for phase in site.book.main.phases:
        approval: Approval | None = site.book.main.approvals.get(phase.approve or "")
        if approval is not None:
            yield (
                phase.id,
                PartNeed(
                    need=approval.need,
                    roles=approval.roles,
                    exclude_requester=approval.exclude_requester,
                ),
            )
