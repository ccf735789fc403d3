"""Checking one approval: security keys, passkeys, and every rule with its own diagnostic."""

import base64
import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from trail_story import ALICE, BOB, KEYS, signer_line

from irkit.canonical import Json, canonical, digest_bytes
from irkit.diagnostics import IrkitError
from irkit.model.approval import Decision, Statement, TrailView
from irkit.model.quorum import Need, Vote
from irkit.trail import wire
from irkit.trail.approval_file import ApprovalFile
from irkit.trail.approvals import ApprovalContext, PartContext, check, sign_statement
from irkit.trail.policy import Policy
from irkit.trail.signing_keys import FileKey, SigningKey
from irkit.trail.sshsig import SshSig

NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
HEADER, PART, POLICY = ("sha256:" + c * 64 for c in "abc")
ROOT = "A" * 43 + "="
PAGE = "https://irkit.acme"
DISPLAY = b"irkit.display/v1\nsuspend alice\n"
STATEMENT = Statement(
    origin="acme",
    run="R1",
    mode="live",
    header=HEADER,
    parts=(PART,),
    policy=POLICY,
    decision=Decision.APPROVE,
    approver=BOB,
    requester=ALICE,
    nonce="n",
    nb=NOW - timedelta(minutes=1),
    exp=NOW + timedelta(minutes=30),
    display=digest_bytes(DISPLAY),
    trail=TrailView(size=3, root=ROOT),
)


def strings(*values: bytes | str) -> bytes:
    """Encode several strings one after the other."""
    return b"".join(wire.string(value) for value in values)


@dataclass(frozen=True)
class SoftSecurityKey:
    """A security key in software: what it asserts about its user is up to the test."""

    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    flags: int = 0x05
    counter: int = 1
    origin: str | None = None
    application: str = "ssh:"
    client_data: bytes | None = None

    @property
    def blob(self) -> bytes:
        """The public-key blob."""
        if isinstance(self.private, Ed25519PrivateKey):
            public = self.private.public_key().public_bytes_raw()
            return strings(wire.SK_ED25519, public, self.application)
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return strings(wire.SK_ECDSA_P256, "nistp256", point, self.application)

    def sign(self, message: bytes) -> bytes:
        """Return the signature blob a security key or a browser would give."""
        origin = self.origin
        if origin is None:
            inner, kind = self._raw(message), wire.key_type(self.blob)
            return wire.string(kind) + wire.string(inner) + self._end()
        challenge = base64.urlsafe_b64encode(message).decode().rstrip("=")
        data = (
            self.client_data
            or (
                f'{{"type":"webauthn.get","challenge":"{challenge}","origin":"{origin}",'
                '"crossOrigin":false}'
            ).encode()
        )
        tail = wire.string(origin) + wire.string(data) + wire.string(b"")
        head = wire.string(wire.WEBAUTHN_SK) + wire.string(self._raw(data))
        return head + self._end() + tail

    def _end(self) -> bytes:
        return bytes([self.flags]) + wire.uint32(self.counter)

    def _raw(self, message: bytes) -> bytes:
        data = hashlib.sha256(self.application.encode()).digest() + self._end()
        data += hashlib.sha256(message).digest()
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(data)
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(SHA256())))
        return wire.mpint(r) + wire.mpint(s)


ED = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
EC = ec.derive_private_key(11, ec.SECP256R1())


def context(key: SigningKey, rules: Json = None, **changed: Any) -> ApprovalContext:
    """Return the context in which Bob's statement is right if `key` is his."""
    policy = Policy.from_json(
        {"signers": [signer_line(BOB, key)], "roles": {"oncall": [BOB]}, "rules": rules}
    )
    made = ApprovalContext(
        origin="acme",
        run="R1",
        mode="live",
        header=HEADER,
        parts={PART: PartContext(nonces=frozenset(("n",)), needs=(Need(need=1),))},
        requester=ALICE,
        policy_digest=POLICY,
        policy=policy,
        at=NOW,
        root_at={3: ROOT}.get,
        index=7,
    )
    return replace(made, **changed)


def outcome(
    key: SigningKey, statement: Statement = STATEMENT, rules: Json = None, **changed: Any
) -> tuple[str, ...] | Vote:
    """Return the vote that `key`'s signature makes, or the codes of what is wrong with it."""
    found = check(
        statement.canonical(), sign_statement(statement, key), context(key, rules, **changed)
    )
    return found if isinstance(found, Vote) else tuple(one.code for one in found)


