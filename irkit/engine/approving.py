"""Bringing decisions into the trail: checked like anybody's before they are recorded.

A statement that would not count is refused with every reason and leaves no trace. One person alone
acts under break-glass: within `approvals.alone`, said in a record of its own, and open until a
second person has confirmed it with a signature over the same parts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from irkit.canonical import Json, JsonObject
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.asked import Request, digests_of
from irkit.engine.consent import WorkspaceConsent, within_alone
from irkit.engine.session import Session
from irkit.model.approval import Decision, Statement
from irkit.model.display import display_digest, display_text
from irkit.model.quorum import Vote
from irkit.model.run import Run
from irkit.trail.approval_file import ApprovalFile
from irkit.trail.approvals import ApprovalContext, check
from irkit.trail.journal import Journal
from irkit.trail.record import Actor, Draft, Record
from irkit.workspace.config import Alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A statement with its signature and the text that was shown."""

    statement: Statement
    signature: str
    display: str

    @classmethod
    def of_file(cls, file: ApprovalFile) -> "Signed":
        """Return what an approval file carries."""
        return cls(statement=file.statement, signature=file.signature, display=file.display)


@dataclass(frozen=True, slots=True, kw_only=True)
class AloneReason:
    """Why one person acts alone; `vouched_by` read the words back over the phone."""

    reason: str
    vouched_by: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approving:
    """Takes decisions about one run into the trail."""

    session: Session
    journal: Journal
    consent: WorkspaceConsent
    run: Run

    def accept(self, signed: Signed) -> Record:
        """Record a decision.

        Raises:
            IrkitError: with every reason why it does not count.
        """
        self.require_open()
        self._require_valid(signed, break_glass=False)
        return self._record(signed, "approval", {})

    def accept_alone(self, signed: Signed, alone: AloneReason) -> Record:
        """Record that one person approves alone, and the approval.

        Raises:
            IrkitError: if `approvals.alone` does not allow it, or the approval is not valid.
        """
        self.require_open()
        parts = set(signed.statement.parts)
        covered = [id_ for id_, digest in digests_of(self.run).items() if digest in parts]
        self._require_alone(signed.statement.approver, covered)
        self._require_valid(signed, break_glass=True)
        used: dict[str, Json] = {
            "by": signed.statement.approver,
            "reason": alone.reason,
            "parts": list(covered),
        }
        if alone.vouched_by:
            used |= {"vouched_by": alone.vouched_by, "words": list(alone.words)}
        self.journal.append(self._draft("breakglass.used", used, signed.statement.approver))
        return self._record(signed, "approval", {"break_glass": True})

    def confirm(self, signed: Signed) -> Record:
        """Record that a second person stands by what was done alone.

        Raises:
            IrkitError: if nothing is to be confirmed, or the confirmation does not count.
        """
        state = self.consent.fold.runs.get(self.run.id)
        alone = dict(state.unconfirmed) if state is not None else {}
        if not alone:
            raise IrkitError(
                Diagnostic(
                    code="IRK447",
                    summary="nothing in this run was done alone and waits to be confirmed",
                    help=f"irkit status {self.run.id}",
                )
            )
        if set(alone.values()) == {signed.statement.approver}:
            raise IrkitError(
                Diagnostic(
                    code="IRK448",
                    summary=f"{signed.statement.approver} acted alone: somebody else confirms it",
                    help="run `irkit approvers list` to see who can",
                )
            )
        self._require_valid(signed, break_glass=False)
        return self._record(signed, "breakglass.confirmed", {"by": signed.statement.approver})

    def alone_parts(self) -> tuple[str, ...]:
        """Return the parts that were approved by one person alone and wait to be confirmed."""
        state = self.consent.fold.runs.get(self.run.id)
        if state is None:
            return ()
        digests = {part for index in state.unconfirmed for part in state.votes[index].parts}
        return tuple(id_ for id_, digest in digests_of(self.run).items() if digest in digests)

    def require_open(self) -> None:
        """Refuse a decision about a run that is over.

        Raises:
            IrkitError: if it is.
        """
        if self.run.closed:
            raise IrkitError(
                Diagnostic(
                    code="IRK612",
                    summary=f"there is nothing to approve: the run is over ({self.run.outcome})",
                    help=f"irkit status {self.run.id}",
                )
            )

    def _require_valid(self, signed: Signed, *, break_glass: bool) -> None:
        if any(body.get("sig") == signed.signature for _, _, body in self.run.approvals):
            raise IrkitError(
                Diagnostic(
                    code="IRK429",
                    summary=f"this approval of {signed.statement.approver} is recorded already",
                    help=f"irkit status {self.run.id}",
                )
            )
        context = self._context(break_glass=break_glass)
        found = check(signed.statement.canonical(), signed.signature.encode(), context)
        problems = () if isinstance(found, Vote) else found
        problems = (*problems, *self._display(signed))
        if problems:
            raise IrkitError(*problems)

    def _context(self, *, break_glass: bool) -> ApprovalContext:
        context = self.consent.fold.context(
            self.run.id,
            at=self.session.clock(),
            index=self.journal.head().size,
            break_glass=break_glass,
        )
        if context is None:
            raise no_plan(self.run.id)
        return context

    def _display(self, signed: Signed) -> Iterable[Diagnostic]:
        """The text that was shown has to be what the plan reads like here."""
        plan = self.run.plan
        wanted = set(signed.statement.parts)
        ids = tuple(id_ for id_, digest in digests_of(self.run).items() if digest in wanted)
        if plan is None or len(ids) != len(wanted):
            return
        own = display_text(plan, ids, run=self.run.id, requester=self.run.requester)
        if display_digest(own) != signed.statement.display:
            yield Diagnostic(
                code="IRK424",
                summary="the text shown to the approver is not what this plan reads like here",
                help="do not go on: ask the approver what was shown, and run `irkit trail verify`",
            )

    def _require_alone(self, approver: str, parts: Iterable[str]) -> None:
        rules = self.session.policy.approvals.alone
        if rules is None:
            raise _not_alone("`approvals: {alone: …}` in irkit.yaml allows nobody to")
        if not set(rules.roles) & set(self.session.policy.roles_of(approver)):
            raise _not_alone(f"{approver} has none of the roles it names: {_listed(rules)}")
        for part in parts:
            if not within_alone(rules, self.run.parts[part].steps):
                raise _not_alone(f"the part `{part}` is more than one person may do alone")

    def _record(self, signed: Signed, kind: str, more: JsonObject) -> Record:
        body: dict[str, Json] = {
            **more,
            "statement": signed.statement.to_json(),
            "sig": signed.signature,
            "display": self.journal.blobs.put(signed.display.encode()),
        }
        if self.run.closed:
            body["run"] = self.run.id
        draft = self._draft(kind, body, signed.statement.approver)
        record = self.journal.append(draft)[0]
        self.consent.catch_up()
        return record

    def _draft(self, kind: str, body: JsonObject, approver: str) -> Draft:
        run = None if self.run.closed else self.run.id
        actor = Actor(id=approver, kind="person", auth="ssh")
        return Draft(type=kind, run=run, actor=actor, body=body)


