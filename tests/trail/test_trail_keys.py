"""Trail keys by URI, the agent's protocol, blobs and redaction."""

import socket
import stat
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from trail_story import ORIGIN, Ticks

from irkit.canonical import JsonObject, digest_bytes
from irkit.diagnostics import IrkitError
from irkit.trail import wire
from irkit.trail.agent import Agent
from irkit.trail.blobs import BlobStore
from irkit.trail.journal import Journal
from irkit.trail.keys import AgentSigner, Signer, create_key_file, open_signer, public_pem
from irkit.trail.openings import Openings
from irkit.trail.record import Actor, Draft
from irkit.trail.redaction import Opening, redact
from irkit.trail.verify import verify

Tool = Callable[[str], str]


def test_key_file_round_trips(tmp_path: Path) -> None:
    """A new key file is for its owner alone, and opens to the same key."""
    made = create_key_file(tmp_path / "key")
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert open_signer("file:key", base=tmp_path).public == made.public
    with pytest.raises(IrkitError, match="IRK708"):
        create_key_file(tmp_path / "key")
    with pytest.raises(IrkitError, match="IRK708"):
        create_key_file(tmp_path / "none" / "key")


def test_raw_key_file(tmp_path: Path) -> None:
    """Thirty-two raw bytes are a key."""
    path = tmp_path / "raw"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    expected = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signer = open_signer(f"file:{path}", base=Path("/"))
    assert signer.public == expected.public_key().public_bytes_raw()
    assert signer.sign(b"m") == expected.sign(b"m")


@pytest.mark.parametrize("content", [b"x" * 31, b"-----BEGIN OPENSSH PRIVATE KEY-----\n"])
def test_unusable_key_files(content: bytes, tmp_path: Path) -> None:
    """A file that is no key, or that others can read, is refused."""
    path = tmp_path / "key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(IrkitError, match="IRK708"):
        open_signer("file:key", base=tmp_path)


def test_key_file_of_others(tmp_path: Path) -> None:
    """A key that the group can read is no secret; the message says what to do."""
    create_key_file(tmp_path / "key")
    (tmp_path / "key").chmod(0o640)
    with pytest.raises(IrkitError, match="chmod 600"):
        open_signer("file:key", base=tmp_path)
    with pytest.raises(IrkitError, match="IRK708"):
        open_signer("file:none", base=tmp_path)


def test_other_kinds_of_file_keys(tool: Tool, tmp_path: Path) -> None:
    """An ECDSA key does not sign checkpoints."""
    command = [tool("ssh-keygen"), "-q", "-t", "ecdsa", "-N", "", "-f", str(tmp_path / "key")]
    subprocess.run(command, check=True)
    with pytest.raises(IrkitError, match="not an Ed25519 key"):
        open_signer("file:key", base=tmp_path)


@pytest.mark.parametrize(
    ("uri", "said"),
    [("awskms:arn", "unknown"), ("pkcs11:token=x", "not supported yet"), ("x", "unknown")],
)
def test_other_schemes(uri: str, said: str, tmp_path: Path) -> None:
    """A scheme that is not there yet and one that is unknown are told apart."""
    with pytest.raises(IrkitError, match=f"IRK707.*{said}"):
        open_signer(uri, base=tmp_path)


def test_a_key_elsewhere_is_opened_by_whoever_reaches_it(tmp_path: Path) -> None:
    """They are given what stands after the scheme."""
    made = create_key_file(tmp_path / "key")
    asked: list[str] = []

    def reach(name: str) -> Signer:
        asked.append(name)
        return made

    assert open_signer("awskms:arn:x", base=tmp_path, elsewhere={"awskms": reach}) is made
    assert asked == ["arn:x"]


def add_key(tool: Tool, agent_socket: str, path: Path, kind: str) -> str:
    """Make a key, give it to the agent alone, and return its fingerprint."""
    command = [tool("ssh-keygen"), "-q", "-t", kind, "-N", "", "-f", str(path)]
    subprocess.run(command, check=True)
    subprocess.run(
        [tool("ssh-add"), "-q", str(path)], check=True, env={"SSH_AUTH_SOCK": agent_socket}
    )
    path.unlink()
    blob, _ = wire.parse_public_line(path.with_suffix(".pub").read_text())
    return wire.fingerprint(blob)


