"""allowed_signers files, read strictly, and keys that must not be enrolled."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from trail_story import BOB, CAROL, KEYS

from irkit.canonical import Json
from irkit.trail import wire
from irkit.trail.allowed_signers import parse_allowed_signers, parse_line
from irkit.trail.policy import Policy, PolicyError
from irkit.trail.ssh_verify import SignatureError, verify_blob
from irkit.trail.weak_keys import _SMALL_ORDER, is_weak

BOBS = wire.public_line(KEYS[BOB].blob)
CAROLS = wire.public_line(KEYS[CAROL].blob)
PRIME = 2**255 - 19
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME


def codes(text: str) -> list[str]:
    """Return the codes of what is wrong with a file."""
    return [diagnostic.code for diagnostic in parse_allowed_signers(text)[1]]


def test_file_is_read() -> None:
    """Names, options, keys and comments are read; comments and empty lines are skipped."""
    options = 'namespaces="irkit.*,git",valid-after="20260101Z",valid-before="202612310305Z"'
    text = f"# approvers\n\n{BOB} {options} {BOBS} bob's laptop\n{CAROL} {CAROLS}\n"
    (bob, carol), wrong = parse_allowed_signers(text)
    assert wrong == ()
    assert (bob.principals, bob.comment) == ((BOB,), "bob's laptop")
    assert bob.fingerprint == wire.fingerprint(KEYS[BOB].blob)
    assert bob.allows("irkit.approval.v1")
    assert not bob.allows("file")
    assert carol.allows("anything")
    assert bob.valid_after == datetime(2026, 1, 1, tzinfo=UTC)
    assert bob.valid_at(datetime(2026, 12, 31, 3, 4, 59, tzinfo=UTC))
    assert not bob.valid_at(datetime(2026, 12, 31, 3, 5, tzinfo=UTC))
    assert not bob.valid_at(datetime(2025, 12, 31, tzinfo=UTC))
    assert carol.valid_at(datetime.now(UTC))
    assert not bob.is_security_key


BAD = {
    "no key": (f"{BOB} ssh-ed25519", "IRK450"),
    "no base64": (f"{BOB} ssh-ed25519 AAAA!", "IRK450"),
    "truncated": (f"{BOB} {BOBS[:-8]}", "IRK450"),
    "other label": (f"{BOB} {BOBS.replace('ssh-ed25519', 'ssh-rsa')}", "IRK450"),
    "pattern": (f"*@acme {BOBS}", "IRK450"),
    "empty name": (f"{BOB}, {BOBS}", "IRK450"),
    "unknown option": (f'{BOB} verify-required="x" {BOBS}', "IRK450"),
    "option without value": (f"{BOB} namespaces {BOBS}", "IRK450"),
    "options run together": (f'{BOB} namespaces="a"valid-after="20260101Z" {BOBS}', "IRK450"),
    "local time": (f'{BOB} valid-after="20260101" {BOBS}', "IRK450"),
    "no such time": (f'{BOB} valid-after="20261301Z" {BOBS}', "IRK450"),
    "authority": (f"{BOB} cert-authority {BOBS}", "IRK451"),
    "only a key": (BOBS, "IRK450"),
}


@pytest.mark.parametrize("name", BAD)
def test_malformed_lines_are_told_with_their_place(name: str) -> None:
    """Each malformed line is a diagnostic at its line, and the other lines are still read."""
    line, code = BAD[name]
    signers, wrong = parse_allowed_signers(f"{CAROL} {CAROLS}\n{line}\n", file="approvers/x")
    assert [signer.principals for signer in signers] == [(CAROL,)]
    (diagnostic,) = wrong
    assert diagnostic.code == code
    assert diagnostic.at is not None
    assert (diagnostic.at.span.file, diagnostic.at.span.line) == ("approvers/x", 2)


def test_old_key_types_are_refused() -> None:
    """DSA keys and certificates are not accepted."""
    blob = wire.string("ssh-dss") + wire.string(b"x")
    assert codes(f"{BOB} {wire.public_line(blob)}") == ["IRK453"]


def test_one_key_for_two_people_is_told() -> None:
    """A key shared by two names would make one person a quorum."""
    assert codes(f"{BOB} {BOBS}\n{CAROL} {BOBS}\n") == ["IRK454"]
    assert codes(f"{BOB},{CAROL} {BOBS}\n") == ["IRK454"]
    assert codes(f"{BOB} {BOBS}\n{BOB} {CAROLS}\n") == []


def multiply(point: tuple[int, int], factor: int) -> tuple[int, int]:
    """Multiply a point of the Edwards curve, by the book."""
    result = (0, 1)
    for _ in range(factor):
        (x1, y1), (x2, y2) = result, point
        product = CURVE_D * x1 * x2 * y1 * y2
        result = (
            (x1 * y2 + x2 * y1) * pow(1 + product, -1, PRIME) % PRIME,
            (y1 * y2 + x1 * x2) * pow(1 - product, -1, PRIME) % PRIME,
        )
    return result


def x_of(y: int) -> int:
    """Return an x of the curve for `y`."""
    square = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    root = pow(square, (PRIME + 3) // 8, PRIME)
    if root * root % PRIME != square:
        root = root * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    assert root * root % PRIME == square
    return root


def test_weak_points_have_small_order() -> None:
    """Every reduced point on the list is of order 1, 2, 4 or 8, and all eight are on it."""
    points = set()
    for y in (y for y in _SMALL_ORDER if y < PRIME):
        x = x_of(y)
        assert multiply((x, y), 8) == (0, 1)
        points |= {(x, y), (-x % PRIME, y)}
    assert len(points) == 8


@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_weak_keys_cannot_be_enrolled(sign: int) -> None:
    """A line with a key of small order is refused, in plain and security-key form."""
    for y in (0, 1, PRIME - 1, PRIME, PRIME + 1):
        public = (y | sign).to_bytes(32, "little")
        assert is_weak(public)
        plain = wire.string(wire.ED25519) + wire.string(public)
        key = wire.string(wire.SK_ED25519) + wire.string(public) + wire.string("ssh:")
        assert codes(f"{BOB} {wire.public_line(plain)}") == ["IRK452"]
        assert codes(f"{BOB} {wire.public_line(key)}") == ["IRK452"]


def test_ordinary_keys_are_not_weak() -> None:
    """Real keys are not on the list."""
    for key in KEYS.values():
        public = key.private.public_key()
        assert isinstance(public, Ed25519PublicKey)
        assert not is_weak(public.public_bytes_raw())


def test_published_ed25519_vectors(vectors: Callable[[str], Path]) -> None:
    """Signatures of the published vectors verify, or not, as published."""
    content = json.loads((vectors("wycheproof") / "ed25519_test.json").read_text())
    count = 0
    for group in content["testGroups"]:
        public = bytes.fromhex(group["publicKey"]["pk"])
        blob = wire.string(wire.ED25519) + wire.string(public)
        for test in group["tests"]:
            signature = wire.string(wire.ED25519) + wire.string(bytes.fromhex(test["sig"]))
            try:
                verify_blob(blob, signature, bytes.fromhex(test["msg"]))
                verdict = "valid"
            except SignatureError:
                verdict = "invalid"
            assert verdict == test["result"], test["tcId"]
            count += 1
    assert count == content["numberOfTests"]


def test_policy_is_read() -> None:
    """A policy's signers, roles, revocations and rules are read from its JSON."""
    policy = Policy.from_json(
        {
            "v": 1,
            "mode": "live",
            "signers": [f"{BOB} {BOBS}", {"line": f"{CAROL} {CAROLS}"}],
            "roles": {"lead": [BOB], "oncall": [CAROL, BOB]},
            "revoked": {"SHA256:x": "2026-11-24T03:05:00.000Z"},
            "rules": {
                "change": {"need": 3, "roles": ["lead"], "valid_s": 60},
                "security_keys": {"user_verification": True},
                "webauthn_origins": ["https://irkit.acme"],
            },
            "approvals": {"anything": ["of", "others"]},
        }
    )
    assert policy.roles_of(BOB) == ("lead", "oncall")
    assert [signer.principals for signer in policy.keys_of(CAROL)] == [(CAROL,)]
    assert policy.keys_of("eve") == ()
    assert (policy.change.need, policy.change.roles) == (3, ("lead",))
    assert (policy.user_presence, policy.user_verification) == (True, True)
    assert policy.webauthn_origins == ("https://irkit.acme",)