def signed(request: Request, statement: Statement, signature: bytes) -> Signed:
    """Return a decision about `request` as it is recorded or carried."""
    return Signed(statement=statement, signature=signature.decode("ascii"), display=request.text)


def as_file(signed_: Signed) -> ApprovalFile:
    """Return a decision as a file to be carried."""
    return ApprovalFile(
        statement=signed_.statement, signature=signed_.signature, display=signed_.display
    )


def no_plan(run: str) -> IrkitError:
    """Return the refusal of an approval before there is a plan."""
    return IrkitError(
        Diagnostic(
            code="IRK445",
            summary="the run has no plan yet that could be approved",
            help=f"irkit run {run}",
        )
    )


def nothing_asked(run: Run, decision: Decision) -> IrkitError:
    """Return the refusal of a decision about nothing."""
    open_ended = any(part.unknowns for part in run.parts.values())
    why = (
        "what is left is not known yet, and is approved when the run gets there"
        if open_ended
        else "every part has its approvals"
    )
    return IrkitError(
        Diagnostic(
            code="IRK446",
            summary=f"there is nothing to {decision}: {why}",
            help=f"irkit status {run.id}",
        )
    )


def planned_too_long_ago(run: Run) -> IrkitError:
    """Return the refusal of an approval for a plan that is no longer valid."""
    return IrkitError(
        Diagnostic(
            code="IRK433",
            summary="what waits was planned longer ago than `plan_valid` allows",
            help=f"let it be planned again, then approve that: irkit replan {run.id}",
        )
    )


def _not_alone(why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK449",
            summary=f"this may not be done alone: {why}",
            help="somebody else has to approve: irkit approvers list",
        )
    )


def _listed(alone: Alone) -> str:
    return ", ".join(alone.roles) or "none"
