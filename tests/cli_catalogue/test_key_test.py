"""Proving that a person can sign: what would count, and every reason why it would not."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from irkit.diagnostics import IrkitError
from irkit.engine.key_test import Rules, prove
from irkit.trail import wire
from irkit.trail.allowed_signers import Signer, parse_line
from irkit.trail.signing_keys import FileKey, SigningKey

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
BOB = "bob@acme"
TOUCHED, VERIFIED = 0x01, 0x04


@dataclass
class SecurityKey:
    """A security key in software: what it asserts about its user is its maker's to say."""

    private: Ed25519PrivateKey
    flags: int
    application: str = "ssh:"

    @property
    def blob(self) -> bytes:
        """The public-key blob."""
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return wire.string(wire.SK_ED25519) + wire.string(public) + wire.string(self.application)

    def sign(self, message: bytes) -> bytes:
        """Return the SSH signature blob over `message`."""
        counter = wire.uint32(7)
        data = b"".join(
            (
                hashlib.sha256(self.application.encode()).digest(),
                bytes((self.flags,)),
                counter,
                hashlib.sha256(message).digest(),
            )
        )
        signature = self.private.sign(data)
        return (
            wire.string(wire.SK_ED25519) + wire.string(signature) + bytes((self.flags,)) + counter
        )


def listed(key: SigningKey, options: str = "") -> tuple[Signer, ...]:
    """Return the line that lists the key."""
    return (parse_line(f"{BOB} {options} {wire.public_line(key.blob)}".replace("  ", " ")),)


def rules(**more: bool) -> Rules:
    """Return what a live workspace asks."""
    return Rules(mode="live", revoked={}, **more)


def refusals(key: SigningKey, signers: tuple[Signer, ...], asked: Rules) -> list[str]:
    """Return why the key would not count."""
    with pytest.raises(IrkitError) as caught:
        prove(BOB, key, signers, asked, NOW)
    assert {item.code for item in caught.value.diagnostics} == {"IRK472"}
    return [item.summary for item in caught.value.diagnostics]


def test_a_file_key_that_is_listed_counts() -> None:
    """Nothing is said about touch where there is nothing to touch."""
    key = FileKey(private=Ed25519PrivateKey.generate())
    proof = prove(BOB, key, listed(key), rules(), NOW)
    assert (proof.fingerprint, proof.touched) == (wire.fingerprint(key.blob), None)


def test_a_touched_security_key_counts() -> None:
    """Its word about touch and PIN is passed on."""
    key = SecurityKey(Ed25519PrivateKey.generate(), TOUCHED | VERIFIED)
    proof = prove(BOB, key, listed(key), rules(user_verification=True), NOW)
    assert (proof.kind, proof.touched, proof.verified) == (wire.SK_ED25519, True, True)


def test_an_untouched_security_key_does_not_count() -> None:
    """Stock `ssh-keygen` would accept it; the policy asks for a touch and for a PIN."""
    key = SecurityKey(Ed25519PrivateKey.generate(), 0)
    told = refusals(key, listed(key), rules(user_verification=True))
    assert ["touched" in told[0], "PIN" in told[1]] == [True, True]
    assert prove(BOB, key, listed(key), rules(user_presence=False), NOW).touched is False


def test_somebody_elses_key_does_not_count() -> None:
    """The key has to be one of this person's."""
    key, other = (FileKey(private=Ed25519PrivateKey.generate()) for _ in range(2))
    assert "not one of bob@acme's" in refusals(key, listed(other), rules())[0]


def test_a_line_for_drills_does_not_count_live() -> None:
    """Namespaces keep exercises apart."""
    key = FileKey(private=Ed25519PrivateKey.generate())
    signers = listed(key, 'namespaces="irkit.drill-approval.v1"')
    assert "irkit.approval.v1" in refusals(key, signers, rules())[0]
    drill = Rules(mode="drill", revoked={})
    assert prove(BOB, key, signers, drill, NOW).name == BOB


@pytest.mark.parametrize("option", ['valid-before="20200101Z"', 'valid-after="20300101Z"'])
def test_a_line_outside_its_time_does_not_count(option: str) -> None:
    """Expired and not valid yet are both found before the night."""
    key = FileKey(private=Ed25519PrivateKey.generate())
    assert "not valid now" in refusals(key, listed(key, option), rules())[0]


def test_a_revoked_key_does_not_count() -> None:
    """Whatever its line says."""
    key = FileKey(private=Ed25519PrivateKey.generate())
    revoked = {wire.fingerprint(key.blob): NOW - timedelta(days=1)}
    asked = Rules(mode="live", revoked=revoked)
    assert "was revoked" in refusals(key, listed(key), asked)[0]


def test_a_key_that_signs_something_else_does_not_count() -> None:
    """A broken agent or token is found out."""

    class Broken(FileKey):
        def sign(self, message: bytes) -> bytes:
            return super().sign(message + b"!")

    key = Broken(private=Ed25519PrivateKey.generate())
    assert "is wrong" in refusals(key, listed(key), rules())[0]
