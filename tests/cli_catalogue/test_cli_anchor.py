"""`irkit trail anchor`: a time stamp authority and a witness remember the head of the trail."""

import base64
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from catalogue_workspace import ALICE, BOB, Desk
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from time_stamp_authority import Authority, openssl, serving

from irkit.trail.note import Note, NoteSignature
from irkit.trail.witness import ED25519_COSIGNATURE, WitnessKey


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    """Run an authority."""
    with serving(tmp_path / "tsa") as running:
        yield running


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A workspace with a trail."""
    desk.sealed(ALICE, BOB)
    return desk


def test_a_time_stamp_anchors_the_trail(kept: Desk, authority: Authority) -> None:
    """The authority's certificate beside the approvers makes its stamps count."""
    url, root = authority.url, authority.root
    (kept.root / "approvers/tsa-roots.pem").write_bytes(root.read_bytes())
    said = kept.ask("trail", "anchor", "--tsa", url)
    assert (said.code, said.json["kind"], said.json["source"]) == (0, "rfc3161", url)
    verified = kept.ask("trail", "verify")
    assert (verified.code, verified.json["outcome"]) == (0, "anchored")
    assert verified.json["findings"] == []
    kept.ask("case", "open")
    assert kept.ask("trail", "verify").json["outcome"] == "consistent but not anchored"


def test_a_stamp_by_somebody_else_does_not_count(kept: Desk, authority: Authority) -> None:
    """A stamp that is kept and is not signed under the trusted roots is a finding."""
    url, root = authority.url, authority.root
    other = kept.keys / "other.pem"
    openssl(root.parent, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
            "-nodes", "-config", "config", "-keyout", "other.key", "-out", str(other),
            "-subj", "/CN=other", "-extensions", "ca", "-days", "30")  # fmt: skip
    assert kept.ask("trail", "anchor", "--tsa", url, "--tsa-roots", str(root)).code == 0
    said = kept.ask("trail", "verify", "--tsa-roots", str(other))
    assert (said.code, said.json["findings"][0]["code"]) == (7, "anchor.invalid")
    refused = kept.ask("trail", "anchor", "--tsa", url, "--tsa-roots", str(other))
    assert refused.codes == ("IRK721",)


class Witness:
    """Somebody outside who cosigns heads."""

    def __init__(self) -> None:
        """Make a key."""
        self.private = Ed25519PrivateKey.generate()
        public = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key = WitnessKey(name="witness.example/w1", public=public)

    @property
    def line(self) -> str:
        """The key as it is written down."""
        encoded = base64.b64encode(ED25519_COSIGNATURE + self.key.public).decode()
        return f"{self.key.name}+{self.key.key_hash.hex()}+{encoded}"

    def cosign(self, text: str) -> str:
        """Return the note with the witness's line under it."""
        note = Note.parse(text)
        at = int(time.time())
        message = f"cosignature/v1\ntime {at}\n{note.text}".encode()
        signature = at.to_bytes(8, "big") + self.private.sign(message)
        line = NoteSignature(name=self.key.name, key_hash=self.key.key_hash, signature=signature)
        return str(Note(text=note.text, signatures=(*note.signatures, line)))


def test_a_witness_anchors_the_trail(kept: Desk, tmp_path: Path) -> None:
    """A head that a known witness signed is taken in and counts."""
    witness, path = Witness(), tmp_path / "note"
    path.write_text(witness.cosign(kept.run("trail", "anchor").out))
    assert kept.ask("trail", "anchor", "--file", str(path)).codes == ("IRK726",)
    (kept.root / "approvers/witnesses").write_text(f"# who watches\n{witness.line}\n")
    assert kept.ask("trail", "verify").json["outcome"] == "consistent but not anchored"
    said = kept.ask("trail", "anchor", "--file", str(path))
    assert (said.code, said.json["source"]) == (0, "witness.example/w1")
    assert kept.ask("trail", "verify").json["outcome"] == "anchored"


def test_a_head_of_another_history_is_shown_as_that(kept: Desk, tmp_path: Path) -> None:
    """A witness who saw another history under the same name and key has seen a fork."""
    witness, path = Witness(), tmp_path / "note"
    (kept.root / "approvers/witnesses").write_text(f"{witness.line}\n")
    kept.ask("case", "open", "red-fox")
    path.write_text(witness.cosign(kept.run("trail", "anchor").out))
    journal = kept.root / ".irkit/trail/journal.jsonl"
    lines = journal.read_bytes().split(b"\n")
    journal.write_bytes(b"\n".join(lines[:2]) + b"\n")
    kept.ask("case", "open", "blue-fox")
    assert kept.ask("trail", "anchor", "--file", str(path)).codes == ("IRK725",)
    assert kept.ask("trail", "verify", "--anchor", str(path)).json["findings"][0]["code"] == (
        "anchor.fork"
    )


@pytest.fixture
def agent(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A real ssh-agent that holds one approver's key."""
    socket = f"{desk.keys}/agent"
    with subprocess.Popen(
        ["ssh-agent", "-D", "-a", socket], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        monkeypatch.setenv("SSH_AUTH_SOCK", socket)
        subprocess.run(["ssh-add", "-q", str(desk.key(BOB))], check=True)
        yield desk
        process.terminate()


def test_a_key_in_the_agent_is_found_tested_and_signs_a_policy(agent: Desk) -> None:
    """A person whose key is in the agent needs to name no file."""
    agent.sealed(BOB)
    said = agent.ask("approvers", "test", BOB)
    assert (said.code, said.json["state"]) == (0, "in force")
    agent.enrol(ALICE)
    fingerprint = str(said.json["fingerprint"])
    assert agent.ask("approvers", "seal", "--yes", "--key", fingerprint, who=BOB).code == 0
