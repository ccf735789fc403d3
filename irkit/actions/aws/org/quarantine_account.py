"""Deny everybody everything in one member account, its root user included, except for irkit."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.dependencies import own_principals
from irkit.actions.organization import (
    POLICY_RIGHTS,
    attach,
    attached_to,
    beside,
    both,
    delete,
    detach,
    room_for,
    see_organization,
    see_policy,
    seen_policy,
    statement_of,
    store,
)
from irkit.actions.policy_reach import ROLE_KINDS, USER_KINDS, reach
from irkit.actions.refusal import cannot_reach
from irkit.actions.shape import at, entries, entry, listed, text, texts
from irkit.canonical import Json, JsonObject, thaw
from irkit.model.access import parse_policy
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Reversal, Spec, Verb

_SID: Final = "IRKitQuarantine"


def _statement(own_principals: tuple[str, ...]) -> JsonObject:
    return {
        "Sid": _SID,
        "Effect": "Deny",
        "Action": "*",
        "Resource": "*",
        "Condition": beside(own_principals),
    }


_REACH: Final = reach(
    (*ROLE_KINDS, *USER_KINDS),
    scp=parse_policy(
        {"Version": "2012-10-17", "Statement": [_statement(("arn:aws:iam::*:role/irkit",))]},
        "service control policy",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineAccount(Action):
    """Attaches irkit's quarantine to one account, and takes it off again."""

    spec: ClassVar[Spec] = Spec(
        id="aws.org.quarantine_account",
        version=1,
        verb=Verb.DO,
        summary="Deny everybody everything in one member account",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.ACCOUNT,
        target="aws.account",
        permissions=POLICY_RIGHTS,
        cuts=(*_REACH.cuts, Kind.CONSOLE_SESSION),
        does_not_cut=(*_REACH.leaves, Kind.EXTERNAL_TRUST, Kind.OKTA_SESSION),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        ends_sessions=True,
        attack=("T1078.004",),
        d3fend=("D3-AL", "D3-NI"),
        gotchas=(
            "Every workload of the account that calls AWS stops, and everybody is shut out.",
            "AWS services acting for themselves go on, so logs are still delivered.",
            "Machines keep running and talking: isolate those that matter.",
            "The management account cannot be quarantined: nothing binds it.",
            "Roles of the account can still be entered from outside, to no use.",
        ),
    )

    account: str = parameter("aws.account", "The account")

    @property
    def policy(self) -> str:
        """The name of irkit's quarantine."""
        return "IRKitQuarantineAccount"

    async def probe(self, readers: Readers) -> Seen:
        """Read the organization, the policy, and which principals irkit works with."""
        found = await see_organization(readers)
        management = text(found, "management")
        return {
            **found,
            "policy": await see_policy(readers, management, self.policy),
            "attached": await attached_to(readers, management, self.account),
            "own_principals": listed(await own_principals(readers)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Attach the policy, unless it is attached and says what it should."""
        if self.account == text(seen, "management"):
            raise cannot_reach(
                f"{self.account} is the management account, which no policy binds",
                "contain its principals one by one",
            )
        statement, target = _statement(texts(seen, "own_principals")), self._target()
        before = self.state(seen, target)
        if before == {"quarantine": statement}:
            return ()
        room_for(seen, self.policy, (statement,))
        return (
            Change(
                id="quarantine",
                target=target,
                verb="quarantine account",
                before=before,
                after={"quarantine": statement},
                saved={"policy": seen["policy"]},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the quarantine's statement if it counts in the account."""
        stored = statement_of(seen_policy(seen), _SID)
        return {"quarantine": stored if self._is_attached(seen) else None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:  # noqa: ARG002 - it was given
        """Return the account."""
        return (self._target(),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Store the policy where it is missing or says something else, and attach it."""
        seen = await self.probe(readers)
        policy, management = seen_policy(seen), text(seen, "management")
        statement = entry(change.after, "quarantine")
        done = Applied()
        if policy is None or thaw(policy["statements"]) != [thaw(statement)]:
            identifier, done = await store(writers, management, self.policy, policy, (statement,))
        else:
            identifier = text(policy, "id")
        if self._is_attached(seen):
            return done
        return both(done, await attach(writers, management, identifier, self.account))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Detach the policy; store what it said, or delete it if it was made and is unused."""
        seen = await self.probe(readers)
        policy, management = entry(seen, "policy"), text(seen, "management")
        was, done = at(change.saved, "policy"), Applied()
        others = set(texts(policy, "targets")) - {self.account}
        if self.account not in texts(was, "targets"):
            done = await detach(writers, management, text(policy, "id"), self.account)
        if was is None:
            if not others:
                done = both(done, await delete(writers, management, text(policy, "id")))
            return done
        if thaw(at(was, "statements")) != thaw(at(policy, "statements")):
            _, stored = await store(
                writers, management, self.policy, policy, entries(was, "statements")
            )
            done = both(done, stored)
        return done

    def _is_attached(self, seen: Seen) -> bool:
        policy = seen_policy(seen)
        return policy is not None and self.account in texts(policy, "targets")

    def _target(self) -> Target:
        return Target(
            kind="aws.account",
            tenant=f"aws:{self.account}",
            id=self.account,
            label=self.account,
        )
