"""The first day with real tenants: is everything there that a run at night will need?

Looks only: ids, clocks, whose credentials these are, whether the approvers can reach a quorum, and
what depends on the identity provider under attack. Everything is looked at, never stopping at the
first thing that is wrong; each finding has its remedy.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Final, cast

from irkit.actions.base import Readers
from irkit.actions.break_glass import WayIn
from irkit.canonical import JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import policy_check
from irkit.engine.assembly import user_agent
from irkit.engine.connections import OpenConnections
from irkit.engine.secrets import Secrets
from irkit.engine.session import Session
from irkit.engine.ways_in import ways_in
from irkit.workspace.config import (
    AwsConnection,
    Connection,
    Mode,
    OktaConnection,
    SecretReference,
)
from irkit.workspace.secrets import references

SKEW: Final = timedelta(seconds=60)
"""How far a provider's clock may be from ours before times on the screen mislead."""


_PROOF: Final = b"irkit: does the trail key sign?\n"


class State(StrEnum):
    """How a thing stands."""

    GOOD = "good"
    WARNING = "warning"
    UNKNOWN = "unknown"
    """It could not be found out, which is not good."""
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at; `remedy` says what to type or edit."""

    subject: str
    state: State
    what: str
    remedy: str = ""
    code: str = ""

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "subject": self.subject,
            "state": str(self.state),
            "what": self.what,
            "remedy": self.remedy,
            "code": self.code,
        }


async def look(session: Session) -> AsyncIterator[Finding]:
    """Yield every finding, as soon as it is known."""
    looks = (policy, seal, trail_key, _people, _pins)
    for finding in (found for one in looks for found in one(session)):
        yield finding
    for connection in session.workspace.connections.values():
        found = [await secret(session, item) for item in references(connection)]
        kept = all(finding.state is State.GOOD for finding in found)
        for finding in (*found, *(await _connection(session, connection) if kept else ())):
            yield finding
        if not kept:
            yield Finding(
                subject=f"{connection.provider} `{connection.name}`",
                state=State.UNKNOWN,
                what="is not asked, because a secret cannot be used",
                remedy="see `secret`",
            )


def policy(session: Session) -> Iterator[Finding]:
    """Say whether every class of change can be approved by the people there are."""
    try:
        warnings = policy_check.check(session.policy)
    except IrkitError as error:
        yield from (bad("approvals", item) for item in error.diagnostics)
        return
    yield from (warned("approvals", item) for item in warnings)
    if not warnings:
        names = ", ".join(session.policy.principals())
        yield good("approvals", f"every class of change can reach its quorum among {names}")


def seal(session: Session) -> Iterator[Finding]:
    """Say whether the trail is whole and the policy is the sealed one."""
    try:
        with session.journal(writing=False) as journal:
            session.check_policy(session.consent(journal))
            records = journal.head().size
    except IrkitError as error:
        yield from (bad("trail", item) for item in error.diagnostics)
        return
    yield good("trail", f"{session.origin}, {records} records, under the policy as it is")


def trail_key(session: Session) -> Iterator[Finding]:
    """Say whether the trail can be signed, by signing something that is no trail's."""
    trail = session.workspace.trail
    try:
        for signer in session.signers:
            signer.sign(_PROOF)
            signer.close()
    except IrkitError as error:
        yield from (bad("trail key", item) for item in error.diagnostics)
        return
    yield good("trail key", " and ".join(uri for uri in (trail.key, trail.next_key) if uri))


def _people(session: Session) -> Iterator[Finding]:
    people = session.policy.people
    leaning = [name for name, person in people.items() if person.depends_on_idp]
    if leaning:
        yield Finding(
            subject="approvers",
            state=State.WARNING,
            what=f"can only be reached through the identity provider: {', '.join(leaning)}",
            remedy="give them a key on a laptop, and another way to be reached, in roles.yaml",
        )


def _pins(session: Session) -> Iterator[Finding]:
    if not session.workspace.protect:
        yield Finding(
            subject="protect",
            state=State.WARNING,
            what="nothing is protected: any principal may be a target",
            remedy="name your break-glass groups and roles under `protect:` in irkit.yaml",
        )
    elif not session.policy.pins and session.workspace.mode is Mode.LIVE:
        yield Finding(
            subject="protect",
            state=State.WARNING,
            what="patterns are not pinned: whoever can name a role can protect it",
            remedy="irkit protect pin",
        )


