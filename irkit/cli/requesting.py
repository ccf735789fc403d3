"""The requester's key: whoever asks for a plan to be carried out signs which one it is."""

from collections.abc import Iterable

from irkit.cli.opened import Invocation
from irkit.cli.signing import person
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.trail.allowed_signers import Signer
from irkit.workspace.config import Mode


def take_key(
    invocation: Invocation, source: str, signers: Iterable[Signer], *, requester: str = ""
) -> None:
    """Let the session act with the key `source` names, or with the one of its person at hand.

    A drill may go without one. A live workspace may not: there the requester's name decides who
    may approve, so it has to be proven. `requester` is who asked before, where a run has no plan
    yet: nobody else can sign for that.

    Raises:
        IrkitError: if the key cannot be used or is not theirs, or a live workspace has none.
    """
    session = invocation.session
    needed = bool(source) or invocation.workspace.mode is Mode.LIVE
    try:
        who = person(invocation, source, signers, preferred=(requester or session.actor_name,))
    except IrkitError:
        if needed:
            raise
        return
    if requester in ("", who.name):
        session.actor_name, session.key = who.name, who.key
    elif needed:
        raise IrkitError(
            Diagnostic(
                code="IRK477",
                summary=f"{requester} asked for this run and has not signed for its plan yet",
                help=f"let {requester} resume it, or ask for it yourself: irkit run PLAYBOOK …",
            )
        )
