"""Asking a person for a signature: the exact text, the words to read back, the question, the key.

Nothing is signed that was not shown. Without a terminal nobody can be asked, so `--yes` is needed
there: whoever gives it has read the text some other way.
"""

import sys
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from irkit.cli.approval_wishes import Wishes
from irkit.cli.at_run import AtRun, at_run
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation
from irkit.cli.signing import Person, person
from irkit.cli.views import ceremony, waits
from irkit.clock import words
from irkit.diagnostics import Diagnostic, IrkitError, Severity
from irkit.engine import asked, plan_file
from irkit.engine.approving import (
    AloneReason,
    Approving,
    Signed,
    as_file,
    no_plan,
    nothing_asked,
    planned_too_long_ago,
    signed,
)
from irkit.engine.asked import Request
from irkit.engine.forecast import until_last_change
from irkit.engine.read_back import same_words
from irkit.model.approval import Decision
from irkit.trail.allowed_signers import Signer
from irkit.trail.approval_file import ApprovalFile
from irkit.trail.approvals import sign_statement


@dataclass(frozen=True, slots=True)
class Ceremony:
    """One use of `irkit approve`."""

    invocation: Invocation
    wishes: Wishes

    def is_plan_file(self, what: str) -> bool:
        """Say whether `what` is a plan file."""
        return plan_file.is_plan_file(self.invocation.here / what)

    def sign_run(self, name: str) -> int:
        """Sign what waits in a run, and record it."""
        with at_run(self.invocation, name) as at:
            if at.run.plan is None:
                raise no_plan(at.run.id)
            approving = self._approving(at)
            if not self.wishes.confirm:
                approving.require_open()
            signers = at.consent.fold.policy.signers
            parts, who = self._parts(at, approving, signers)
            parts = self.wishes.narrowed(parts, at.run.id)
            requests = asked.of_run(at.run, parts, at.journal, at.consent)
            if not requests:
                raise nothing_asked(at.run, self.wishes.decision)
            self._warn_of_the_end(at, requests)
            for request in requests:
                self._record(at, approving, self._sign(request, who), request)
            return self._what_is_missing(at)

    def sign_plan_file(self, path: Path, out: Path | None) -> int:
        """Sign what a plan file asks for, and write `.approval` files to carry back."""
        carried = plan_file.read(self.invocation.here / path)
        who = self._who(self._signers(), ())
        for index, request in enumerate(carried.requests):
            made = self._sign(request, who)
            target = out or path.with_name(f"{path.stem}.{who.name}.approval")
            if index:
                target = target.with_suffix(f".{index + 1}.approval")
            as_file(made).write(self.invocation.here / target)
            self.invocation.output.say(
                f"Signed: {target}. Send it back; it is added with: "
                f"irkit approve {request.run} --file {target}",
                file=str(target),
                run=request.run,
                approver=who.name,
            )
        return ExitCode.DONE

    def add_file(self, name: str, path: Path) -> int:
        """Record what an approval file carries."""
        file = ApprovalFile.read(self.invocation.here / path)
        with at_run(self.invocation, name) as at:
            approving = self._approving(at)
            made = Signed.of_file(file)
            if self.wishes.confirm:
                approving.confirm(made)
            else:
                approving.accept(made)
            self._say_recorded(at, made)
            return self._what_is_missing(at)

    def _approving(self, at: AtRun) -> Approving:
        session = self.invocation.session
        session.check_policy(at.consent)
        return Approving(session, at.journal, at.consent, at.run)

    def _signers(self) -> tuple[Signer, ...]:
        """Return the enrolled approvers where there is a workspace; elsewhere `--as` says who."""
        if not self.invocation.in_workspace:
            return ()
        from irkit.engine.enrolment import signers  # noqa: PLC0415

        return signers(self.invocation.workspace)

    def _parts(
        self, at: AtRun, approving: Approving, signers: tuple[Signer, ...]
    ) -> tuple[tuple[str, ...], Person]:
        """Return the parts the decision is about, and who signs."""
        now = self.invocation.clock()
        if self.wishes.confirm:
            state = at.consent.fold.runs[at.run.id]
            alone = set(state.unconfirmed.values())
            names = _others(signers, alone)
            return approving.alone_parts() or self._none_alone(at), self._who(signers, names)
        if self.wishes.decision is Decision.REVOKE:
            who = self._who(signers, _voters(at))
            return asked.approved_by(at.run, who.name, at.consent), who
        if self.wishes.decision is Decision.DENY:
            return asked.open_parts(at.run), self._who(signers, _others(signers, set()))
        waiting = asked.waiting_parts(at.run, at.consent, now)
        if not waiting and asked.old_parts(at.run, at.consent, now):
            raise planned_too_long_ago(at.run)
        if not waiting:
            raise nothing_asked(at.run, self.wishes.decision)
        return waiting, self._who(signers, _useful(at, waiting, signers))

    def _none_alone(self, at: AtRun) -> tuple[str, ...]:
        raise IrkitError(
            Diagnostic(
                code="IRK447",
                summary="nothing in this run was done alone and waits to be confirmed",
                help=f"irkit status {at.run.id}",
            )
        )

    def _warn_of_the_end(self, at: AtRun, requests: Iterable[Request]) -> None:
        """Say it where the signature may end before the last change it is for is sent."""
        if self.wishes.decision is not Decision.APPROVE or self.wishes.confirm:
            return
        playbook = at.book().main
        for request in requests:
            needed = until_last_change(playbook, at.run, request.parts)
            if needed > request.valid:
                self.invocation.output.bad_news([_ends_early(request, needed)])

    def _who(self, signers: tuple[Signer, ...], preferred: Iterable[str]) -> Person:
        return person(self.invocation, self.wishes.key, signers, preferred=preferred)

    def _sign(self, request: Request, who: Person) -> Signed:
        self._show(request, who)
        self._hear_words(request)
        self._ask(request, who)
        statement = request.statement(self.wishes.decision, who.name, self.invocation.clock())
        return signed(request, statement, sign_statement(statement, who.key))

    def _show(self, request: Request, who: Person) -> None:
        value = ceremony.to_json(request, self.wishes.decision, approver=who.name, key=who.source)
        self.invocation.output.show(value, ceremony.text)

    def _hear_words(self, request: Request) -> None:
        """Somebody on the phone reads the words: they have the same text before them."""
        if not self.wishes.vouched_by:
            return
        said = self.wishes.words
        if not said and self.invocation.output.interactive:
            said = _typed(f"The four words {self.wishes.vouched_by} reads back: ")
        if not same_words(said, request.words):
            raise IrkitError(
                Diagnostic(
                    code="IRK426",
                    summary=f"{self.wishes.vouched_by} has another text: the words differ",
                    help="do not go on before both read the same: irkit plan RUN --out FILE",
                )
            )

    def _ask(self, request: Request, who: Person) -> None:
        if self.wishes.yes:
            return
        if not self.invocation.output.interactive:
            raise IrkitError(
                Diagnostic(
                    code="IRK427",
                    summary="there is no terminal to ask at, so nothing was signed",
                    help="read the text above, then add: --yes",
                )
            )
        verb = str(self.wishes.decision)
        answer = _typed(f"Type `{verb}` to {verb} this as {who.name} (anything else stops): ")
        if answer != verb:
            raise IrkitError(
                Diagnostic(
                    code="IRK428",
                    summary="nothing was signed",
                    help=f"irkit approve {request.run}",
                )
            )

    def _record(self, at: AtRun, approving: Approving, made: Signed, request: Request) -> None:
        wishes = self.wishes
        if wishes.confirm:
            approving.confirm(made)
        elif wishes.break_glass:
            vouched = f"voice read-back by {wishes.vouched_by}" if wishes.vouched_by else ""
            reason = AloneReason(
                reason=wishes.reason or vouched,
                vouched_by=wishes.vouched_by,
                words=request.words if wishes.vouched_by else (),
            )
            approving.accept_alone(made, reason)
        else:
            approving.accept(made)
        self._say_recorded(at, made)

    def _say_recorded(self, at: AtRun, made: Signed) -> None:
        head = at.journal.head()
        statement = made.statement
        self.invocation.output.say(
            f"Recorded: {statement.approver} {_PAST[statement.decision]} "
            f"{len(statement.parts)} part{'s' if len(statement.parts) != 1 else ''} of run "
            f"{at.run.id}, until {statement.exp:%H:%M}Z.",
            run=at.run.id,
            approver=statement.approver,
            decision=str(statement.decision),
            trail={"size": head.size, "root": b64encode(head.root).decode()},
        )

    def _what_is_missing(self, at: AtRun) -> int:
        """Say what still waits for approval, or how to go on."""
        session, now = self.invocation.session, self.invocation.clock()
        run = session.run(at.journal, at.run.id)
        at.consent.catch_up()
        waiting = asked.waiting_parts(run, at.consent, now)
        for part in waiting:
            tally = at.consent.tally(run, part, now)
            self.invocation.output.progress(waits.approval(run, part, tally), waits.text)
        if not waiting and not run.closed:
            self.invocation.output.hint(f"Every approval is there. Go on with: irkit run {run.id}")
        return ExitCode.DONE


