"""Signed notes, checkpoints and verifier keys, read strictly."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from irkit.trail.note import Checkpoint, Note, NoteError, VerifierKey

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = VerifierKey(name="log.example/one", public=PRIVATE.public_key().public_bytes_raw())
CHECKPOINT = Checkpoint(origin="log.example/one", size=7, root=bytes(32))
NOTE = CHECKPOINT.sign(KEY, PRIVATE.sign)

# The example key of golang.org/x/mod/sumdb/note.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
)


def test_published_note_verifies() -> None:
    """The note of the reference implementation's documentation verifies under its key."""
    key = VerifierKey.parse(PETER)
    note = Note.parse(PETER_NOTE)
    assert note.signed_by((key,)) == (key,)
    assert str(note) == PETER_NOTE
    assert str(key) == PETER


def test_note_round_trips() -> None:
    """A signed checkpoint is read back as it was, and verifies."""
    note = Note.parse(str(NOTE))
    assert note == NOTE
    assert note.signed_by((KEY,)) == (KEY,)
    assert Checkpoint.parse(note.text) == CHECKPOINT
    assert VerifierKey.parse(str(KEY)) == KEY


def test_unknown_signatures_are_ignored() -> None:
    """A line of an unknown key is neither an error nor a signature."""
    assert NOTE.signed_by((VerifierKey.parse(PETER),)) == ()


def test_forged_line_of_a_known_key_is_an_error() -> None:
    """A line that names a known key and does not verify makes the note invalid."""
    forged = Note(text="another text\n", signatures=NOTE.signatures)
    with pytest.raises(NoteError, match="does not verify"):
        forged.signed_by((KEY,))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\nno dash\n",
        "text\n\n— name !!\n",
        "text\n\n— name AAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAAAAAB\n\n",
        "text\n\n— name AAAAAAAA",
        "te\x00xt\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
    ],
)
def test_malformed_notes_are_refused(text: str) -> None:
    """What is no note is refused; so are more than a hundred signatures."""
    with pytest.raises(NoteError):
        Note.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n7\n",
        "origin\n7\nAAAA\n",
        "\n7\n" + "A" * 43 + "=\n",
        "origin\n07\n" + "A" * 43 + "=\n",
        "origin\n-1\n" + "A" * 43 + "=\n",
        "origin\n7\n" + "A" * 42 + "B=\n",
        "origin\n7\n" + "A" * 43 + "=\nextension\n",
        "origin\n7\n" + "A" * 43 + "=",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    """Sizes and roots have one spelling, and extension lines are not taken."""
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        "name+c74f20a3",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("PeterNeumann", "Peter Neumann"),
        PETER[:-4],
        PETER.replace("+AR", "+BR"),
    ],
)
def test_malformed_keys_are_refused(text: str) -> None:
    """A key with another hash, name or algorithm is refused."""
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@given(st.integers(0, len(str(NOTE)) - 1), st.characters(codec="utf-8"))
def test_no_respelling_verifies(position: int, other: str) -> None:
    """A note with any one character replaced is refused or no longer signed."""
    text = str(NOTE)
    altered = text[:position] + other + text[position + 1 :]
    if altered == text:
        return
    try:
        note = Note.parse(altered)
        signed = note.signed_by((KEY,))
    except NoteError:
        return
    assert signed == ()
