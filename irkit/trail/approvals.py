"""Signing a statement, and checking a signed one against everything it must fit.

Every check fails with a diagnostic of its own (IRK4xx), and all that fail are reported. What passes
becomes a `Vote`; counting votes is `irkit.model.quorum`'s.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from irkit.clock import rfc3339
from irkit.diagnostics import Diagnostic
from irkit.model.approval import Decision, Digest, Statement, StatementError
from irkit.model.quorum import Need, Vote
from irkit.trail import sshsig
from irkit.trail.allowed_signers import Signer
from irkit.trail.approval_codes import problem
from irkit.trail.policy import Policy
from irkit.trail.signing_keys import SigningKey
from irkit.trail.ssh_verify import Assertion, SignatureError
from irkit.trail.sshsig import SshSig


@dataclass(frozen=True, slots=True, kw_only=True)
class PartContext:
    """A part that may be approved: the nonces it was shown with, its needs, is all known."""

    nonces: frozenset[str]
    needs: tuple[Need, ...] = ()
    signable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalContext:
    """Everything a statement must fit. `at` is the time of its record in the trail.

    `root_at` gives the base64 root of this trail at a size, None where there is no such size.
    `counters` and `revoked` are by fingerprint. `display` is the digest of the text that has to
    have been shown, None where it is checked elsewhere.
    """

    origin: str
    run: str | None
    mode: str
    header: Digest
    parts: Mapping[Digest, PartContext]
    requester: str
    policy_digest: Digest
    policy: Policy
    at: datetime
    root_at: Callable[[int], str | None]
    index: int
    counters: Mapping[str, int] = field(default_factory=dict)
    revoked: Mapping[str, datetime] = field(default_factory=dict)
    display: Digest | None = None
    break_glass: bool = False


def sign_statement(statement: Statement, key: SigningKey) -> bytes:
    """Return the armored signature of `key` over `statement` in its mode's namespace."""
    return sshsig.sign(statement.canonical(), key=key, namespace=statement.namespace)


def check(
    statement: bytes, signature: bytes, context: ApprovalContext
) -> Vote | tuple[Diagnostic, ...]:
    """Check a signed statement; return it as a vote, or every reason why it is none."""
    try:
        decoded = Statement.decode(statement)
    except StatementError as error:
        return (problem("IRK402", str(error)),)
    try:
        signed = SshSig.parse(signature)
    except SignatureError as error:
        return (problem("IRK405", str(error)),)
    assertion, found = _signature(decoded, signed, statement)
    found += _signer(decoded, signed, assertion, context)
    found += _meaning(decoded, context)
    if found:
        return tuple(found)
    return _vote(decoded, signed.fingerprint, assertion, context)


def _signature(
    statement: Statement, signed: SshSig, data: bytes
) -> tuple[Assertion | None, list[Diagnostic]]:
    found: list[Diagnostic] = []
    if signed.namespace != statement.namespace:
        found.append(problem("IRK401", signed.namespace, statement.namespace))
    try:
        return signed.verify(data), found
    except SignatureError as error:
        return None, [*found, problem("IRK405", str(error))]


def _signer(
    statement: Statement, signed: SshSig, assertion: Assertion | None, context: ApprovalContext
) -> Iterator[Diagnostic]:
    lines = context.policy.keys_of(statement.approver)
    if not lines:
        yield problem("IRK403", statement.approver)
        return
    own = [line for line in lines if line.key == signed.key]
    if not own:
        yield problem("IRK404", statement.approver, signed.fingerprint)
        return
    yield from _validity(own, statement, signed.fingerprint, context)
    if assertion is not None:
        yield from _security_key(assertion, signed.fingerprint, context)


