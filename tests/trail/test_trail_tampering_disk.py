"""Tampering by somebody who can write to the disk and has no key: each is found, and located."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from trail_story import ORIGIN, Story, Ticks, anchor_of, make_policy

from irkit.canonical import digest
from irkit.trail.chain import frame, parse_frame
from irkit.trail.keys import FileSigner, create_key_file
from irkit.trail.layout import Layout
from irkit.trail.note import Checkpoint, VerifierKey
from irkit.trail.verdict import Outcome, Verdict
from irkit.trail.verify import verify

Lines = list[bytes]
"""Lines of the journal without line feeds. Record n is line 2n, its checkpoint line 2n + 1."""

VICTIM = 5
"""The record that is tampered with: the first approval."""


def record(lines: Lines, n: int) -> bytes:
    """Return the line of record `n`."""
    return lines[2 * n]


def flip_bit(lines: Lines) -> Lines:
    """Flip one bit of a value."""
    old = record(lines, VICTIM)
    at = old.index(b"bob@acme")
    lines[2 * VICTIM] = old[:at] + bytes([old[at] ^ 1]) + old[at + 1 :]
    return lines


def replaced(old: bytes, new: bytes, n: int = VICTIM) -> Callable[[Lines], Lines]:
    """Replace text in record `n`."""

    def edit(lines: Lines) -> Lines:
        assert old in record(lines, n)
        lines[2 * n] = record(lines, n).replace(old, new, 1)
        return lines

    return edit


def move_time(lines: Lines) -> Lines:
    """Let a record be a second earlier."""
    return replaced(b'"ts":"2026-11-24T03:00:0', b'"ts":"2026-11-24T02:59:0')(lines)


def delete_record(lines: Lines) -> Lines:
    """Delete a record and keep its checkpoint."""
    return lines[: 2 * VICTIM] + lines[2 * VICTIM + 1 :]


def delete_commit(lines: Lines) -> Lines:
    """Delete a record and its checkpoint."""
    return lines[: 2 * VICTIM] + lines[2 * VICTIM + 2 :]


def swap_records(lines: Lines) -> Lines:
    """Swap two neighbouring records."""
    a, b = 2 * VICTIM, 2 * VICTIM + 2
    lines[a], lines[b] = lines[b], lines[a]
    return lines


def duplicate_record(lines: Lines) -> Lines:
    """Write a record twice."""
    return [*lines[: 2 * VICTIM + 1], record(lines, VICTIM), *lines[2 * VICTIM + 1 :]]


def insert_forgery(lines: Lines) -> Lines:
    """Insert a record that looks right."""
    forged = record(lines, VICTIM).replace(b"bob@acme", b"eve@acme")
    return [*lines[: 2 * VICTIM], forged, *lines[2 * VICTIM :]]


def cut_run(lines: Lines) -> Lines:
    """Cut the whole run out, and keep the genesis and what is left of the end."""
    return [*lines[:2], *lines[-2:]]


def drop_last_checkpoint(lines: Lines) -> Lines:
    """Remove the last checkpoint."""
    return lines[:-1]


def drop_middle_checkpoint(lines: Lines) -> Lines:
    """Remove a checkpoint that later ones make redundant."""
    return lines[: 2 * VICTIM + 1] + lines[2 * VICTIM + 2 :]


def garbage(lines: Lines) -> Lines:
    """Insert a line that is neither record nor checkpoint."""
    return [*lines[: 2 * VICTIM], b"# nothing to see", *lines[2 * VICTIM :]]


def byte_order_mark(lines: Lines) -> Lines:
    """Put a byte order mark before a record."""
    lines[2 * VICTIM] = b"\xef\xbb\xbf" + record(lines, VICTIM)
    return lines


def carriage_return(lines: Lines) -> Lines:
    """End a record with CR LF."""
    lines[2 * VICTIM] += b"\r"
    return lines


def replay_checkpoint(lines: Lines) -> Lines:
    """Append an old checkpoint once more."""
    return [*lines, lines[2 * VICTIM + 1]]


def edit_size(lines: Lines) -> Lines:
    """Change the size a checkpoint speaks of."""
    at = 2 * VICTIM + 1
    assert b"\\n6\\n" in lines[at]
    lines[at] = lines[at].replace(b"\\n6\\n", b"\\n7\\n")
    return lines


def too_long(lines: Lines) -> Lines:
    """Insert a line beyond the length a record may have."""
    old = record(lines, VICTIM)
    lines[2 * VICTIM] = old.replace(b'"case":"', b'"case":"' + b"x" * 70_000)
    if lines[2 * VICTIM] == old:
        lines[2 * VICTIM] = old.replace(b'"sig":"', b'"sig":"' + b"x" * 70_000)
    return lines


def add_space(lines: Lines) -> Lines:
    """Spell a record with white space."""
    return replaced(b'{"actor":', b'{ "actor":')(lines)


@dataclass(frozen=True)
class Case:
    """One tampering: what is done, what is found first, and at which record."""

    edit: Callable[[Lines], Lines]
    code: str
    record: int | None
    also: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.edit.__qualname__.split(".")[0]


CASES = {
    "1 bit flip": Case(flip_bit, "checkpoint.root", 5, ("record.prev",)),
    "2 actor renamed": Case(
        replaced(b'"id":"alice@acme"', b'"id":"carol@acme"'), "checkpoint.root", 5, ("record.prev",)
    ),
    "3 time changed": Case(move_time, "record.time", 5, ("checkpoint.root",)),
    "4 record deleted": Case(delete_record, "checkpoint.size", 5, ("record.index",)),
    "5 commit deleted": Case(delete_commit, "record.index", 5, ("record.commit",)),
    "6 swapped": Case(swap_records, "record.index", 5),
    "7 duplicated": Case(duplicate_record, "record.index", 6),
    "8 inserted": Case(insert_forgery, "approval.signature", 5, ("record.index",)),
    "10 run cut out": Case(cut_run, "record.index", 1, ("record.run-index", "run.not-opened")),
    "15 last checkpoint removed": Case(drop_last_checkpoint, "tail.uncheckpointed", 13),
    "16 middle checkpoint removed": Case(drop_middle_checkpoint, "record.commit", 6),
    "17 white space": Case(add_space, "record.not-canonical", 5),
    "18 duplicate key": Case(replaced(b'"v":1}', b'"v":1,"v":1}'), "record.not-canonical", 5),
    "19 CR LF": Case(carriage_return, "record.not-canonical", 5),
    "20 byte order mark": Case(byte_order_mark, "line.garbage", None),
    "21 homoglyph": Case(
        replaced(b"alice@acme", "аlice@acme".encode()), "checkpoint.root", 5, ("record.prev",)
    ),
    "24 size edited": Case(edit_size, "checkpoint.invalid", None),
    "25 old checkpoint replayed": Case(replay_checkpoint, "checkpoint.size", 14),
    "26 garbage line": Case(garbage, "line.garbage", None),
    "65 line too long": Case(too_long, "record.too-long", 5),
}


@pytest.fixture
def story(trail: Path, signer: FileSigner, clock: Ticks) -> Iterator[Story]:
    """Tell an honest story in a trail of its own."""
    with_votes = Story.begin(trail, signer, clock).whole()
    yield with_votes
    with_votes.journal.close()


def tamper(trail: Path, edit: Callable[[Lines], Lines]) -> None:
    """Edit the journal's lines on the disk."""
    path = Layout(directory=trail).journal
    lines = path.read_bytes().split(b"\n")[:-1]
    path.write_bytes(b"\n".join(edit(lines)) + b"\n")


