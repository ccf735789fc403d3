"""One preflight: every check made, and what it comes to as a proof."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from irkit.engine.checking import Finding, State
from irkit.providers.aws.settings import LOOKUPS_PER_SECOND
from irkit.proving.preflight.looking import look
from irkit.proving.preflight.site import site
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.shelf import Shelf, Shelved

Heard: TypeAlias = Callable[[Finding], None]
"""Told each finding as soon as it is known."""


@dataclass(slots=True, kw_only=True)
class Flight:
    """A preflight of one playbook. `lookups_per_second` spares CloudTrail (0: it needs not be)."""

    shelf: Shelf
    shelved: Shelved
    given: Mapping[str, str]
    lookups_per_second: int = LOOKUPS_PER_SECOND
    found: list[Finding] = field(default_factory=list)

    async def make(self, heard: Heard) -> Proof:
        """Make every check, telling `heard` each finding as it comes; return the proof of it."""
        session = self.shelf.session
        book = self.shelved.book
        assert book is not None, "only a playbook that can be loaded is looked at"
        began = session.clock()
        async with site(
            session,
            book,
            self.given,
            self.shelved.regime.preflight,
            lookups_per_second=self.lookups_per_second,
        ) as at:
            async for finding in look(at):
                self.found.append(finding)
                heard(finding)
        return self._proof(began)

    def _proof(self, began: datetime) -> Proof:
        session = self.shelf.session
        subject = self.shelf.subject(self.shelved, Level.PREFLIGHT)
        assert subject is not None, "the playbook can be loaded"
        states = [finding.state for finding in self.found]
        return Proof(
            playbook=self.shelved.name,
            level=Level.PREFLIGHT,
            outcome=_outcome(states),
            subject=subject,
            where=f"{session.workspace.mode} {session.workspace.org}",
            took=session.clock() - began,
            counts={str(state): states.count(state) for state in State},
            problems=tuple(
                f"{finding.subject}: {finding.what}"
                for finding in self.found
                if finding.state in {State.BAD, State.UNKNOWN}
            ),
        )


def _outcome(states: list[State]) -> Outcome:
    if State.BAD in states:
        return Outcome.FAILED
    return Outcome.UNKNOWN if State.UNKNOWN in states else Outcome.PASSED
