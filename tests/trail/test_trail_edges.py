"""What is malformed, missing or of another version: found, and never taken for good."""

import base64
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from trail_story import (
    BOB,
    CONTAIN,
    KEYS,
    RUN,
    Story,
    Ticks,
    make_change,
    make_part,
    make_policy,
    placed,
    rebuild,
    records_of,
)

from irkit.canonical import Json, JsonObject, canonical, digest
from irkit.diagnostics import IrkitError
from irkit.secret import Secret
from irkit.trail import wire
from irkit.trail.anchors import load_anchors
from irkit.trail.approvals import sign_statement
from irkit.trail.blobs import BlobStore
from irkit.trail.export import export_run
from irkit.trail.journal import Journal
from irkit.trail.keys import FileSigner
from irkit.trail.layout import Layout
from irkit.trail.plan_content import ContentError, expand, fits, read_part
from irkit.trail.signing_keys import FileKey, load_signing_key
from irkit.trail.ssh_verify import SignatureError, verify_blob
from irkit.trail.sshsig import SshSig
from irkit.trail.verdict import Verdict
from irkit.trail.verify import verify

Tool = Callable[[str], str]


@pytest.fixture
def story(trail: Path, signer: FileSigner, clock: Ticks) -> Story:
    """Begin a trail."""
    return Story.begin(trail, signer, clock)


def codes(trail: Path) -> list[str]:
    """Return the codes of what verification finds."""
    return [finding.code for finding in verify(trail).findings]


def propose(story: Story, content: Json, **changed: Json) -> None:
    """Propose a plan with any content and any body."""
    body: dict[str, Json] = {
        "header": digest(story.header),
        "parts": [],
        "plan": content,
        "nonce": "n",
        "requester": story.requester,
    }
    body |= changed
    story.add("plan.proposed", {**body, **story.request(body)})


PLANS: dict[str, tuple[Json, dict[str, Json], str]] = {
    "no plan": (None, {}, "plan.malformed"),
    "plan is a list": ([], {}, "plan.malformed"),
    "blob is gone": ({"$blob": "sha256:" + "0" * 64, "size": 1}, {}, "blob.missing"),
    "part is a list": ({"header": {}, "parts": [[]]}, {}, "plan.malformed"),
    "part without steps": ({"header": {}, "parts": [{"id": "x"}]}, {}, "plan.malformed"),
    "no nonce": ({"header": {}, "parts": []}, {"nonce": ""}, "plan.nonce"),
    "other mode": ({"header": {"mode": "drill"}, "parts": []}, {}, "plan.mode"),
    "other requester": ({"header": {}, "parts": []}, {"requester": "eve"}, "plan.requester"),
}


@pytest.mark.parametrize("name", PLANS)
def test_malformed_plans_are_found(name: str, trail: Path, story: Story) -> None:
    """A plan that is missing, malformed or of another run is a finding at its record."""
    content, changed, code = PLANS[name]
    story.open()
    propose(story, content, **changed)
    assert code in codes(trail)


def test_plan_inline_and_twice(trail: Path, story: Story) -> None:
    """A plan may stand in its record; a second one of the same run is found."""
    story.open()
    content: JsonObject = {"v": 1, "header": story.header, "parts": []}
    propose(story, content)
    assert codes(trail) == []
    propose(story, content)
    assert codes(trail) == ["plan.repeated"]


def test_records_of_a_run_that_was_not_opened(trail: Path, story: Story) -> None:
    """Plans, approvals and break-glass without a run are found, and so is opening twice."""
    propose(story, {})
    story.add("breakglass.used", {"by": BOB})
    assert codes(trail).count("run.not-opened") == 3
    story.run = "other"
    story.open()
    story.open()
    assert "run.opened" in codes(trail)


def test_approval_before_the_plan(trail: Path, story: Story) -> None:
    """Nothing can be approved before it is proposed."""
    story.open()
    story.parts = [CONTAIN]
    story.approve(BOB)
    assert codes(trail) == ["approval.plan"]


