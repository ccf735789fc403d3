"""The key somebody signs with: named, or the one of theirs that is at hand.

Keys are looked for where people keep them: a file that `--key` or `IRKIT_KEY` names, the demo
approvers of an exercise, `~/.ssh`, the ssh-agent. A passphrase is asked for at a terminal only, and
never comes from an argument, which others could read in the list of processes.
"""

import getpass
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from irkit.cli.opened import Invocation
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.secret import Secret
from irkit.trail import wire
from irkit.trail.agent import Agent
from irkit.trail.allowed_signers import Signer
from irkit.trail.signing_keys import AgentKey, SigningKey, load_signing_key
from irkit.trail.wire import WireError
from irkit.workspace.exercise import DRILL_KEYS

KEY_VARIABLE = "IRKIT_KEY"
_LOCKED = "IRK441"
_SSH_KEYS = ("id_ed25519", "id_ecdsa", "id_rsa")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who signs, with which key, and how the key is called."""

    name: str
    key: SigningKey
    source: str


def person(
    invocation: Invocation,
    source: str,
    signers: Iterable[Signer],
    *,
    preferred: Iterable[str] = (),
) -> Person:
    """Return who signs: with the key `source` names, or the first of `preferred` whose key is here.

    Raises:
        IrkitError: if the key cannot be used, is nobody's, or is not the one of `--as`.
    """
    known = tuple(signers)
    given = source or invocation.environment.get(KEY_VARIABLE, "")
    if given:
        key = load_key(invocation, given)
        return Person(name=_owner(invocation, key, known, given), key=key, source=given)
    found = list(_at_hand(invocation, known))
    wanted = invocation.common.acting_as
    order = [wanted] if wanted else [*preferred]
    for name in order:
        mine = next((item for item in found if item.name == name), None)
        if mine is not None:
            return mine
    raise _no_key(wanted, found)


def load_key(invocation: Invocation, source: str) -> SigningKey:
    """Return the key `source` names, asking for a passphrase where there is a person to ask."""
    agent = invocation.environment.get("SSH_AUTH_SOCK")
    try:
        return load_signing_key(source, agent_socket=agent)
    except IrkitError as error:
        locked = error.diagnostics[0].code == _LOCKED
        if not locked or not invocation.output.interactive:
            raise
    passphrase = Secret(getpass.getpass(f"Passphrase of {source}: ", stream=sys.stderr))
    return load_signing_key(source, passphrase=passphrase, agent_socket=agent)


def _owner(
    invocation: Invocation, key: SigningKey, signers: tuple[Signer, ...], source: str
) -> str:
    own = [name for one in signers if one.key == key.blob for name in one.principals]
    wanted = invocation.common.acting_as
    if wanted and (not signers or wanted in own):
        return wanted
    if own and not wanted:
        return own[0]
    if wanted and own:
        raise _not_theirs(source, f"is the key of {own[0]}, not of {wanted}")
    raise _not_theirs(source, "is no key of an enrolled approver")


def _at_hand(invocation: Invocation, signers: tuple[Signer, ...]) -> Iterator[Person]:
    """Yield the enrolled approvers whose key can be used here, without asking anything."""
    if invocation.in_workspace:
        for one in signers:
            for name in one.principals:
                path = invocation.root / DRILL_KEYS / name.partition("@")[0]
                if path.is_file():
                    key = load_signing_key(str(path))
                    if key.blob == one.key:
                        yield Person(name=name, key=key, source=str(path))
    yield from _in_home(invocation, signers)
    socket = invocation.environment.get("SSH_AUTH_SOCK")
    for identity in _held(socket):
        for one in signers:
            if one.key == identity:
                key = AgentKey(agent=Agent(path=socket or ""), blob=identity)
                yield from (
                    Person(name=name, key=key, source=one.fingerprint) for name in one.principals
                )


def _in_home(invocation: Invocation, signers: tuple[Signer, ...]) -> Iterator[Person]:
    """Yield approvers whose public key lies where ssh keeps its own; the key is opened later."""
    folder = Path(invocation.environment.get("HOME", "")) / ".ssh"
    for name in _SSH_KEYS:
        public = folder / f"{name}.pub"
        if not public.is_file() or not (folder / name).is_file():
            continue
        try:
            blob, _ = wire.parse_public_line(public.read_text(errors="replace"))
        except (OSError, WireError):
            continue
        for one in signers:
            if one.key == blob:
                key = _LaterKey(invocation, str(folder / name), blob)
                for owner in one.principals:
                    yield Person(name=owner, key=key, source=str(folder / name))


@dataclass(frozen=True, slots=True)
class _LaterKey:
    """A private key that is opened, and its passphrase asked for, only when it signs."""

    invocation: Invocation
    source: str
    blob: bytes

    def sign(self, message: bytes) -> bytes:
        """Return the SSH signature blob over `message`."""
        return load_key(self.invocation, self.source).sign(message)


def _held(socket: str | None) -> tuple[bytes, ...]:
    if not socket or not Path(socket).exists():
        return ()
    try:
        return tuple(identity.blob for identity in Agent(path=socket).identities())
    except IrkitError:
        return ()


def _not_theirs(source: str, why: str) -> IrkitError:
    return IrkitError(
        Diagnostic(
            code="IRK404",
            summary=f"{source} {why}",
            help="see who may approve with which key: irkit approvers list",
        )
    )


def _no_key(wanted: str, found: list[Person]) -> IrkitError:
    whose = f" of {wanted}" if wanted else " of somebody who may approve this"
    here = ", ".join(dict.fromkeys(item.name for item in found)) or "none"
    return IrkitError(
        Diagnostic(
            code="IRK440",
            summary=f"no key{whose} is at hand (keys of approvers here: {here})",
            help="name one: --key ~/.ssh/id_ed25519, or load it with `ssh-add`",
        )
    )
