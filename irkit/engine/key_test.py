"""Proving that a person can sign, before the night they have to: a challenge, signed and checked.

The challenge has a namespace of its own, so that a test is good for nothing else. Everything an
approval of the workspace's mode would be asked is asked here: whose key it is, its namespaces, its
validity, its revocation, and the touch or PIN of a security key.
"""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.model.approval import namespace_of
from irkit.trail import sshsig, wire
from irkit.trail.agent import Agent
from irkit.trail.allowed_signers import Signer
from irkit.trail.signing_keys import SigningKey
from irkit.trail.ssh_verify import Assertion, SignatureError
from irkit.trail.sshsig import SshSig

NAMESPACE: Final = "irkit.test.v1"
_LIST: Final = "run `irkit approvers list` to see who may approve with which key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the workspace asks of keys."""

    mode: str
    revoked: Mapping[str, datetime]
    user_presence: bool = True
    user_verification: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The key that signed. `touched` and `verified` are a security key's word, None for others."""

    name: str
    fingerprint: str
    kind: str
    touched: bool | None
    verified: bool | None
    signature: str


def challenge(name: str, nonce: str) -> bytes:
    """Return what a person signs to show that they can."""
    return f"irkit.test/v1\n{name}\n{nonce}\n".encode()


def prove(
    name: str,
    key: SigningKey,
    signers: Iterable[Signer],
    rules: Rules,
    now: datetime,
    *,
    nonce: str = "",
) -> Proof:
    """Sign a challenge with `key`; `nonce` is that of a ping, else one of its own.

    Raises:
        IrkitError: IRK472 with every reason why it would not count.
    """
    message = challenge(name, nonce or secrets.token_hex(32))
    signature = sshsig.sign(message, key=key, namespace=NAMESPACE)
    return judge(name, signature, message, signers, rules=rules, now=now)


def judge(
    name: str,
    signature: bytes,
    message: bytes,
    signers: Iterable[Signer],
    *,
    rules: Rules,
    now: datetime,
) -> Proof:
    """Check a signature over a challenge as an approval of `name` would be.

    Raises:
        IrkitError: IRK472 with every reason why it would not count.
    """
    try:
        signed = SshSig.parse(signature)
        if signed.namespace != NAMESPACE:
            raise IrkitError(_no(f"it is a signature for {signed.namespace}, not {NAMESPACE}"))
        assertion = signed.verify(message)
    except SignatureError as error:
        raise IrkitError(_no(f"the signature is wrong: {error}")) from error
    own = [one for one in signers if name in one.principals and one.key == signed.key]
    problems = list(_problems(name, signed.fingerprint, own, rules, now))
    if assertion is not None:
        problems += _security_key(assertion, signed.fingerprint, rules)
    if problems:
        raise IrkitError(*problems)
    return Proof(
        name=name,
        fingerprint=signed.fingerprint,
        kind=wire.key_type(signed.key),
        touched=None if assertion is None else assertion.user_present,
        verified=None if assertion is None else assertion.user_verified,
        signature=signature.decode(),
    )


def in_agent(name: str, signers: Iterable[Signer], socket: str | None) -> str:
    """Return the fingerprint of a key of `name` that the ssh-agent holds.

    Raises:
        IrkitError: IRK464 if there is no such person, IRK473 if the agent holds none.
    """
    own = [one.fingerprint for one in signers if name in one.principals]
    if not own:
        raise no_key(name)
    held = [wire.fingerprint(one.blob) for one in Agent(path=socket).identities()] if socket else []
    for fingerprint in own:
        if fingerprint in held:
            return fingerprint
    raise IrkitError(
        Diagnostic(
            code="IRK473",
            summary=f"no ssh-agent here holds a key of {name}",
            help=f"name the private key: irkit approvers test {name} --key ~/.ssh/id_ed25519",
        )
    )


def no_key(name: str) -> IrkitError:
    """Return the error for somebody who is not in allowed_signers."""
    summary = f"{name} has no key in allowed_signers"
    return IrkitError(Diagnostic(code="IRK464", summary=summary, help=_LIST))


def _problems(
    name: str, fingerprint: str, own: list[Signer], rules: Rules, now: datetime
) -> Iterator[Diagnostic]:
    if not own:
        yield _no(f"the key {fingerprint} is not one of {name}'s")
        return
    namespace = namespace_of(rules.mode)
    allowed = [line for line in own if line.allows(namespace)]
    if not allowed:
        yield _no(f"the key {fingerprint} is not listed for {namespace}")
    elif not any(line.valid_at(now) for line in allowed):
        yield _no(f"the key {fingerprint} is not valid now")
    since = rules.revoked.get(fingerprint)
    if since is not None:
        yield _no(f"the key {fingerprint} was revoked at {rfc3339(since)}")


def _security_key(assertion: Assertion, fingerprint: str, rules: Rules) -> Iterator[Diagnostic]:
    if rules.user_presence and not assertion.user_present:
        yield _no(f"nobody touched the security key {fingerprint}")
    if rules.user_verification and not assertion.user_verified:
        yield _no(f"the security key {fingerprint} checked no PIN or fingerprint")


def _no(summary: str) -> Diagnostic:
    return Diagnostic(code="IRK472", summary=f"this would not count: {summary}", help=_LIST)