def test_extension_that_does_not_fit(trail: Path, story: Story) -> None:
    """An extension with other digests, or without a nonce, is found."""
    story.planned()
    later = make_part("later", make_change("rotate"))
    content: JsonObject = {"v": 1, "part": later}
    body: JsonObject = {"header": "x", "part": {}, "content": content, "nonce": ""}
    story.add("plan.extended", body)
    assert codes(trail) == ["plan.digest", "plan.nonce"]


def test_confirmation_of_nothing(trail: Path, story: Story) -> None:
    """A confirmation without a signature or without a run closes nothing and harms nothing."""
    story.planned()
    story.add("breakglass.confirmed", {"by": BOB})
    story.add("breakglass.confirmed", {"run": "none", "statement": {}}, run=False)
    assert codes(trail) == []


def test_approval_of_a_closed_run_names_it(trail: Path, story: Story) -> None:
    """A decision that comes after the close is a workspace record that names its run."""
    story.whole()
    statement = story.statement(BOB)
    signature = sign_statement(statement, KEYS[BOB])
    body: JsonObject = {
        "run": RUN,
        "statement": statement.to_json(),
        "sig": signature.decode(),
        "display": story.journal.blobs.put(story.shown(statement.parts).encode()),
    }
    story.add("approval", body, run=False)
    assert codes(trail) == []


POLICIES: dict[str, tuple[Callable[[Story], str], str]] = {
    "gone": (lambda story: digest({"other": 1}), "blob.missing"),
    "no JSON": (lambda story: story.journal.blobs.put(b"{"), "policy.malformed"),
    "no policy": (lambda story: story.journal.blobs.put(b"[]"), "policy.malformed"),
}


@pytest.mark.parametrize("name", POLICIES)
def test_policies_that_are_none(name: str, trail: Path, story: Story) -> None:
    """A new policy whose content is missing or malformed is found."""
    make, code = POLICIES[name]
    policy = make(story)
    story.add("policy.changed", {"policy": policy, "policy_blob": policy}, run=False)
    assert code in codes(trail)
    assert "policy.no-quorum" in codes(trail)
    story.add("policy.changed", {"policy": policy, "policy_blob": "x"}, run=False)
    assert "policy.digest" in codes(trail)


def test_policy_approval_used_twice(trail: Path, story: Story) -> None:
    """The nonce of a policy's approval is not good for another policy."""
    for new in (digest(make_policy(roles={})), digest(make_policy(mode="drill"))):
        statement = story.statement(BOB, run=None, header=new, parts=(new,), nonce="once")
        signature = sign_statement(statement, KEYS[BOB])
        story.add_approval(statement, signature, run=False)
    assert codes(trail) == ["approval.nonce"]
    statement = story.statement(BOB, run=None, policy="sha256:" + "0" * 64, nonce="twice")
    story.add_approval(statement, sign_statement(statement, KEYS[BOB]), run=False)
    assert "approval.policy" in codes(trail)


def test_sealed_trail_has_an_end(trail: Path, story: Story, signer: FileSigner) -> None:
    """After `trail.sealed` comes nothing, and a second genesis never; the writer refuses both."""
    with pytest.raises(IrkitError, match="IRK702"):
        story.add("trail.genesis", {}, run=False)
    for _ in range(2):
        story.add("note", {}, run=False)
    honest = placed(records_of(trail))
    rebuild(
        trail,
        signer,
        [
            (replace(draft, type=kind), old)
            for kind, (draft, old) in zip(
                ("trail.genesis", "trail.sealed", "trail.genesis"), honest, strict=True
            )
        ],
    )
    assert {"trail.sealed", "trail.genesis"} == set(codes(trail))
    rebuild(trail, signer, [honest[0], (replace(honest[1][0], type="trail.sealed"), honest[1][1])])
    assert codes(trail) == []
    with Journal.open(trail, signer=signer) as journal, pytest.raises(IrkitError, match="IRK714"):
        journal.append(honest[2][0])


