"""SSHSIG: the published vectors, and stock ssh-keygen on the other side, both ways."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from irkit.diagnostics import IrkitError
from irkit.secret import Secret
from irkit.trail import wire
from irkit.trail.signing_keys import AgentKey, load_signing_key
from irkit.trail.ssh_verify import SignatureError
from irkit.trail.sshsig import SshSig, sign

KINDS = ("ed25519", "ecdsa", "ed25519_sk", "ecdsa_sk", "ecdsa_sk_webauthn")
NAMESPACE = "irkit.approval.v1"
Tool = Callable[[str], str]


def make_key(tool: Tool, path: Path, kind: str, passphrase: str = "") -> Path:
    """Make a key with stock ssh-keygen."""
    bits = {"rsa": ["-b", "2048"], "ecdsa": ["-b", "256"]}.get(kind, [])
    subprocess.run(
        [tool("ssh-keygen"), "-q", "-t", kind, *bits, "-N", passphrase, "-C", "bob", "-f", path],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_published_signatures_verify(kind: str, vectors: Callable[[str], Path]) -> None:
    """Every published kind of signature verifies under its own key and namespace."""
    folder = vectors("sshsig")
    signed = SshSig.parse((folder / f"{kind}.sig").read_bytes())
    blob, _ = wire.parse_public_line((folder / f"{kind}.pub").read_text())
    assertion = signed.verify((folder / "signed-data").read_bytes())
    assert (signed.key, signed.namespace) == (blob, "unittest")
    assert (assertion is not None) == ("_sk" in kind)


@pytest.mark.parametrize("kind", KINDS)
def test_published_signatures_fail_for_other_data(
    kind: str, vectors: Callable[[str], Path]
) -> None:
    """One more byte in the message makes every kind of signature fail."""
    folder = vectors("sshsig")
    signed = SshSig.parse((folder / f"{kind}.sig").read_bytes())
    with pytest.raises(SignatureError):
        signed.verify((folder / "signed-data").read_bytes() + b"x")


@pytest.mark.parametrize("kind", KINDS)
def test_armor_round_trips(kind: str, vectors: Callable[[str], Path]) -> None:
    """Parsing and armoring again gives the published file, byte for byte."""
    data = (vectors("sshsig") / f"{kind}.sig").read_bytes()
    assert SshSig.parse(data).armor() == data


def test_webauthn_assertion_tells_flags_and_origin(vectors: Callable[[str], Path]) -> None:
    """A browser's assertion says which page asked for it and that the user was present."""
    folder = vectors("sshsig")
    signed = SshSig.parse((folder / "ecdsa_sk_webauthn.sig").read_bytes())
    assertion = signed.verify((folder / "signed-data").read_bytes())
    assert assertion is not None
    assert assertion.origin == "https://www.mindrot.org"
    assert assertion.application == "mindrot.org"
    assert assertion.user_present


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_ssh_keygen_accepts_our_signatures(kind: str, tool: Tool, tmp_path: Path) -> None:
    """Stock `ssh-keygen -Y verify` accepts what we sign with every kind of file key."""
    key = load_signing_key(str(make_key(tool, tmp_path / "key", kind)))
    (tmp_path / "sig").write_bytes(sign(b"message", key=key, namespace=NAMESPACE))
    (tmp_path / "allowed").write_text(f"bob@acme {wire.public_line(key.blob)}\n")
    command = [tool("ssh-keygen"), "-Y", "verify", "-f", str(tmp_path / "allowed")]
    command += ["-I", "bob@acme", "-n", NAMESPACE, "-s", str(tmp_path / "sig")]
    done = subprocess.run(command, input=b"message", capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    other = subprocess.run(command, input=b"another", capture_output=True, check=False)
    assert other.returncode != 0


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_we_accept_ssh_keygens_signatures(kind: str, tool: Tool, tmp_path: Path) -> None:
    """We accept what stock `ssh-keygen -Y sign` signs, and only for what was signed."""
    path = make_key(tool, tmp_path / "key", kind)
    done = subprocess.run(
        [tool("ssh-keygen"), "-Y", "sign", "-f", path, "-n", NAMESPACE],
        input=b"message",
        capture_output=True,
        check=True,
    )
    signed = SshSig.parse(done.stdout)
    assert signed.verify(b"message") is None
    assert signed.namespace == NAMESPACE
    with pytest.raises(SignatureError, match="does not verify"):
        signed.verify(b"other")


def test_passphrase_is_asked_for_and_used(tool: Tool, tmp_path: Path) -> None:
    """An encrypted key opens with its passphrase and says so without or with a wrong one."""
    path = make_key(tool, tmp_path / "key", "ed25519", passphrase="correct horse")
    key = load_signing_key(str(path), passphrase=Secret("correct horse"))
    assert SshSig.parse(sign(b"m", key=key, namespace=NAMESPACE)).verify(b"m") is None
    for passphrase in (None, Secret("wrong")):
        with pytest.raises(IrkitError, match="IRK441"):
            load_signing_key(str(path), passphrase=passphrase)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_agent_signs(kind: str, tool: Tool, tmp_path: Path, agent_socket: str) -> None:
    """A key in a real ssh-agent signs, named by its fingerprint or its public file."""
    path = make_key(tool, tmp_path / "key", kind)
    subprocess.run([tool("ssh-add"), "-q", path], check=True, env={"SSH_AUTH_SOCK": agent_socket})
    path.unlink()
    by_file = load_signing_key(f"{path}.pub", agent_socket=agent_socket)
    assert isinstance(by_file, AgentKey)
    by_name = load_signing_key(wire.fingerprint(by_file.blob), agent_socket=agent_socket)
    signed = SshSig.parse(sign(b"m", key=by_name, namespace=NAMESPACE))
    assert signed.verify(b"m") is None
    assert signed.key == by_file.blob


def test_agent_without_the_key_says_so(agent_socket: str) -> None:
    """A fingerprint the agent does not hold is a diagnostic, not a crash."""
    with pytest.raises(IrkitError, match=r"IRK709.*does not hold"):
        load_signing_key("SHA256:nothing", agent_socket=agent_socket)


def test_missing_agent_says_so(tmp_path: Path) -> None:
    """Neither an unset nor a dead agent socket goes unnoticed."""
    with pytest.raises(IrkitError, match="SSH_AUTH_SOCK"):
        load_signing_key("SHA256:nothing")
    with pytest.raises(IrkitError, match="does not answer"):
        load_signing_key("SHA256:nothing", agent_socket=str(tmp_path / "none"))


def test_other_curves_are_refused(tool: Tool, tmp_path: Path) -> None:
    """A P-384 key is not accepted for approvals."""
    path = tmp_path / "key"
    subprocess.run(
        [tool("ssh-keygen"), "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", path], check=True
    )
    with pytest.raises(IrkitError, match="IRK440"):
        load_signing_key(str(path))


@pytest.mark.parametrize(
    "armored",
    [b"", b"x", b"-----BEGIN SSH SIGNATURE-----\n!!\n-----END SSH SIGNATURE-----", b"\xff\xfe"],
)
def test_malformed_armor_is_refused(armored: bytes) -> None:
    """Text that is no signature is refused, not parsed half."""
    with pytest.raises(SignatureError):
        SshSig.parse(armored)


def test_every_flipped_byte_is_noticed(vectors: Callable[[str], Path]) -> None:
    """No byte of a webauthn signature's blob can be changed without making it fail."""
    folder = vectors("sshsig")
    signed = SshSig.parse((folder / "ecdsa_sk_webauthn.sig").read_bytes())
    message = (folder / "signed-data").read_bytes()
    for position in range(len(signed.signature)):
        blob = bytearray(signed.signature)
        blob[position] ^= 1
        altered = SshSig(
            key=signed.key,
            namespace=signed.namespace,
            hash_algorithm=signed.hash_algorithm,
            signature=bytes(blob),
        )
        with pytest.raises(SignatureError):
            altered.verify(message)