KINDS: dict[str, SigningKey] = {
    "ed25519": KEYS[BOB],
    "ecdsa": FileKey(private=EC),
    "rsa": FileKey(private=rsa.generate_private_key(65537, 2048)),
    "sk-ed25519": SoftSecurityKey(ED),
    "sk-ecdsa": SoftSecurityKey(EC),
    "passkey": SoftSecurityKey(EC, origin=PAGE, application="irkit.acme"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_approves(kind: str) -> None:
    """A right statement signed with any accepted kind of key becomes a vote."""
    vote = outcome(KINDS[kind], rules={"webauthn_origins": [PAGE]})
    assert isinstance(vote, Vote)
    assert (vote.approver, vote.roles, vote.index) == (BOB, ("oncall",), 7)
    assert vote.fingerprint == wire.fingerprint(KINDS[kind].blob)
    assert (vote.counter is None) == (kind in ("ed25519", "ecdsa", "rsa"))


@pytest.mark.parametrize("private", [ED, EC], ids=["ed25519", "ecdsa"])
@pytest.mark.parametrize(
    ("flags", "rules", "expected"),
    [
        (0x00, None, ("IRK408",)),
        (0x01, None, None),
        (0x01, {"security_keys": {"user_verification": True}}, ("IRK409",)),
        (0x05, {"security_keys": {"user_verification": True}}, None),
        (0x00, {"security_keys": {"user_presence": False}}, None),
        (0x00, {"security_keys": {"user_verification": True}}, ("IRK408", "IRK409")),
    ],
)
def test_touch_and_pin_are_enforced(
    private: Any, flags: int, rules: Json, expected: tuple[str, ...] | None
) -> None:
    """What stock ssh-keygen lets pass is refused here: no touch, no PIN where it is asked for."""
    found = outcome(SoftSecurityKey(private, flags=flags), rules=rules)
    assert isinstance(found, Vote) if expected is None else found == expected


@pytest.mark.parametrize(
    ("before", "now", "fits"),
    [(None, 0, True), (0, 0, True), (0, 1, True), (5, 6, True), (5, 5, False), (5, 0, False)],
)
def test_counter_increases_where_there_is_one(before: int | None, now: int, fits: bool) -> None:
    """A counter that stands still or goes back tells of a cloned key; keys without one say 0."""
    key = SoftSecurityKey(ED, counter=now)
    counters = {} if before is None else {wire.fingerprint(key.blob): before}
    found = outcome(key, counters=counters)
    assert isinstance(found, Vote) if fits else found == ("IRK410",)


def test_passkey_of_another_page() -> None:
    """A passkey that was asked on a page the policy does not name does not count."""
    key = SoftSecurityKey(EC, origin="https://evil.example", application="irkit.acme")
    assert outcome(key, rules={"webauthn_origins": [PAGE]}) == ("IRK411",)
    assert outcome(key) == ("IRK411",)


@pytest.mark.parametrize(
    "data",
    [
        b'{"type":"webauthn.create","challenge":"x","origin":"https://irkit.acme"}',
        b'{"type":"webauthn.get","challenge":"AAAA","origin":"https://irkit.acme"}',
        b"{}",
    ],
)
def test_passkey_for_another_challenge(data: bytes) -> None:
    """Client data for another purpose or challenge is refused."""
    key = SoftSecurityKey(EC, origin=PAGE, client_data=data)
    assert outcome(key, rules={"webauthn_origins": [PAGE]}) == ("IRK405",)


MEANINGS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = {
    "origin": ({"origin": "other"}, {}, ("IRK412",)),
    "run": ({"run": "R2"}, {}, ("IRK413",)),
    "no run": ({"run": None}, {}, ("IRK413",)),
    "header": ({"header": PART}, {}, ("IRK414",)),
    "part": ({"parts": (PART, HEADER)}, {}, ("IRK415",)),
    "nonce": ({"nonce": "m"}, {}, ("IRK416",)),
    "early": ({"nb": NOW + timedelta(seconds=1)}, {}, ("IRK417",)),
    "late": ({}, {"at": NOW + timedelta(minutes=30)}, ("IRK417",)),
    "mode": ({"mode": "drill"}, {}, ("IRK418",)),
    "policy": ({"policy": PART}, {}, ("IRK419",)),
    "requester": ({"requester": "eve"}, {}, ("IRK420",)),
    "history": ({"trail": TrailView(size=3, root="B" * 43 + "=")}, {}, ("IRK423",)),
    "no such size": ({"trail": TrailView(size=4, root=ROOT)}, {}, ("IRK423",)),
    "display": ({}, {"display": PART}, ("IRK424",)),
    "unknown approver": ({"approver": "eve"}, {}, ("IRK403",)),
    "two things": ({"origin": "x", "nonce": "m"}, {}, ("IRK412", "IRK416")),
}


@pytest.mark.parametrize("name", MEANINGS)
def test_each_rule_has_its_own_diagnostic(name: str) -> None:
    """Every mismatch is told by its own code, and all of them together."""
    changed, around, expected = MEANINGS[name]
    assert outcome(KEYS[BOB], replace(STATEMENT, **changed), **around) == expected


def test_standing_of_the_approver() -> None:
    """Requester and role are checked where the needs ask for it, and not under break-glass."""

    def parts(*needs: Need, signable: bool = True) -> dict[str, PartContext]:
        part = PartContext(nonces=frozenset(("n",)), needs=needs, signable=signable)
        return {PART: part}

    alone = Need(need=1, exclude_requester=True)
    lead = Need(need=1, roles=("lead",))
    own = replace(STATEMENT, requester=BOB)
    key = KEYS[BOB]
    assert outcome(key, own, requester=BOB, parts=parts(alone)) == ("IRK421",)
    assert isinstance(outcome(key, own, requester=BOB, parts=parts(Need(need=1))), Vote)
    assert outcome(key, parts=parts(lead)) == ("IRK422",)
    assert isinstance(outcome(key, parts=parts(lead, Need(need=1, roles=("oncall",)))), Vote)
    assert isinstance(
        outcome(key, own, requester=BOB, parts=parts(alone, lead), break_glass=True), Vote
    )
    assert outcome(key, parts=parts(Need(need=1), signable=False)) == ("IRK425",)
    deny = replace(STATEMENT, decision=Decision.DENY)
    assert isinstance(outcome(key, deny, parts=parts(lead, signable=False)), Vote)
    assert isinstance(outcome(key, parts=parts()), Vote)


def test_diagnostics_name_a_way_out() -> None:
    """Every diagnostic of an approval has a summary with its details and a help line."""
    wrong = replace(STATEMENT, origin="x", run="y", nonce="z")
    found = check(wrong.canonical(), sign_statement(wrong, KEYS[BOB]), context(KEYS[BOB]))
    assert not isinstance(found, Vote)
    for diagnostic in found:
        assert "{}" not in diagnostic.summary
        assert diagnostic.help


def test_what_is_no_statement_or_signature() -> None:
    """Bytes that are no statement, and text that is no signature, are told first."""
    around = context(KEYS[BOB])
    signature = sign_statement(STATEMENT, KEYS[BOB])
    for data, sig, code in (
        (b"{}", signature, "IRK402"),
        (STATEMENT.canonical() + b" ", signature, "IRK402"),
        (STATEMENT.canonical(), b"", "IRK405"),
    ):
        found = check(data, sig, around)
        assert not isinstance(found, Vote)
        assert [one.code for one in found] == [code]


def test_line_for_another_namespace() -> None:
    """A key listed for other namespaces does not approve."""
    policy = Policy.from_json({"signers": [signer_line(BOB, KEYS[BOB], 'namespaces="git"')]})
    assert outcome(KEYS[BOB], policy=policy) == ("IRK401",)


def test_other_hash_is_refused() -> None:
    """A hash SSHSIG does not allow is refused before it is computed."""
    signed = SshSig.parse(sign_statement(STATEMENT, KEYS[BOB]))
    other = replace(signed, hash_algorithm="md5").armor()
    found = check(STATEMENT.canonical(), other, context(KEYS[BOB]))
    assert not isinstance(found, Vote)
    assert found[0].code == "IRK405"


def test_approval_file_round_trips(tmp_path: Path) -> None:
    """What an approver writes is what is read, byte for byte."""
    made = ApprovalFile(
        statement=STATEMENT,
        signature=sign_statement(STATEMENT, KEYS[BOB]).decode(),
        display=DISPLAY.decode(),
    )
    made.write(tmp_path / "bob.approval")
    read = ApprovalFile.read(tmp_path / "bob.approval")
    assert read == made
    found = check(read.statement.canonical(), read.signature.encode(), context(KEYS[BOB]))
    assert isinstance(found, Vote)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "other"},
        {"signature": 1},
        {"display": "another text"},
        {"statement": {"v": 1}},
        {"display": None},
    ],
)
def test_malformed_approval_files_are_refused(body: Any, tmp_path: Path) -> None:
    """A file of another type, without signature, or with another text is refused."""
    good: dict[str, Json] = {
        "type": "irkit.approval-file/v1",
        "statement": STATEMENT.to_json(),
        "signature": "x",
        "display": DISPLAY.decode(),
    }
    path = tmp_path / "a.approval"
    path.write_bytes(canonical({**good, **body}))
    with pytest.raises(IrkitError, match="IRK443"):
        ApprovalFile.read(path)
    for content in (b"", b"x" * 9_000_000):
        path.write_bytes(content)
        with pytest.raises(IrkitError, match="IRK443"):
            ApprovalFile.read(path)
    with pytest.raises(IrkitError, match="IRK443"):
        ApprovalFile.read(tmp_path / "none")
