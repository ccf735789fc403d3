"""What approvals of one run depend on, and those that came."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from irkit.canonical import Json
from irkit.diagnostics import Severity
from irkit.model.approval import Digest, Statement
from irkit.model.quorum import Tally, Vote, tally
from irkit.trail.plan_content import PlanPart
from irkit.trail.shown import shown_digest
from irkit.trail.verdict import Problem


@dataclass(slots=True, kw_only=True)
class RunApprovals:
    """What approvals of one run depend on, and those that came."""

    id: str
    mode: str
    requester: str
    header: Digest = ""
    header_content: Json = None
    parts: dict[Digest, PlanPart] = field(default_factory=dict)
    nonces: dict[Digest, set[str]] = field(default_factory=dict)
    votes: dict[int, Vote] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)
    unconfirmed: dict[int, str] = field(default_factory=dict)

    def tally(self, part: PlanPart, now: datetime, votes: Mapping[int, Vote]) -> Tally:
        """Count `votes` for `part`."""
        return tally(
            part.need,
            votes.values(),
            part_digest=part.digest,
            header_digest=self.header,
            requester=self.requester,
            now=now,
        )


def display_problems(run: RunApprovals, statement: Statement) -> Iterator[Problem]:
    """What was shown has to be what the plan reads like, rendered again."""
    digest = shown_digest(
        run.header_content,
        tuple(run.parts.values()),
        statement.parts,
        run=run.id,
        requester=run.requester,
    )
    if digest is None:
        text = "this version cannot render the plan, so the text shown is not checked"
        yield Problem(code="approval.display-unchecked", text=text, severity=Severity.WARNING)
    elif digest != statement.display:
        yield Problem(code="approval.display", text="the text shown is not what the plan says")


def confirm(run: RunApprovals, vote: Vote) -> None:
    """Close what somebody else did alone, where `vote` covers the same parts."""
    for index, name in list(run.unconfirmed.items()):
        if name != vote.approver and set(run.votes[index].parts) <= set(vote.parts):
            del run.unconfirmed[index]
