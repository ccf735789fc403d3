"""A policy that waits for the old one's quorum: shown, signed, carried, counted, put in force."""

import sys
from dataclasses import dataclass
from pathlib import Path

from irkit.cli import carried
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation
from irkit.cli.signing import Person, person
from irkit.cli.views import approvers as view
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import policy_change
from irkit.engine.policy_change import Proposal
from irkit.model.approval import Decision, Statement
from irkit.trail.approval_fold import ApprovalFold
from irkit.trail.journal import Journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealing:
    """One proposal and what a command does about it."""

    invocation: Invocation
    journal: Journal
    fold: ApprovalFold
    proposal: Proposal
    decision: Decision = Decision.APPROVE

    def sign(self, source: str, *, yes: bool) -> None:
        """Show what is signed, ask, sign it with the key `source` names, and record it.

        Raises:
            IrkitError: if nobody agreed, or the signature would not count.
        """
        output = self.invocation.output
        who = person(self.invocation, source, self.fold.policy.signers)
        if not output.json:
            output.say(self.proposal.text)
        if not yes:
            self._ask(who)
        statement = self._statement(who.name)
        self._accept(statement.canonical(), policy_change.sign(statement, who.key))

    def add(self, path: Path) -> None:
        """Record what somebody signed elsewhere: an `.approval` file, or a file and its `.sig`.

        Raises:
            IrkitError: if it cannot be read or does not count.
        """
        found = carried.read(path)
        self._accept(found.signed, found.signature)

    def write(self, path: Path) -> int:
        """Write a statement that stock `ssh-keygen` can sign, and the text it stands for.

        Raises:
            IrkitError: IRK474 if it cannot be written.
        """
        statement = self._statement(self.invocation.session.actor_name)
        written = carried.write(path, statement, self.proposal.text, add="irkit approvers seal")
        self.invocation.output.show({"view": "policy_statement", **written}, view.statement_text)
        return ExitCode.WAITING

    def finish(self) -> int:
        """Put the policy in force if its quorum is reached, or say what it waits for."""
        session, output = self.invocation.session, self.invocation.output
        found = policy_change.seal(session, self.journal, self.fold, self.proposal)
        if isinstance(found, policy_change.Sealed):
            output.show(view.sealed_json(found), view.sealed_text)
            return ExitCode.DONE
        output.show(view.proposal_json(self.proposal, found), view.proposal_text)
        return ExitCode.REFUSED if found.denied_by else ExitCode.WAITING

    def _statement(self, approver: str) -> Statement:
        return policy_change.statement(
            self.proposal,
            self.journal,
            approver=approver,
            now=self.invocation.clock(),
            decision=self.decision,
        )

    def _accept(self, signed: bytes, signature: bytes) -> None:
        policy_change.accept(
            self.invocation.session,
            self.journal,
            self.fold,
            self.proposal,
            signed=signed,
            signature=signature,
        )

    def _ask(self, who: Person) -> None:
        if not self.invocation.output.interactive:
            raise IrkitError(
                Diagnostic(
                    code="IRK427",
                    summary="there is no terminal to ask at, so nothing was signed",
                    help="read the text above, then add: --yes",
                )
            )
        verb = str(self.decision)
        print(  # noqa: T201  # a question, asked where the person is
            f"Type `{verb}` to {verb} this policy as {who.name} (anything else stops): ",
            end="",
            file=sys.stderr,
            flush=True,
        )
        if sys.stdin.readline().strip() != verb:
            raise IrkitError(
                Diagnostic(code="IRK428", summary="nothing was signed", help="irkit approvers seal")
            )