def codes(verdict: Verdict) -> set[str]:
    """Return the codes of all findings."""
    return {finding.code for finding in verdict.findings}


@pytest.mark.parametrize("name", CASES)
def test_tampering_is_found_and_located(name: str, trail: Path, story: Story) -> None:
    """Each edit of the file gives its finding at its record, and never a good verdict."""
    case = CASES[name]
    tamper(trail, case.edit)
    verdict = verify(trail)
    assert verdict.first is not None
    assert (verdict.first.code, verdict.first.place.record) == (case.code, case.record)
    assert codes(verdict) >= set(case.also)
    assert verdict.outcome is not Outcome.ANCHORED
    if not case.code.startswith("tail."):
        assert verdict.outcome is Outcome.TAMPERED


def test_location_names_line_and_byte(trail: Path, story: Story) -> None:
    """A finding's line and byte offset lead to the altered record in the file."""
    tamper(trail, flip_bit)
    first = verify(trail).first
    assert first is not None
    data = Layout(directory=trail).journal.read_bytes()
    assert data[first.place.offset :].startswith(data.split(b"\n")[first.place.line - 1])
    assert first.place.line == 2 * VICTIM + 1


def test_rollback_is_seen_only_with_an_anchor(trail: Path, story: Story) -> None:
    """Cutting whole commits off the end leaves a consistent file; any outside memory shows it."""
    memory = anchor_of(story, "mail")
    assert verify(trail, anchors=(memory,)).outcome is Outcome.ANCHORED
    tamper(trail, lambda lines: lines[:-10])
    assert verify(trail).outcome is Outcome.CONSISTENT
    verdict = verify(trail, anchors=(memory,))
    assert (verdict.outcome, codes(verdict)) == (Outcome.TAMPERED, {"anchor.rollback"})


def test_emptied_journal(trail: Path, story: Story) -> None:
    """An empty file is not a trail without incidents."""
    Layout(directory=trail).journal.write_bytes(b"")
    verdict = verify(trail)
    assert (verdict.outcome, codes(verdict)) == (Outcome.TAMPERED, {"trail.empty"})


@pytest.mark.parametrize(
    ("tail", "code"),
    [(lambda d: d[:-5], "tail.torn"), (lambda d: d[:-400], "tail.torn"), (None, "tail.torn")],
    ids=["11 torn checkpoint", "12 torn record", "13 zeros"],
)
def test_torn_tails_are_warned_of(
    tail: Callable[[bytes], bytes] | None, code: str, trail: Path, story: Story
) -> None:
    """What an interrupted write leaves is reported, and keeps the trail from being anchored."""
    path = Layout(directory=trail).journal
    memory = anchor_of(story, "mail")
    data = path.read_bytes()
    path.write_bytes(tail(data) if tail else data + bytes(100))
    verdict = verify(trail)
    assert code in codes(verdict)
    assert verdict.outcome is Outcome.CONSISTENT
    assert verify(trail, anchors=(memory,)).outcome is not Outcome.ANCHORED


