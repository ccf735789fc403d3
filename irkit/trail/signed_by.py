"""Whether the person whom a record names signed what it says, with a key the policy lists."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from irkit.trail.policy import Policy
from irkit.trail.ssh_verify import SignatureError
from irkit.trail.sshsig import SshSig


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with a signature: it does not hold, or it holds and is somebody else's."""

    foreign: bool
    text: str


def flaw(
    armored: str,
    message: bytes,
    *,
    namespace: str,
    person: str,
    policy: Policy,
    at: datetime,
    revoked: Mapping[str, datetime],
) -> Flaw | None:
    """Return what is wrong with `armored` as the signature of `person` over `message` at `at`.

    What namespaces the person's line in allowed_signers allows is not asked: they limit what may
    be approved, and neither an answer nor a request approves anything.
    """
    try:
        signature = SshSig.parse(armored.encode())
        signature.verify(message)
    except SignatureError as error:
        return Flaw(foreign=False, text=str(error))
    if signature.namespace != namespace:
        return Flaw(foreign=False, text=f"it was signed for {signature.namespace}")
    own = [one for one in policy.keys_of(person) if one.key == signature.key]
    if not own:
        return Flaw(foreign=True, text=f"it is not signed with a key of {person}")
    ended = [
        since
        for keys in (revoked, policy.revoked)
        if (since := keys.get(signature.fingerprint)) is not None and since <= at
    ]
    if ended or not any(one.valid_at(at) for one in own):
        return Flaw(foreign=True, text=f"that key of {person} did not count any more, or not yet")
    return None