def test_sealed_part_of_the_key_records(trail: Path, story: Story) -> None:
    """Key records that are malformed bring in no key and break nothing."""
    story.add("key.introduced", {"vkey": "nonsense"}, run=False)
    story.add("key.revoked", {"vkey": "nonsense"}, run=False)
    assert codes(trail) == []


def test_resolved_values_fit_only_what_was_signed() -> None:
    """Late values may become anything but themselves; all else is equal, types included."""
    late: Json = {"$late": "provider_now"}
    assert fits({"a": "now", "b": [1]}, {"a": late, "b": [1]})
    for resolved in (
        {"a": late, "b": [1]},
        {"a": None, "b": [1]},
        {"a": "now", "b": [1, 2]},
        {"a": "now", "b": [True]},
        {"a": "now"},
        {"a": "now", "b": {}},
        None,
    ):
        assert not fits(resolved, {"a": late, "b": [1]})  # type: ignore[arg-type]  # any JSON


def test_two_changes_of_one_name() -> None:
    """A part in which two changes have one id is malformed."""
    part = make_part("x", make_change("a"), make_change("a", {"other": 1}))
    with pytest.raises(ContentError, match="two changes"):
        read_part(part, "h")


def test_bodies_are_expanded(tmp_path: Path) -> None:
    """Outsourced fields are put back; a blob that is no JSON is told."""
    blobs = BlobStore(tmp_path)
    big: JsonObject = {"$blob": blobs.put(canonical(["big"])), "size": 7}
    assert expand({"a": big, "b": 1}, blobs) == {"a": ["big"], "b": 1}
    body: JsonObject = {"b": 1}
    assert expand(body, blobs) is body
    with pytest.raises(ContentError, match="not JSON"):
        expand({"a": {"$blob": blobs.put(b"{"), "size": 1}}, blobs)


def test_verdict_has_a_json_form(trail: Path, story: Story) -> None:
    """The JSON form of a verdict holds everything its text form is made of."""
    story.whole()
    story.add("note", {}, run=True)
    verdict: Verdict = verify(trail)
    body = verdict.to_json()
    assert canonical(body)
    assert body["outcome"] == "tampered"
    assert isinstance(body["findings"], list)
    first = verdict.first
    assert first is not None
    assert body["findings"][0] == first.to_json()
    assert str(first).startswith("run.after-close at record 14, line 29, byte ")
    anchors = body["anchors"]
    assert isinstance(anchors, list)
    assert len(anchors) == 2


def test_verify_needs_a_trail(tmp_path: Path) -> None:
    """Where there is no trail there is no verdict."""
    with pytest.raises(IrkitError, match="IRK700"):
        verify(tmp_path)


def test_same_verdicts_without_orjson(trail: Path, story: Story, tmp_path: Path) -> None:
    """Without the optional parser the verdict is the same to the byte."""
    story.whole()
    path = Layout(directory=trail).journal
    path.write_bytes(path.read_bytes().replace(b"teal-otter", b"teal-0tter"))
    script = (
        "import sys; sys.modules['orjson'] = None\n"
        "from pathlib import Path\n"
        "from irkit.canonical import canonical\n"
        "from irkit.trail.verify import verify\n"
        "sys.stdout.buffer.write(canonical(verify(Path(sys.argv[1])).to_json()))\n"
    )
    command = [sys.executable, "-c", script, str(trail)]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == canonical(verify(trail).to_json())


def test_anchor_files_that_are_none(trail: Path, story: Story) -> None:
    """A file among the anchors that is no note is a finding, not a crash."""
    folder = Layout(directory=trail).anchors
    folder.mkdir()
    (folder / "1-x.note").write_bytes(b"\xff")
    (folder / "2-x.note").write_text("no note")
    anchors, findings = load_anchors(trail)
    assert (anchors, [f.code for f in findings]) == ((), ["anchor.invalid"] * 2)


