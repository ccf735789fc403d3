"""Deciding about a canary's warrant: the exact text, the question, the key, what still lacks."""

import sys
from pathlib import Path
from typing import Final

from irkit.cli import carried
from irkit.cli.approval_wishes import Wishes
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation
from irkit.cli.signing import Person, person
from irkit.cli.views import approvers
from irkit.cli.views import warrant as view
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import warranting
from irkit.engine.warranting import Asked
from irkit.model.approval import Decision

_SAID: Final = {
    Decision.APPROVE: "approved",
    Decision.DENY: "denied",
    Decision.REVOKE: "revoked",
}


def decide(
    me: Invocation, name: str, wishes: Wishes, *, file: Path | None, out: Path | None
) -> int:
    """Sign a decision about the warrant `name`, add one that was carried, or write one to carry.

    Raises:
        IrkitError: if there is no such warrant, nobody agreed, or the decision would not count.
    """
    if wishes.break_glass or wishes.confirm:
        summary = "a warrant is not approved alone: it is for another day"
        raise IrkitError(Diagnostic(code="IRK100", summary=summary, help=f"irkit approve {name}"))
    with me.session.journal(writing=out is None) as journal:
        consent = me.session.consent(journal)
        me.session.check_policy(consent)
        state = warranting.named(consent.fold, name)
        assert state is not None, "a name that begins as a digest does"
        asked = Asked(session=me.session, journal=journal, fold=consent.fold, state=state)
        if out is not None:
            return _written(me, asked, wishes, me.here / out)
        if file is not None:
            found = carried.read(me.here / file)
            record = asked.accept(found.signed, found.signature)
        else:
            who = _signer(me, asked, wishes)
            record = asked.sign(wishes.decision, who.name, who.key)
        me.output.say(f"Recorded: {record.actor.id}.", warrant=state.warrant.digest, n=record.n)
        consent.catch_up()
        me.output.show(view.to_json(asked, me.clock()), view.text)
    return ExitCode.DONE


def _signer(me: Invocation, asked: Asked, wishes: Wishes) -> Person:
    """Show the text and ask; return who signs."""
    signers = asked.fold.policy.signers
    who = person(me, wishes.key, signers, preferred=_useful(asked))
    me.output.show(
        view.asking_json(asked, wishes.decision, approver=who.name, key=who.source),
        view.asking_text,
    )
    if wishes.yes:
        return who
    if not me.output.interactive:
        raise IrkitError(
            Diagnostic(
                code="IRK427",
                summary="there is no terminal to ask at, so nothing was signed",
                help="read the text above, then add: --yes",
            )
        )
    verb = str(wishes.decision)
    sys.stderr.write(f"Type `{verb}` to {verb} this as {who.name} (anything else stops): ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != verb:
        name = asked.state.warrant.digest
        raise IrkitError(
            Diagnostic(code="IRK428", summary="nothing was signed", help=f"irkit approve {name}")
        )
    return who


def _useful(asked: Asked) -> tuple[str, ...]:
    """Return the approvers whose approval would count, and who gave none yet."""
    need, policy = asked.state.warrant.need, asked.fold.policy
    voted = {vote.approver for vote in asked.state.votes.values()}
    names = dict.fromkeys(name for line in policy.signers for name in line.principals)
    return tuple(
        name
        for name in names
        if name not in voted
        and not (need.exclude_requester and name == asked.state.requester)
        and (not need.roles or set(need.roles) & set(policy.roles_of(name)))
    )


def _written(me: Invocation, asked: Asked, wishes: Wishes, path: Path) -> int:
    statement = asked.statement(wishes.decision, me.session.actor_name, me.clock())
    add = f"irkit approve {asked.state.warrant.digest}"
    written = carried.write(path, statement, asked.text, add=add)
    me.output.show({"view": "warrant_statement", **written}, approvers.statement_text)
    return ExitCode.WAITING