def test_policy_change_needs_two_where_there_are_two() -> None:
    """Without a rule a new policy needs two people, or as many as there are."""
    lines: list[Json] = [f"{BOB} {BOBS}", f"{CAROL} {CAROLS}"]
    needs = [Policy.from_json({"signers": lines[:n]}).change.need for n in range(3)]
    assert needs == [0, 1, 2]


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"signers": "x"},
        {"signers": ["x"]},
        {"signers": [{"line": f"{BOB} {BOBS}", "fingerprint": "SHA256:other"}]},
        {"roles": []},
        {"roles": {"lead": "bob"}},
        {"rules": {"change": {"need": -1}}},
        {"rules": {"change": {"need": 1, "valid_s": 0}}},
        {"revoked": {"SHA256:x": "soon"}},
    ],
)
def test_malformed_policies_are_refused(body: object) -> None:
    """A policy with a malformed member that matters is refused as a whole."""
    with pytest.raises(PolicyError):
        Policy.from_json(body)  # type: ignore[arg-type]  # malformed on purpose


def test_line_with_quoted_space() -> None:
    """A quoted value may hold a space."""
    signer = parse_line(f'{BOB} namespaces="a b" {BOBS}')
    assert signer.namespaces == ("a b",)


def test_wire_refuses_what_is_malformed() -> None:
    """Lengths beyond the data, rests, negative numbers and odd texts are refused."""
    for data in (b"", b"\0\0\0\5ab", b"\xff\xff\xff\xff"):
        with pytest.raises(wire.WireError):
            wire.Reader(data).string()
    with pytest.raises(wire.WireError):
        wire.Reader(b"x").end()
    for number in (b"\x80", b"\x00\x01"):
        with pytest.raises(wire.WireError):
            wire.Reader(wire.string(number)).mpint()
    with pytest.raises(wire.WireError):
        wire.Reader(wire.string(b"\xff")).text()
    with pytest.raises(wire.WireError):
        wire.parse_public_line("ssh-ed25519 " + base64.b64encode(b"\0\0").decode())
