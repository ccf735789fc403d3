"""Asking approvers to answer, before the night they have to: a ping, and its signed answer.

A ping is a record with a challenge for one person and a time by which it is to be answered; the
answer is their signature over it. Both are in the trail, so that nobody can say later that somebody
was reached who was not. The signature's namespace is that of a test, so that it is good for nothing
else, and any laptop with `ssh-keygen` can make it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from irkit.canonical import JsonObject
from irkit.clock import parse_rfc3339, rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.key_test import NAMESPACE, challenge
from irkit.trail.allowed_signers import Signer
from irkit.trail.protocol import Journal
from irkit.trail.record import Actor, Draft, Record
from irkit.trail.ssh_verify import SignatureError
from irkit.trail.sshsig import SshSig

ASKED: Final = "approver.pinged"
ANSWERED: Final = "approver.answered"
_NONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One question to one person; `answered` is when they signed it, None if they have not."""

    name: str
    nonce: str
    at: datetime
    until: datetime
    by: str
    answered: datetime | None = None
    signature: str = ""

    @property
    def in_time(self) -> bool:
        """Say whether it was answered by its time."""
        return self.answered is not None and self.answered <= self.until

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "name": self.name,
            "nonce": self.nonce,
            "at": rfc3339(self.at),
            "until": rfc3339(self.until),
            "by": self.by,
            "answered": rfc3339(self.answered) if self.answered else None,
            "in_time": self.in_time,
        }


def ask(
    journal: Journal,
    actor: Actor,
    names: Iterable[str],
    *,
    within: timedelta,
    now: datetime,
    random: Callable[[int], bytes],
) -> tuple[Ping, ...]:
    """Record a ping for each of `names` and return them."""
    drafts = [
        Draft(
            type=ASKED,
            actor=actor,
            body={"name": name, "nonce": random(_NONCE).hex(), "until": rfc3339(now + within)},
        )
        for name in names
    ]
    return tuple(_ping(record) for record in journal.append(*drafts))


def answer(journal: Journal, ping: Ping, signature: str) -> Ping:
    """Record a signature as the answer to a ping; whose it is was checked before."""
    actor = Actor(id=ping.name, kind="person", auth="ssh")
    body = {"name": ping.name, "nonce": ping.nonce, "sig": signature}
    (record,) = journal.append(Draft(type=ANSWERED, actor=actor, body=body))
    return replace(ping, answered=parse_rfc3339(record.ts), signature=signature)


def pings(records: Iterable[Record]) -> tuple[Ping, ...]:
    """Return every ping, the oldest first, with its first answer."""
    found: dict[str, Ping] = {}
    for record in records:
        nonce = str(record.body.get("nonce", ""))
        if record.type == ASKED:
            found[nonce] = _ping(record)
        elif record.type == ANSWERED and nonce in found and found[nonce].answered is None:
            found[nonce] = replace(
                found[nonce],
                answered=parse_rfc3339(record.ts),
                signature=str(record.body.get("sig", "")),
            )
    return tuple(found.values())


def latest(found: Iterable[Ping]) -> Mapping[str, Ping]:
    """Return the last ping of each person."""
    return {ping.name: ping for ping in found}


def open_ping(found: Iterable[Ping], name: str) -> Ping | None:
    """Return the last ping of a person, if it has no answer yet; a late answer is one as well."""
    last = latest(found).get(name)
    return last if last is not None and last.answered is None else None


def signed_by(ping: Ping, signers: Iterable[Signer]) -> str:
    """Return the fingerprint of the key that signed an answer, if it is one of the person's.

    Raises:
        IrkitError: IRK480 if it is no signature of theirs over this ping.
    """
    try:
        signed = SshSig.parse(ping.signature.encode())
        if signed.namespace != NAMESPACE:
            raise _not_theirs(ping, f"it is a signature for {signed.namespace}")
        signed.verify(challenge(ping.name, ping.nonce))
    except SignatureError as error:
        raise _not_theirs(ping, str(error)) from error
    for line in signers:
        if ping.name in line.principals and line.key == signed.key:
            return signed.fingerprint
    raise _not_theirs(ping, f"the key {signed.fingerprint} is not one of theirs")


def by_hand(ping: Ping) -> Iterator[str]:
    """Yield the lines by which a laptop without irkit signs the answer."""
    lines = challenge(ping.name, ping.nonce).decode().replace("\n", "\\n")
    yield f"printf '{lines}' | ssh-keygen -Y sign -n {NAMESPACE} -f ~/.ssh/id_ed25519 > answer.sig"
    yield f"irkit approvers test {ping.name} --file answer.sig"


def _ping(record: Record) -> Ping:
    body = record.body
    return Ping(
        name=str(body["name"]),
        nonce=str(body["nonce"]),
        at=parse_rfc3339(record.ts),
        until=parse_rfc3339(str(body["until"])),
        by=record.actor.id,
    )


def _not_theirs(ping: Ping, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK480",
            summary=f"this is no answer of {ping.name} to the ping: {why}",
            help=f"run `irkit approvers ping {ping.name}` again, and let them sign what it says",
        )
    )