def openssh_private(kind: str) -> bytes:
    """Return an OpenSSH private key file of a kind that only a security key can hold."""
    public = wire.string(kind) + wire.string(bytes(32)) + wire.string("ssh:")
    secret = wire.uint32(7) * 2 + public + b"\x01" + wire.string(b"handle") + wire.string(b"")
    secret += wire.string("comment")
    secret += bytes(range(1, 1 + -len(secret) % 8))
    blob = b"openssh-key-v1\0" + wire.string("none") * 2 + wire.string("") + wire.uint32(1)
    encoded = base64.encodebytes(blob + wire.string(public) + wire.string(secret)).decode()
    begin, end = "-----BEGIN OPENSSH PRIVATE KEY-----", "-----END OPENSSH PRIVATE KEY-----"
    return f"{begin}\n{encoded}{end}\n".encode()


def test_security_key_files_lead_to_the_agent(tmp_path: Path) -> None:
    """The file of a security key is not the key: the message says how to reach it."""
    path = tmp_path / "id_ed25519_sk"
    path.write_bytes(openssh_private(wire.SK_ED25519))
    with pytest.raises(IrkitError, match="IRK442"):
        load_signing_key(str(path))


def test_files_that_hold_no_key(tmp_path: Path) -> None:
    """Missing, empty and malformed files are told apart from a wrong passphrase."""
    path = tmp_path / "key"
    with pytest.raises(IrkitError, match="IRK440"):
        load_signing_key(str(path))
    for content in (b"", b"-----BEGIN NOTHING-----\n", b"ssh-ed25519 !!"):
        path.write_bytes(content)
        with pytest.raises(IrkitError, match="IRK440"):
            load_signing_key(f"file:{path}")
    path.write_bytes(b"-----BEGIN NOTHING-----\n")
    with pytest.raises(IrkitError, match="IRK441"):
        load_signing_key(str(path), passphrase=Secret("x"))


def test_short_rsa_keys_are_refused() -> None:
    """An RSA key below 2048 bits does not approve."""
    key = FileKey(private=rsa.generate_private_key(65537, 1024))
    with pytest.raises(SignatureError, match="too short"):
        verify_blob(key.blob, key.sign(b"m"), b"m")


def test_signatures_of_another_kind_are_refused() -> None:
    """A signature has to be of its key's kind, and of the key's curve."""
    key = KEYS[BOB]
    with pytest.raises(SignatureError, match="not accepted"):
        verify_blob(key.blob, wire.string("ssh-rsa") + wire.string(b""), b"m")
    odd = wire.string(wire.ECDSA_P256) + wire.string("nistp521") + wire.string(b"x")
    with pytest.raises(SignatureError, match="curve"):
        verify_blob(odd, wire.string(wire.ECDSA_P256) + wire.string(b""), b"m")


def test_other_versions_of_sshsig_are_refused() -> None:
    """A signature of a later version is not guessed at."""
    body = base64.b64encode(b"SSHSIG" + wire.uint32(2)).decode()
    text = f"-----BEGIN SSH SIGNATURE-----\n{body}\n-----END SSH SIGNATURE-----\n"
    with pytest.raises(SignatureError, match="version 1"):
        SshSig.parse(text.encode())


def test_bundle_of_a_trail_with_anchors_and_odd_policy(
    trail: Path, story: Story, tmp_path: Path
) -> None:
    """Anchors within the tree are copied, others not; a policy that is none has no signers."""
    story.whole()
    folder = Layout(directory=trail).anchors
    folder.mkdir()
    for name in ("3-aaaaaaaa.note", "999-bbbbbbbb.note", "readme"):
        (folder / name).write_text("x")
    policy = story.journal.blobs.put(b"[]")
    story.add("policy.changed", {"policy": policy, "policy_blob": policy}, run=False)
    bundle = export_run(trail, RUN, tmp_path / "bundle").path
    assert [path.name for path in (bundle / "anchors").iterdir()] == ["3-aaaaaaaa.note"]
    assert (bundle / "allowed_signers").read_text() == ""


def test_bundle_without_its_plan(trail: Path, story: Story, tmp_path: Path) -> None:
    """A plan that is malformed cannot be exported as if it were whole."""
    story.open()
    propose(story, [])
    with pytest.raises(IrkitError, match="IRK710"):
        export_run(trail, RUN, tmp_path / "bundle")
