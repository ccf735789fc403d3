"""`irkit approvers`: who may say yes, with which key; proving that they can; sealing the policy."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from irkit.cli import ping_answers
from irkit.cli.exits import ExitCode
from irkit.cli.opened import Invocation, this
from irkit.cli.signing import load_key
from irkit.cli.views import approvers as view
from irkit.clock import parse_duration
from irkit.engine import enrolment, key_revocation, key_test, policy_change, standing_policy
from irkit.engine.public_key import read_key
from irkit.model.approval import Decision

command = typer.Typer(
    help="Say who may approve.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

_ALREADY_SEALED = "the policy is sealed as it is: nothing to do"


@command.command()
def add(
    name: Annotated[str, typer.Argument(help="Who, such as bob@acme.example.")],
    key: Annotated[Path, typer.Option(help="Their public key: a .pub file.")],
    role: Annotated[list[str] | None, typer.Option(help="A role; may be given again.")] = None,
) -> int:
    """Enrol a person with a public key and roles; it counts once the policy is sealed."""
    me = this()
    sealed = standing_policy.sealing(me.session)
    found = enrolment.enrol(
        me.workspace,
        name=name,
        key=read_key(key),
        roles=role or (),
        revoked=sealed.revoked,
    )
    me.output.show(
        {
            "view": "approver_added",
            "name": found.name,
            "kind": found.kind,
            "fingerprint": found.fingerprint,
            "roles": list(found.roles),
        },
        view.enrolled_text,
    )
    return ExitCode.DONE


@command.command()
def remove(
    name: Annotated[str, typer.Argument(help="Who.")],
    key: Annotated[str, typer.Option(help="Only this key: its fingerprint, SHA256:….")] = "",
) -> int:
    """Take a person out, or one of their keys; what they had is revoked at once."""
    me = this()
    if me.session.has_trail:
        with me.session.journal(writing=True) as journal:
            fold = me.session.consent(journal).fold
            gone = enrolment.dismiss(me.workspace, name=name, fingerprint=key)
            revoked = key_revocation.revocable(fold, gone.fingerprints)
            key_revocation.revoke(me.session, journal, name, revoked.keys)
            me.output.bad_news(revoked.warnings)
    else:
        gone = enrolment.dismiss(me.workspace, name=name, fingerprint=key)
        revoked = key_revocation.Revocable()
    me.output.show(
        {
            "view": "approver_removed",
            "name": name,
            "removed": list(gone.fingerprints),
            "revoked": list(revoked.keys),
        },
        view.dismissed_text,
    )
    return ExitCode.DONE


@command.command(name="list")
def list_() -> int:
    """Show who may approve, with which key and which roles, and what is not sealed yet."""
    me = this()
    enrolment.signers(me.workspace)
    sealed = standing_policy.sealing(me.session)
    policy = me.session.policy
    keys = standing_policy.approver_keys(policy, sealed, me.clock())
    me.output.show(view.list_json(keys, sealed, policy.digest), view.list_text)
    return ExitCode.DONE


@command.command()
def ping(
    names: Annotated[
        list[str] | None, typer.Argument(help="Who; else everybody with a role.")
    ] = None,
    within: Annotated[
        str, typer.Option(metavar="TIME", help="By when they are to answer: 10m, 1h.")
    ] = "10m",
) -> int:
    """Ask people to show now that they can be reached and can sign; recorded, as the answer is."""
    from irkit.engine import reach  # noqa: PLC0415

    me = this()
    signers = enrolment.signers(me.workspace)
    known = {name for line in signers for name in line.principals}
    chosen = names or [name for name in sorted(known) if me.session.policy.roles_of(name)]
    for name in chosen:
        if name not in known:
            raise key_test.no_key(name)
    with me.session.journal(writing=True) as journal:
        asked = reach.ask(
            journal,
            me.session.actor,
            chosen,
            within=_duration(within),
            now=me.clock(),
            random=os.urandom,
        )
    people = me.session.policy.people
    for one in asked:
        value = view.ping_json(one, people.get(one.name), tuple(reach.by_hand(one)))
        me.output.show(value, view.ping_text)
    return ExitCode.DONE


def _duration(given: str) -> timedelta:
    try:
        return parse_duration(given)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--within") from error


@command.command()
def test(
    name: Annotated[str, typer.Argument(help="Who.")],
    key: Annotated[
        str, typer.Option(help="A private key file, or SHA256:… in the agent. Else the agent's.")
    ] = "",  # noqa: PT028  # a command called test, no test
    file: Annotated[
        Path | None,
        typer.Option(metavar="SIG", help="Add an answer to a ping that was signed elsewhere."),
    ] = None,  # noqa: PT028
) -> int:
    """Sign a challenge with a person's key and check it as an approval would be.

    Where they were asked by `irkit approvers ping`, it is the answer, and is recorded.
    """
    me = this()
    signers = enrolment.signers(me.workspace)
    sealed = standing_policy.sealing(me.session)
    rules = key_test.Rules(
        mode=str(me.workspace.mode),
        revoked=sealed.revoked,
        user_presence=me.workspace.approvals.user_presence,
        user_verification=me.workspace.approvals.user_verification,
    )
    asked = ping_answers.waiting(me, name)
    if file is not None:
        proof = ping_answers.from_file(me, asked, me.here / file, signers, rules)
    else:
        source = key or key_test.in_agent(name, signers, me.environment.get("SSH_AUTH_SOCK"))
        nonce = asked.nonce if asked is not None else ""
        signing = load_key(me, source)
        proof = key_test.prove(name, signing, signers, rules, me.clock(), nonce=nonce)
    answered = ping_answers.record(me, asked, proof)
    keys = standing_policy.approver_keys(me.session.policy, sealed, me.clock())
    own = next(k for k in keys if (k.name, k.signer.fingerprint) == (name, proof.fingerprint))
    me.output.show(
        {
            **own.to_json(),
            "view": "approver_tested",
            "touched": proof.touched,
            "verified": proof.verified,
            "ping": answered.to_json() if answered is not None else None,
        },
        view.tested_text,
    )
    return ExitCode.DONE


@command.command()
def seal(
    *,
    key: Annotated[
        str, typer.Option(help="Sign with it: a private key file, or SHA256:… in the agent.")
    ] = "",
    file: Annotated[
        Path | None, typer.Option(help="Add a signed statement: FILE with FILE.sig, or .approval.")
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the statement to sign elsewhere, for --as WHO.")
    ] = None,
    deny: Annotated[bool, typer.Option("--deny", help="Sign a no instead of a yes.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Sign without asking once more.")
    ] = False,
) -> int:
    """Put the policy in force; a changed one needs the old policy's quorum first."""
    from irkit.cli.sealing import Sealing  # noqa: PLC0415

    me = this()
    if not me.session.has_trail:
        return _begin(me)
    with me.session.journal(writing=True) as journal:
        consent = me.session.consent(journal)
        proposal = policy_change.propose(me.session, journal, consent.fold)
        if proposal is None:
            me.output.say(_ALREADY_SEALED, policy=consent.fold.policy_digest)
            return ExitCode.DONE
        me.output.bad_news(proposal.warnings)
        sealing = Sealing(
            invocation=me,
            journal=journal,
            fold=consent.fold,
            proposal=proposal,
            decision=Decision.DENY if deny else Decision.APPROVE,
        )
        if write is not None:
            return sealing.write(me.here / write)
        if file is not None:
            sealing.add(me.here / file)
        if key:
            sealing.sign(key, yes=yes)
        consent.catch_up()
        return sealing.finish()


def _begin(me: Invocation) -> int:
    sealed = policy_change.begin(me.session)
    me.output.bad_news(sealed.warnings)
    me.output.show(view.sealed_json(sealed), view.sealed_text)
    return ExitCode.DONE