def _validity(
    own: list[Signer], statement: Statement, fingerprint: str, context: ApprovalContext
) -> Iterator[Diagnostic]:
    allowed = [line for line in own if line.allows(statement.namespace)]
    if not allowed:
        yield problem("IRK401", statement.namespace, ", ".join(own[0].namespaces))
    elif not any(line.valid_at(context.at) for line in allowed):
        yield problem("IRK406", fingerprint, rfc3339(context.at))
    for revoked in (context.revoked, context.policy.revoked):
        since = revoked.get(fingerprint)
        if since is not None and since <= context.at:
            yield problem("IRK407", fingerprint, rfc3339(since))
            return


def _security_key(
    assertion: Assertion, fingerprint: str, context: ApprovalContext
) -> Iterator[Diagnostic]:
    policy = context.policy
    if policy.user_presence and not assertion.user_present:
        yield problem("IRK408", fingerprint)
    if policy.user_verification and not assertion.user_verified:
        yield problem("IRK409", fingerprint)
    before = context.counters.get(fingerprint)
    # Some keys keep no counter and always say 0: an increase is asked of those that count.
    if before is not None and (before or assertion.counter) and assertion.counter <= before:
        yield problem("IRK410", str(assertion.counter), str(before))
    if assertion.origin is not None and assertion.origin not in policy.webauthn_origins:
        yield problem("IRK411", assertion.origin)


def _meaning(statement: Statement, context: ApprovalContext) -> Iterator[Diagnostic]:
    pairs = (
        ("IRK412", statement.origin, context.origin),
        ("IRK413", statement.run or "none", context.run or "none"),
        ("IRK418", statement.mode, context.mode),
        ("IRK414", statement.header, context.header),
        ("IRK419", statement.policy, context.policy_digest),
        ("IRK420", statement.requester, context.requester),
    )
    for code, said, expected in pairs:
        if said != expected:
            yield problem(code, said, expected)
    if not statement.nb <= context.at < statement.exp:
        yield problem("IRK417", rfc3339(statement.nb), rfc3339(statement.exp), rfc3339(context.at))
    if context.display is not None and statement.display != context.display:
        yield problem("IRK424", statement.display, context.display)
    if context.root_at(statement.trail.size) != statement.trail.root:
        yield problem("IRK423", str(statement.trail.size))
    if statement.header == context.header:
        yield from _parts(statement, context)


def _parts(statement: Statement, context: ApprovalContext) -> Iterator[Diagnostic]:
    known = [context.parts[part] for part in statement.parts if part in context.parts]
    for part in statement.parts:
        if part not in context.parts:
            yield problem("IRK415", part)
    if any(statement.nonce not in part.nonces for part in known):
        yield problem("IRK416", statement.nonce)
    if statement.decision is not Decision.APPROVE:
        return
    if not all(part.signable for part in known):
        yield problem("IRK425")
    if not context.break_glass:
        yield from _standing(statement, context, tuple(n for part in known for n in part.needs))


def _standing(
    statement: Statement, context: ApprovalContext, needs: tuple[Need, ...]
) -> Iterator[Diagnostic]:
    """An approval that can count for none of the needs is refused, not kept without effect."""
    if not needs:
        return
    if statement.approver == context.requester and all(need.exclude_requester for need in needs):
        yield problem("IRK421", statement.approver)
    roles = set(context.policy.roles_of(statement.approver))
    if all(need.roles and not roles & set(need.roles) for need in needs):
        wanted = sorted({role for need in needs for role in need.roles})
        yield problem("IRK422", statement.approver, ", ".join(wanted))


def _vote(
    statement: Statement,
    fingerprint: str,
    assertion: Assertion | None,
    context: ApprovalContext,
) -> Vote:
    return Vote(
        approver=statement.approver,
        roles=context.policy.roles_of(statement.approver),
        fingerprint=fingerprint,
        decision=statement.decision,
        header=statement.header,
        parts=statement.parts,
        nb=statement.nb,
        exp=statement.exp,
        index=context.index,
        break_glass=context.break_glass,
        counter=None if assertion is None else assertion.counter,
    )