async def secret(session: Session, reference: SecretReference, subject: str = "secret") -> Finding:
    """Say whether a secret can be fetched, and nothing of what it is."""
    try:
        await _secrets(session).read(reference)
    except IrkitError as error:
        return bad(subject, error.diagnostics[0])
    return good(subject, f"{reference} can be read")


def _secrets(session: Session) -> Secrets:
    return Secrets(
        workspace=session.workspace,
        clock=session.clock,
        user_agent=user_agent(session, "check"),
    )


async def _connection(session: Session, connection: Connection) -> tuple[Finding, ...]:
    """Open one connection by itself, so that another one's trouble says nothing about it."""
    alone = replace(session.workspace, connections={connection.name: connection})
    subject = f"{connection.provider} `{connection.name}`"
    try:
        async with OpenConnections(
            workspace=alone,
            clock=session.clock,
            user_agent=user_agent(session, "check"),
            session_name="irkit-check",
            dry=True,
            secrets=_secrets(session),
        ) as connections:
            silent = await connections.prepare(frozenset({connection.provider}))
            if silent:
                return tuple(bad(subject, item) for item in silent)
            readers = connections.readers(connection.name, (connection.provider,))
            found = [await identity(connection, subject, readers)]
            found += [_way_in(way) for way in await ways_in(connections, readers)]
            tenant = connections.tenants()[0] if connections.tenants() else ""
            skew = connections.provider_now(tenant) - session.clock() if tenant else timedelta()
    except IrkitError as error:
        return tuple(bad(subject, item) for item in error.diagnostics)
    return (*found, *_clock(subject, skew), *_leans(subject, connection))


async def identity(connection: Connection, subject: str, readers: Readers) -> Finding:
    """Say whose tenants these are and as whom irkit is there, as the provider says it."""
    match connection:
        case OktaConnection():
            assert readers.okta_reader is not None
            caller = await readers.okta_reader.caller()
            who = caller.get("login") or f"the service app {caller.get('client_id')}"
            return good(subject, f"org {connection.org_id} at {connection.org_url}, as {who}")
        case AwsConnection():
            assert readers.aws_reader is not None
            accounts = readers.aws_reader.accounts()
            callers = [await readers.aws_reader.caller(account) for account in accounts]
            sources = {str(cast("JsonObject", caller["Source"]).get("Arn")) for caller in callers}
            listed = ", ".join(accounts)
            return good(
                subject, f"{len(accounts)} accounts ({listed}), entered by {', '.join(sources)}"
            )


def _way_in(way: WayIn) -> Finding:
    if way.wrong:
        what, remedy = f"{way.name}: {way.wrong}", "correct `break_glass` in irkit.yaml"
        return Finding(
            subject="break-glass", state=State.BAD, what=what, remedy=remedy, code="IRK324"
        )
    leans = f", through {', '.join(sorted(way.through))}" if way.through else ""
    return good("break-glass", f"{way.name} gets in{leans}")


def _clock(subject: str, skew: timedelta) -> Iterator[Finding]:
    if abs(skew) > SKEW:
        yield Finding(
            subject=subject,
            state=State.WARNING,
            what=f"its clock is {int(skew.total_seconds())} s from this machine's",
            remedy="set this machine's clock: timedatectl set-ntp true",
        )


def _leans(subject: str, connection: Connection) -> Iterator[Finding]:
    if connection.depends_on_idp:
        yield Finding(
            subject=subject,
            state=State.WARNING,
            what="depends on the identity provider, which may be what is under attack",
            remedy="give it credentials of its own, then say `depends_on_idp: no`",
        )


def good(subject: str, what: str) -> Finding:
    """Return a finding of something that is as it must be."""
    return Finding(subject=subject, state=State.GOOD, what=what)


def bad(subject: str, item: Diagnostic) -> Finding:
    """Return a finding of something that is not as it must be."""
    return Finding(
        subject=subject, state=State.BAD, what=item.summary, remedy=item.help, code=item.code
    )


def warned(subject: str, item: Diagnostic) -> Finding:
    """Return a finding of something to think about."""
    return replace(bad(subject, item), state=State.WARNING)