def _ends_early(request: Request, needed: timedelta) -> Diagnostic:
    return Diagnostic(
        code="IRK478",
        severity=Severity.WARNING,
        summary=(
            f"this approval ends {words(request.valid)} after you sign, and the last change of "
            f"{', '.join(request.parts)} may be sent only {words(needed)} from now"
        ),
        help="what is not made by then waits for a new approval; sign later parts when due",
    )


_PAST = {
    Decision.APPROVE: "approved",
    Decision.DENY: "denied",
    Decision.REVOKE: "revoked the approval of",
}


def _typed(question: str) -> str:
    sys.stderr.write(question)
    sys.stderr.flush()
    return sys.stdin.readline().strip()


def _others(signers: Iterable[Signer], not_these: set[str]) -> tuple[str, ...]:
    names = (name for one in signers for name in one.principals)
    return tuple(dict.fromkeys(name for name in names if name not in not_these))


def _voters(at: AtRun) -> tuple[str, ...]:
    state = at.consent.fold.runs.get(at.run.id)
    return tuple(dict.fromkeys(v.approver for v in state.votes.values())) if state else ()


def _useful(at: AtRun, waiting: tuple[str, ...], signers: tuple[Signer, ...]) -> tuple[str, ...]:
    """Return the approvers whose approval would still count for something that waits."""
    policy, now = at.consent.fold.policy, at.invocation.clock()
    found = []
    for name in _others(signers, set()):
        for part in waiting:
            need, tally = at.run.parts[part].need, at.consent.tally(at.run, part, now)
            roles = set(policy.roles_of(name))
            if name in tally.have or (need.exclude_requester and name == at.run.requester):
                continue
            if not need.roles or roles & set(need.roles):
                found.append(name)
                break
    return tuple(found)
