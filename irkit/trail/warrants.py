"""Warrants in the trail: proposed, approved by people, and asked for at each write of a canary.

A warrant is signed under one policy. Where the policy changes, or a key that signed is revoked, it
stops counting: who may approve is another question then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, cast

from irkit.canonical import CanonicalError, JsonObject, parse
from irkit.clock import parse_rfc3339
from irkit.diagnostics import IrkitError
from irkit.model.change import Target
from irkit.model.quorum import Tally, Vote, tally
from irkit.model.warrant import Warrant, WarrantError
from irkit.trail.blobs import BlobStore
from irkit.trail.plan_content import ContentError
from irkit.trail.record import Record
from irkit.trail.verdict import Problem

PROPOSED: Final = "warrant.proposed"
INTENT: Final = "canary.intent"
_JUST_BEFORE: Final = timedelta(seconds=5)
"""The executor looked at the clock just before it recorded."""


@dataclass(slots=True, kw_only=True)
class WarrantState:
    """A warrant that was proposed, and the decisions about it by the index of their records."""

    warrant: Warrant
    nonce: str
    requester: str
    record: int
    votes: dict[int, Vote] = field(default_factory=dict)

    def tally(self, now: datetime, revoked: Mapping[str, datetime]) -> Tally:
        """Count its approvals; none counts by a key that was revoked since."""
        return self.count(now, revoked, self.votes)

    def count(
        self, now: datetime, revoked: Mapping[str, datetime], votes: Mapping[int, Vote]
    ) -> Tally:
        """Count `votes` for it."""
        own = self.warrant.digest
        return tally(
            self.warrant.need,
            [vote for vote in votes.values() if not _gone(vote, revoked, now)],
            part_digest=own,
            header_digest=own,
            requester=self.requester,
            now=now,
        )

    def in_force(self, now: datetime, revoked: Mapping[str, datetime]) -> bool:
        """Say whether it counts at `now`."""
        return now < self.warrant.until and self.tally(now, revoked).reached


def read(record: Record, blobs: BlobStore) -> WarrantState:
    """Return the warrant that a record proposes.

    Raises:
        ContentError: if it is missing, altered or malformed.
    """
    stated = str(record.body.get("warrant", ""))
    try:
        warrant = Warrant.from_json(parse(blobs.get(stated)))
    except IrkitError as error:
        raise ContentError("blob.missing", error.diagnostics[0].summary) from error
    except (CanonicalError, WarrantError) as error:
        raise ContentError("warrant.malformed", str(error)) from error
    return WarrantState(
        warrant=warrant,
        nonce=str(record.body.get("nonce", "")),
        requester=str(record.body.get("requester", "")),
        record=record.n,
    )


def intent_problems(
    record: Record, known: Mapping[str, WarrantState], revoked: Mapping[str, datetime]
) -> Iterator[Problem]:
    """What is wrong with a write of a canary: it is in its warrant, and that is in force."""
    body, now = record.body, parse_rfc3339(record.ts)
    state = known.get(str(body.get("warrant")))
    if state is None:
        yield Problem(code="canary.no-warrant", text="a canary wrote without a warrant in force")
        return
    call = str(body.get("call"))
    if not state.warrant.covers(call, _target(body)):
        yield Problem(code="canary.not-in-warrant", text=f"the warrant does not allow {call}")
    if now - _JUST_BEFORE >= state.warrant.until:
        yield Problem(code="canary.too-late", text="the warrant was over")
    named = body.get("approvals")
    indexes = named if isinstance(named, list | tuple) else ()
    votes = {n: state.votes[n] for n in indexes if isinstance(n, int) and n in state.votes}
    # Revocations and denials count whether the intent names them or not.
    votes |= {n: vote for n, vote in state.votes.items() if vote.decision != "approve"}
    moments = (now, now - _JUST_BEFORE)
    if not any(state.count(moment, revoked, votes).reached for moment in moments):
        need = state.warrant.need.need
        text = f"the warrant asks for {need} approvals, the intent does not have them"
        yield Problem(code="canary.no-quorum", text=text)


def _target(body: JsonObject) -> Target:
    try:
        return Target.from_json(cast("JsonObject", body.get("target")))
    except (KeyError, TypeError, AttributeError):
        return Target(kind="", tenant="", id="", label="")


def _gone(vote: Vote, revoked: Mapping[str, datetime], now: datetime) -> bool:
    """Say whether the key that signed has been revoked."""
    since = revoked.get(vote.fingerprint)
    return since is not None and since <= now
