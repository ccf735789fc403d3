"""Answering a ping: with a key that is here, or with a signature that was made elsewhere."""

from collections.abc import Iterable
from pathlib import Path

from irkit.cli.opened import Invocation
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine import key_test, reach
from irkit.trail.allowed_signers import Signer


def waiting(me: Invocation, name: str) -> reach.Ping | None:
    """Return the ping that a person has not answered yet; None without one, or without a trail."""
    if not me.session.has_trail:
        return None
    with me.session.journal(writing=False) as journal:
        return reach.open_ping(reach.pings(journal.replay()), name)


def from_file(
    me: Invocation,
    asked: reach.Ping | None,
    path: Path,
    signers: Iterable[Signer],
    rules: key_test.Rules,
) -> key_test.Proof:
    """Check a signature that was made elsewhere over an open ping.

    Raises:
        IrkitError: IRK481 if nothing was asked, IRK001 if the file cannot be read, IRK472 if the
            signature would not count.
    """
    if asked is None:
        raise IrkitError(
            Diagnostic(
                code="IRK481",
                summary="there is no ping that waits for this answer",
                help="ask first: irkit approvers ping NAME",
            )
        )
    try:
        signature = path.read_bytes()
    except OSError as error:
        summary = f"{path} cannot be read: {error.strerror}"
        raise IrkitError(Diagnostic(code="IRK001", summary=summary)) from error
    message = key_test.challenge(asked.name, asked.nonce)
    return key_test.judge(asked.name, signature, message, signers, rules=rules, now=me.clock())


def record(me: Invocation, asked: reach.Ping | None, proof: key_test.Proof) -> reach.Ping | None:
    """Record the answer, if somebody asked."""
    if asked is None:
        return None
    with me.session.journal(writing=True) as journal:
        return reach.answer(journal, asked, proof.signature)