def test_agent_key_signs_a_trail(
    tool: Tool, agent_socket: str, tmp_path: Path, trail: Path
) -> None:
    """A trail is written with a key that never leaves a real ssh-agent."""
    fingerprint = add_key(tool, agent_socket, tmp_path / "key", "ed25519")
    signer = open_signer(f"agent:{fingerprint}", base=tmp_path, agent_socket=agent_socket)
    assert isinstance(signer, AgentSigner)
    with Journal.create(trail, origin=ORIGIN, signer=signer, policy={}, clock=Ticks()) as journal:
        actor = Actor(id="a", kind="person", auth="os-user")
        journal.append(Draft(type="note", actor=actor, body={}))
    assert verify(trail, deep=True).findings == ()


def test_agent_keys_of_other_kinds(tool: Tool, agent_socket: str, tmp_path: Path) -> None:
    """An agent key that is not Ed25519 is refused."""
    fingerprint = add_key(tool, agent_socket, tmp_path / "key", "ecdsa")
    with pytest.raises(IrkitError, match="IRK707"):
        open_signer(f"agent:{fingerprint}", base=tmp_path, agent_socket=agent_socket)


def identities(*blobs: bytes) -> bytes:
    """Return an agent's answer that lists keys."""
    listed = b"".join(wire.string(blob) + wire.string("c") for blob in blobs)
    return wire.string(b"\x0c" + wire.uint32(len(blobs)) + listed)


@pytest.fixture
def fake_agent(tmp_path: Path) -> Iterator[Callable[[bytes], str]]:
    """Return a function that serves one fixed answer on an agent's socket."""
    servers: list[socket.socket] = []

    def serve(answer: bytes) -> str:
        path = str(tmp_path / f"fake{len(servers)}")
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(4)
        servers.append(server)

        def run() -> None:
            try:
                while True:
                    connection, _ = server.accept()
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)
            except OSError:
                return

        threading.Thread(target=run, daemon=True).start()
        return path

    yield serve
    for server in servers:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def test_security_keys_do_not_sign_checkpoints(
    fake_agent: Callable[[bytes], str], tmp_path: Path
) -> None:
    """A security key in the agent is refused as a trail key: it wants a touch every time."""
    blob = wire.string(wire.SK_ED25519) + wire.string(bytes(32)) + wire.string("ssh:")
    path = fake_agent(identities(blob))
    with pytest.raises(IrkitError, match="touch"):
        open_signer(f"agent:{wire.fingerprint(blob)}", base=tmp_path, agent_socket=path)
    broken = b"\0\0\0\xff"
    path = fake_agent(identities(broken))
    with pytest.raises(IrkitError, match="malformed"):
        open_signer(f"agent:{wire.fingerprint(broken)}", base=tmp_path, agent_socket=path)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        wire.string(b""),
        wire.string(b"\x05"),
        b"\xff\xff\xff\xff",
        wire.string(b"\x0c\0\0\0\x09"),
        wire.string(b"\x0e\0\0\0\x09"),
    ],
)
def test_odd_answers_of_an_agent(answer: bytes, fake_agent: Callable[[bytes], str]) -> None:
    """An agent that refuses, hangs up or answers nonsense is a diagnostic."""
    agent = Agent(path=fake_agent(answer))
    for ask in (agent.identities, lambda: agent.sign(b"k", b"d")):
        with pytest.raises(IrkitError, match="IRK709"):
            ask()


def test_pem_is_what_openssl_reads(tool: Tool, tmp_path: Path) -> None:
    """The PEM text of a trail key verifies one of its signatures with stock openssl."""
    signer = create_key_file(tmp_path / "key")
    (tmp_path / "pem").write_text(public_pem(signer.public))
    (tmp_path / "text").write_bytes(b"message")
    (tmp_path / "sig").write_bytes(signer.sign(b"message"))
    command = [tool("openssl"), "pkeyutl", "-verify", "-pubin", "-inkey", "pem", "-rawin"]
    command += ["-in", "text", "-sigfile", "sig"]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)


