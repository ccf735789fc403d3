"""Changing the key that signs the trail, in three steps that each leave a record.

The new key is named in irkit.yaml and sealed into the policy by the quorum of the old one. Then the
old key signs a record that hands over to it. From there on only the new one counts, and anybody
who reads the trail can follow the change of hands.
"""

from typing import Final

from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.session import Session
from irkit.trail.journal import Journal
from irkit.trail.keys import Signer
from irkit.trail.note import VerifierKey
from irkit.trail.record import Draft

_PROOF: Final = b"irkit: this key signs the trail from now on\n"


def rotate(session: Session, journal: Journal, sealed: tuple[str, ...], why: str) -> VerifierKey:
    """Hand the trail over to the next key and return it. `sealed` are the policy's trail keys.

    Raises:
        IrkitError: if there is no next key, it cannot sign, the policy does not name it, it signs
            already, or a process acts for a run with the old one.
    """
    if len(session.signers) == 1:
        raise _no(
            "irkit.yaml names no next trail key",
            "make one: ssh-keygen -t ed25519 -N '' -f FILE; then add `next: file:FILE` to `trail:`",
        )
    old, new = (VerifierKey(name=journal.origin, public=one.public) for one in session.signers)
    if new in journal.vkeys:
        raise _no(
            f"the trail is signed with {new} already",
            "in irkit.yaml, move `next` to `key`, then: irkit approvers seal",
        )
    if str(new) not in sealed:
        raise _no(
            "the sealed policy does not name the next trail key",
            "have it sealed by the policy's quorum: irkit approvers seal",
        )
    _require_nobody_acts(session)
    _require_it_signs(session.signers[1], new)
    body = {"old": str(old), "vkey": str(new), "because": why}
    journal.append(Draft(type="key.rotated", actor=session.actor, body=body))
    return new


def _require_nobody_acts(session: Session) -> None:
    """A process that holds the old key could not record what became of its changes."""
    folder = session.workspace.state / "runs"
    for lock in sorted(folder.glob("*.lock")) if folder.is_dir() else ():
        if session.acted_for(lock.stem):
            raise _no(
                f"a process acts for the run {lock.stem} and signs with the old key",
                f"wait for it, or: irkit pause {lock.stem}",
            )


def _require_it_signs(signer: Signer, key: VerifierKey) -> None:
    """After the handing over nothing can be recorded without it, so it proves itself before."""
    signed = signer.sign(_PROOF)
    signer.close()
    if not key.verifies(_PROOF, signed):
        raise _no("the next trail key does not sign", "check the key file or the ssh-agent")


def _no(summary: str, help_: str) -> IrkitError:
    return IrkitError(Diagnostic(code="IRK716", summary=summary, help=help_))
