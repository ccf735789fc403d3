"""`irkit trail`: reading, checking, handing over and anchoring the history."""

import json
import subprocess
from pathlib import Path

import pytest
from catalogue_workspace import ALICE, BOB, Desk

from irkit.trail.merkle import leaf_hash


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """A workspace whose trail holds a case with notes."""
    desk.sealed(ALICE, BOB)
    desk.ask("case", "open", "teal-otter", "--title", "phished contractor")
    for text in ("first", "second"):
        desk.ask("case", "note", "teal-otter", text)
    desk.ask("case", "open", "red-fox")
    return desk


def journal(desk: Desk) -> Path:
    """Return the journal's file."""
    return desk.root / ".irkit/trail/journal.jsonl"


def types(out: str) -> list[str]:
    """Return the types of the records that were listed as JSON."""
    return [json.loads(line)["type"] for line in out.strip().split("\n") if line]


def test_show_lists_every_record_in_order(kept: Desk) -> None:
    """The list is the trail, from its first record on."""
    listed = kept.ask("trail", "show")
    assert types(listed.out) == [
        "trail.genesis",
        "case.opened",
        "case.noted",
        "case.noted",
        "case.opened",
    ]
    assert "case.noted" in kept.run("trail", "show").out


def test_show_narrows_by_type_and_time(kept: Desk) -> None:
    """A pattern of types and a moment leave out the rest."""
    assert types(kept.ask("trail", "show", "--type", "case.*").out)[0] == "case.opened"
    assert len(types(kept.ask("trail", "show", "--type", "case.noted").out)) == 2
    assert len(types(kept.ask("trail", "show", "--since", "1 hour ago").out)) == 5
    assert kept.ask("trail", "show", "--since", "2999-01-01T00:00:00Z").out == ""


def test_show_refuses_a_time_without_offset(kept: Desk) -> None:
    """A time that could mean two moments is refused as usage."""
    said = kept.run("trail", "show", "--since", "2026-11-24T03:00:00")
    assert said.code == 64
    assert "2026-11-24T03:00:00Z" in said.err


def test_show_of_an_unknown_run_is_refused(kept: Desk) -> None:
    """A run that is not there is not shown as an empty list."""
    assert kept.ask("trail", "show", "nothing-here").codes == ("IRK610",)


def test_show_full_gives_whole_bodies(kept: Desk) -> None:
    """With --full nothing is cut off, and with --open what is kept apart is shown as well."""
    opened = kept.run("trail", "show", "--full", "--open").out
    assert '"title": "phished contractor"' in opened
    apart = kept.run("trail", "show", "--full").out
    assert '"$c": ' in apart
    assert "phished" not in apart


def test_verify_says_consistent_and_not_anchored(kept: Desk) -> None:
    """Without an outside memory the middle outcome is said, never a bare OK."""
    said = kept.run("trail", "verify")
    assert said.code == 0
    assert "CONSISTENT, NOT ANCHORED" in said.out
    assert kept.ask("trail", "verify", "--deep").json["deep"] is True


def test_verify_finds_what_was_altered_and_leaves_with_7(kept: Desk) -> None:
    """One altered letter in the middle of a note's record is found at that record."""
    lines = journal(kept).read_bytes().split(b"\n")
    note = next(place for place, line in enumerate(lines) if b'"n":2,' in line)
    lines[note] = lines[note].replace(b"teal-otter", b"teal-0tter")
    journal(kept).write_bytes(b"\n".join(lines))
    said = kept.ask("trail", "verify")
    assert (said.code, said.json["outcome"]) == (7, "tampered")
    assert said.json["findings"][0]["record"] == 2
    assert "TAMPERED" in kept.run("trail", "verify").out


def test_a_head_kept_elsewhere_anchors_and_finds_a_cut_end(kept: Desk, tmp_path: Path) -> None:
    """What a person kept of the head makes the trail anchored, and its cutting off visible."""
    head = tmp_path / "head"
    head.write_text(kept.run("trail", "anchor").out)
    good = kept.ask("trail", "verify", "--anchor", str(head))
    assert (good.code, good.json["outcome"]) == (0, "anchored")
    lines = journal(kept).read_bytes().split(b"\n")
    journal(kept).write_bytes(b"\n".join(lines[:-3]) + b"\n")
    assert kept.ask("trail", "verify").code == 0
    cut = kept.ask("trail", "verify", "--anchor", str(head))
    assert (cut.code, cut.json["findings"][0]["code"]) == (7, "anchor.rollback")


def test_a_head_of_another_trail_is_no_anchor(kept: Desk, tmp_path: Path) -> None:
    """A file that this trail never signed proves nothing about it."""
    head = tmp_path / "head"
    text = kept.run("trail", "anchor").out
    head.write_text(text.replace("/oncall/", "/other/"))
    assert kept.ask("trail", "verify", "--anchor", str(head)).codes == ("IRK723",)
    root = text.split("\n")[2]
    head.write_text(text.replace(root, root[::-1]))
    assert kept.ask("trail", "verify", "--anchor", str(head)).codes == ("IRK723",)


def test_verify_works_on_a_trail_without_its_workspace(kept: Desk, tmp_path: Path) -> None:
    """An auditor names the directory and what the trail has to be called."""
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", str(journal(kept).parent), str(copy)], check=True)
    origin = kept.ask("trail", "verify").json["origin"]
    assert kept.ask("trail", "verify", "--trail", str(copy), "--origin", origin).code == 0
    other = kept.ask("trail", "verify", "--trail", str(copy), "--origin", "acme.example/other")
    assert (other.code, other.json["findings"][0]["code"]) == (7, "genesis.origin")


def test_anchor_needs_an_authority_that_is_trusted(kept: Desk) -> None:
    """Without certificates no time stamp is asked for."""
    said = kept.ask("trail", "anchor", "--tsa", "http://127.0.0.1:9/")
    assert said.codes == ("IRK724",)


def test_the_root_shown_is_the_one_of_the_lines(kept: Desk) -> None:
    """The size that is printed counts the records that are there."""
    head = kept.run("trail", "anchor").out.split("\n")
    leaves = [
        leaf_hash(line) for line in journal(kept).read_bytes().split(b"\n") if line[:1] == b"{"
    ]
    assert int(head[1]) == len(leaves)