def test_blobs_are_kept_once_and_checked(tmp_path: Path) -> None:
    """A blob is found by its digest, is read-only, and an altered one is not handed out."""
    store = BlobStore(tmp_path)
    digest = store.put(b"evidence")
    assert digest == digest_bytes(b"evidence") == store.put(b"evidence")
    assert store.get(digest) == b"evidence"
    path = store.path(digest)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == [path]
    path.chmod(0o600)
    path.write_bytes(b"evidenc3")
    with pytest.raises(IrkitError, match="altered"):
        store.get(digest)
    path.unlink()
    with pytest.raises(IrkitError, match="missing"):
        store.get(digest)
    for name in ("sha256:../x", "md5:00", "sha256:" + "A" * 64):
        with pytest.raises(IrkitError, match="IRK710"):
            store.get(name)


BODY: JsonObject = {"values": {"email": "alice@acme", "a/b": [1, {"~": "deep"}]}, "step": "ask"}


def test_redacted_values_can_be_opened_by_who_holds_the_opening() -> None:
    """Commitments take the values' places; only path, value and salt together open them."""
    paths = ("/values/email", "/values/a~1b/1/~0")
    body, openings = redact(BODY, paths)
    assert "alice" not in str(body)
    assert "deep" not in str(body)
    assert body["step"] == "ask"
    values = body["values"]
    assert isinstance(values, dict)
    commitment = values["email"]
    first, second = openings
    assert first.opens(commitment)
    assert not second.opens(commitment)
    for other in (
        Opening(path="/values/name", value=first.value, salt=first.salt),
        Opening(path=first.path, value="bob@acme", salt=first.salt),
        Opening(path=first.path, value=first.value, salt=bytes(32)),
        Opening(path=first.path, value=first.value, salt=b""),
    ):
        assert not other.opens(commitment)
    assert Opening.decode(first.encode()) == first


def test_salts_are_per_value() -> None:
    """The same value at the same place never gives the same commitment twice."""
    bodies = {str(redact(BODY, ("/values/email",))[0]) for _ in range(5)}
    assert len(bodies) == 5


@pytest.mark.parametrize("path", ["", "/none", "/values/a~1b/7", "/step/x", "/values/a~1b/x"])
def test_nothing_to_redact(path: str) -> None:
    """A pointer that leads nowhere is told."""
    with pytest.raises(IrkitError, match="IRK741"):
        redact(BODY, (path,))


def test_openings_are_encrypted_and_destroyed(tmp_path: Path) -> None:
    """Openings lie encrypted; destroying one forgets its value for good."""
    openings = Openings(tmp_path / "openings", tmp_path / "keys" / "openings")
    _, (opening,) = redact(BODY, ("/values/email",))
    commitment = opening.commitment()
    openings.put((opening,))
    (path,) = (tmp_path / "openings").iterdir()
    assert b"alice" not in path.read_bytes()
    assert openings.get(commitment) == opening
    (tmp_path / "other").write_bytes(bytes(32))
    with pytest.raises(IrkitError, match="IRK740"):
        Openings(tmp_path / "openings", tmp_path / "other").get(commitment)
    with pytest.raises(IrkitError, match="IRK740"):
        openings.get({"$c": 1})
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IrkitError, match="altered"):
        openings.get(commitment)
    openings.destroy(commitment)
    openings.destroy(commitment)
    with pytest.raises(IrkitError, match="destroyed"):
        openings.get(commitment)


@pytest.mark.parametrize("data", [b"", b"[]", b'{"path":1,"salt":"","value":1}', b'{"path":"/x"}'])
def test_malformed_openings(data: bytes) -> None:
    """What is handed over and is no opening is refused."""
    with pytest.raises(IrkitError, match="IRK740"):
        Opening.decode(data)
