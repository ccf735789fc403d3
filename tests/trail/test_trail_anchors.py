"""RFC 3161 time stamps from a local `openssl ts` authority, and witness cosignatures."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from time_stamp_authority import Authority, make_certificates, openssl, serving
from trail_story import Story, Ticks

from irkit.diagnostics import IrkitError
from irkit.trail.anchors import check_stamp, last_note, load_anchors, load_roots, request_stamp
from irkit.trail.keys import FileSigner
from irkit.trail.layout import Layout
from irkit.trail.note import Note, NoteError, NoteSignature
from irkit.trail.verdict import Outcome
from irkit.trail.verify import verify
from irkit.trail.witness import WitnessKey


@pytest.fixture
def authority(tmp_path: Path) -> Iterator[Authority]:
    """Run an authority."""
    with serving(tmp_path / "tsa") as running:
        yield running


@pytest.fixture
def story(trail: Path, signer: FileSigner, clock: Ticks) -> Story:
    """Tell an honest story."""
    return Story.begin(trail, signer, clock).whole()


def test_stamp_anchors_the_trail(trail: Path, story: Story, authority: Authority) -> None:
    """A stamp over the head makes the trail anchored, also after its own record."""
    stamp = request_stamp(trail, authority.url, authority.roots)
    story.add("anchor.received", stamp.body(authority.url), run=False)
    anchors, findings = load_anchors(trail, roots=authority.roots)
    assert findings == ()
    assert [anchor.size for anchor in anchors] == [stamp.checkpoint.size]
    verdict = verify(trail, anchors=anchors)
    assert (verdict.outcome, verdict.findings) == (Outcome.ANCHORED, ())
    story.run = "later"
    story.open()
    later = verify(trail, anchors=anchors)
    assert (later.outcome, later.anchored_size) == (Outcome.CONSISTENT, stamp.checkpoint.size)


def test_stock_openssl_verifies_the_stamp(trail: Path, story: Story, authority: Authority) -> None:
    """What is kept in `anchors/` is what `openssl ts -verify` accepts."""
    request_stamp(trail, authority.url, authority.roots)
    (token,) = Layout(directory=trail).anchors.glob("*.tsr")
    out = openssl(
        authority.folder, "ts", "-verify", "-data", str(token.with_suffix(".note")),
        "-in", str(token), "-CAfile", "ca.pem",
    )  # fmt: skip
    assert b"OK" in out


def test_stamp_of_another_checkpoint(trail: Path, story: Story, authority: Authority) -> None:
    """A token does not vouch for other bytes than it was made over."""
    stamp = request_stamp(trail, authority.url, authority.roots)
    with pytest.raises(IrkitError, match="IRK721"):
        check_stamp(stamp.token, stamp.note.encode() + b"x", authority.roots)
    (note,) = Layout(directory=trail).anchors.glob("*.note")
    story.add("note", {}, run=False)
    note.write_text(last_note(trail))
    anchors, findings = load_anchors(trail, roots=authority.roots)
    assert anchors == ()
    assert [finding.code for finding in findings] == ["anchor.invalid"]


def test_untrusted_root(trail: Path, story: Story, authority: Authority, tmp_path: Path) -> None:
    """A token under another root is none."""
    make_certificates(tmp_path / "other")
    other = load_roots(tmp_path / "other" / "ca.pem")
    with pytest.raises(IrkitError, match="IRK721"):
        request_stamp(trail, authority.url, other)
    assert not Layout(directory=trail).anchors.exists()


def test_nonce_is_checked(trail: Path, story: Story, authority: Authority) -> None:
    """An old answer to another question is not taken."""
    stamp = request_stamp(trail, authority.url, authority.roots)
    with pytest.raises(IrkitError, match="IRK721"):
        check_stamp(stamp.token, stamp.note.encode(), authority.roots, nonce=7)


def test_records_dated_after_the_stamp(
    trail: Path, signer: FileSigner, clock: Ticks, authority: Authority
) -> None:
    """Records that were stamped before the time they carry were dated by a wrong clock."""
    clock.now = clock.now.replace(year=2200)
    Story.begin(trail, signer, clock).planned()
    request_stamp(trail, authority.url, authority.roots)
    anchors, _ = load_anchors(trail, roots=authority.roots)
    assert [f.code for f in verify(trail, anchors=anchors).findings] == ["anchor.time"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "file:///etc/passwd", "tsa"])
def test_authority_that_does_not_answer(url: str, trail: Path, story: Story) -> None:
    """No answer, and no address of an authority, are diagnostics."""
    with pytest.raises(IrkitError, match="IRK720"):
        request_stamp(trail, url, ())


def test_roots_that_are_none(tmp_path: Path) -> None:
    """A file without certificates is told."""
    (tmp_path / "roots").write_text("nothing")
    with pytest.raises(IrkitError, match="IRK721"):
        load_roots(tmp_path / "roots")


def test_last_note_needs_a_trail(tmp_path: Path) -> None:
    """Where there is no trail there is nothing to stamp."""
    with pytest.raises(IrkitError, match="IRK700"):
        last_note(tmp_path)


def cosign(note: str, name: str, seed: int, seconds: int = 1_796_000_000) -> tuple[str, WitnessKey]:
    """Return `note` with a witness's cosignature, and the witness's key."""
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    key = WitnessKey(name=name, public=private.public_key().public_bytes_raw())
    parsed = Note.parse(note)
    message = f"cosignature/v1\ntime {seconds}\n{parsed.text}".encode()
    line = NoteSignature(
        name=name,
        key_hash=key.key_hash,
        signature=seconds.to_bytes(8, "big") + private.sign(message),
    )
    return str(Note(text=parsed.text, signatures=(*parsed.signatures, line))), key


def keep_note(trail: Path, note: str) -> None:
    """Keep a cosigned note among the anchors."""
    folder = Layout(directory=trail).anchors
    folder.mkdir(exist_ok=True)
    (folder / "14-00000000.note").write_text(note)


def test_witnesses_anchor_the_trail(trail: Path, story: Story) -> None:
    """Two cosignatures of known witnesses make an anchor; one, or a forged one, does not."""
    once, first = cosign(last_note(trail), "witness.example/a", 1)
    twice, second = cosign(once, "witness.example/b", 2)
    keep_note(trail, twice)
    anchors, findings = load_anchors(trail, witnesses=(first, second), quorum=2)
    assert findings == ()
    assert verify(trail, anchors=anchors).outcome is Outcome.ANCHORED
    keep_note(trail, once)
    anchors, findings = load_anchors(trail, witnesses=(first, second), quorum=2)
    assert (anchors, [f.code for f in findings]) == ((), ["witness.quorum"])


def test_forged_cosignature(trail: Path, story: Story) -> None:
    """A cosignature by another key under a witness's name does not count."""
    _, real = cosign(last_note(trail), "witness.example/a", 1)
    forged, _ = cosign(last_note(trail), "witness.example/a", 3)
    keep_note(trail, forged)
    anchors, findings = load_anchors(trail, witnesses=(real,), quorum=1)
    assert (anchors, [f.code for f in findings]) == ((), ["witness.quorum"])