def test_rogue_key(trail: Path, story: Story, tmp_path: Path) -> None:
    """A last checkpoint signed by another key is refused."""
    rogue = create_key_file(tmp_path / "rogue")
    key = VerifierKey(name=ORIGIN, public=rogue.public)

    def sign_again(lines: Lines) -> Lines:
        checkpoint = Checkpoint.parse(parse_frame(lines[-1]).text)
        return [*lines[:-1], frame(checkpoint.sign(key, rogue.sign))]

    tamper(trail, sign_again)
    verdict = verify(trail)
    assert (verdict.outcome, codes(verdict)) == (Outcome.TAMPERED, {"checkpoint.invalid"})


def test_middle_signatures_are_checked_deeply(trail: Path, story: Story, tmp_path: Path) -> None:
    """A signature in the middle is not needed for the outcome; `deep` checks it all the same."""
    rogue = create_key_file(tmp_path / "rogue")
    key = VerifierKey(name=ORIGIN, public=rogue.public)

    def sign_again(lines: Lines) -> Lines:
        at = 2 * VICTIM + 1
        checkpoint = Checkpoint.parse(parse_frame(lines[at]).text)
        lines[at] = frame(checkpoint.sign(key, rogue.sign))
        return lines

    tamper(trail, sign_again)
    first = verify(trail, deep=True).first
    assert first is not None
    assert (first.code, first.place.line) == ("checkpoint.invalid", 2 * VICTIM + 2)


def test_checkpoint_of_another_origin(trail: Path, story: Story, signer: FileSigner) -> None:
    """A checkpoint the same key made for another trail does not count for this one."""
    key = VerifierKey(name=ORIGIN, public=signer.public)

    def other(lines: Lines) -> Lines:
        checkpoint = Checkpoint.parse(parse_frame(lines[-1]).text)
        moved = Checkpoint(origin="other/trail", size=checkpoint.size, root=checkpoint.root)
        return [*lines[:-1], frame(moved.sign(key, signer.sign))]

    tamper(trail, other)
    assert codes(verify(trail)) == {"checkpoint.origin"}


def test_another_environments_journal(trail: Path, story: Story) -> None:
    """A journal that began under another policy, name or key is not this trail."""
    other = digest(make_policy(mode="drill"))
    assert codes(verify(trail, genesis_policy=other)) == {"genesis.policy"}
    assert codes(verify(trail, origin="another")) == {"genesis.origin"}
    stranger = VerifierKey(name=ORIGIN, public=bytes(32))
    assert codes(verify(trail, vkeys=(stranger,))) == {"key.untrusted"}


def test_policy_files_changed_without_a_record(trail: Path, story: Story) -> None:
    """Policy files that are not the policy in force are told."""
    verdict = verify(trail, policy=digest(make_policy(roles={})))
    assert (verdict.outcome, codes(verdict)) == (Outcome.TAMPERED, {"policy.differs"})


@pytest.mark.parametrize("altered", [True, False], ids=["altered", "missing"])
def test_blob_altered_or_missing(altered: bool, trail: Path, story: Story) -> None:
    """A plan whose blob is gone or altered is found at the record that names it."""
    proposed = next(r for r in story.journal.replay() if r.type == "plan.proposed")
    path = story.journal.blobs.path(str(proposed.body["blob"]))
    path.chmod(0o600)
    if altered:
        path.write_bytes(path.read_bytes() + b" ")
    else:
        path.unlink()
    verdict = verify(trail)
    assert verdict.first is not None
    assert (verdict.first.code, verdict.first.place.record) == ("blob.missing", proposed.n)


def test_strange_data_is_no_alarm(trail: Path, story: Story) -> None:
    """Line separators, control characters and NUL in values are data, not structure."""
    story.run = "second"
    story.open()
    story.add("note", {"text": "a\u2028b\u2029c\x85d\x00e\x1b[31mf\r\n{[", "\x1b": 1})
    assert verify(trail).findings == ()


@pytest.mark.parametrize(
    "value", ["1.5", "[1,2.5]", '{"a":[{"b":-1.5}]}', "1e3", "9007199254740993"]
)
def test_numbers_outside_the_form_are_found_in_plain_records(
    trail: Path, signer: FileSigner, clock: Ticks, value: str
) -> None:
    """The quick way through records that mean nothing refuses what the slow one refuses."""
    story = Story.begin(trail, signer, clock)
    noted = story.add("note", {"text": "x"}, run=False)
    path = Layout(directory=trail).journal
    path.write_bytes(path.read_bytes().replace(b'{"text":"x"}', b'{"text":%b}' % value.encode()))
    found = [(finding.code, finding.place.record) for finding in verify(trail).findings]
    assert ("record.not-canonical", noted.n) in found