def test_head_without_a_known_witness_is_no_alarm(trail: Path, story: Story) -> None:
    """Where no witness is asked for, a head that none of the known ones signed is no anchor."""
    once, key = cosign(last_note(trail), "witness.example/a", 1)
    keep_note(trail, last_note(trail))
    assert load_anchors(trail, witnesses=(key,)) == ((), ())
    lines = once.replace("witness.example/a", "witness.example/b")
    keep_note(trail, lines)
    assert load_anchors(trail, witnesses=(key,)) == ((), ())


def test_no_witness_at_all(trail: Path, story: Story) -> None:
    """Where witnesses are asked for and there are none, this is a finding."""
    _, findings = load_anchors(trail, quorum=1)
    assert [f.code for f in findings] == ["witness.quorum"]


def test_witness_keys_are_read_strictly() -> None:
    """A witness key reads back, and one with another hash or algorithm does not."""
    _, key = cosign("x\n1\nAAAA\n\n— n AAAAAAAA\n", "w", 1)

    text = f"w+{key.key_hash.hex()}+{base64.b64encode(bytes([4]) + key.public).decode()}"
    assert WitnessKey.parse(text) == key
    for bad in (text.replace("w+", "v+"), text[:-4], "w", "w+00+AAAA"):
        with pytest.raises(NoteError):
            WitnessKey.parse(bad)
