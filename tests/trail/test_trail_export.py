"""The exported bundle: stock tools accept an honest one and say where an altered one is wrong."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from trail_story import (
    BOB,
    CAROL,
    CONTAIN,
    KEYS,
    RUN,
    Story,
    Ticks,
    changes_of,
    make_change,
    make_part,
)

from irkit.diagnostics import IrkitError
from irkit.model.approval import Decision
from irkit.trail.export import export_run
from irkit.trail.keys import FileSigner

TOOLS = ("bash", "openssl", "ssh-keygen", "basenc")


@pytest.fixture
def story(trail: Path, signer: FileSigner, clock: Ticks, tool: Callable[[str], str]) -> Story:
    """Tell an honest story, with another incident before it."""
    for name in TOOLS:
        tool(name)
    story = Story.begin(trail, signer, clock)
    story.run = "01JDC0000000000000000000R0"
    story.open()
    story.add("note", {"text": "another incident, nobody's business"})
    story.close("cancelled")
    story.run = RUN
    return story.whole()


@pytest.fixture
def bundle(trail: Path, story: Story, tmp_path: Path) -> Path:
    """Export the story's run."""
    return export_run(trail, RUN, tmp_path / "bundle").path


def check(bundle: Path, *arguments: str) -> tuple[int, str]:
    """Run the bundle's own check where irkit cannot be imported."""
    done = subprocess.run(
        ["bash", str(bundle / "verify.sh"), *arguments],
        env={"PATH": os.environ["PATH"]},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def test_honest_bundle_is_accepted(bundle: Path) -> None:
    """An honest run passes, and the output says what was checked."""
    code, output = check(bundle)
    assert code == 0, output
    for said in (
        "checkpoint of acme.example/irkit/test",
        "13 records of records.jsonl are in the tree",
        "closed and complete: 13 records",
        "alice@acme signed the request for this plan",
        "2 approvals are signed",
        "2 intents are changes of the plan",
        "note: not anchored",
        "VERIFIED: run",
    ):
        assert said in output
    assert "nobody's business" not in "".join(
        path.read_text(errors="replace") for path in bundle.rglob("*") if path.is_file()
    )


def test_check_needs_no_python(bundle: Path, tmp_path: Path) -> None:
    """The check runs with nothing on the path but the stock tools it names."""
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in (
        "bash", "openssl", "ssh-keygen", "sha256sum", "basenc", "base64", "sed", "grep", "split",
        "paste", "mktemp", "rm", "mkdir", "mv", "cat", "head", "tail", "cut", "tr", "wc", "sort",
        "date", "dirname",
    ):  # fmt: skip
        found = shutil.which(name)
        assert found is not None
        (tools / name).symlink_to(found)
    done = subprocess.run(
        [str(tools / "bash"), str(bundle / "verify.sh")],
        env={"PATH": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def swap(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return an edit that replaces text in the first file that fits a pattern."""

    def edit(bundle: Path) -> None:
        path = min(bundle.glob(name))
        text = path.read_text()
        changed = re.sub(old, new, text, count=1)
        assert changed != text
        path.write_text(changed)

    return edit


def drop_line(name: str, index: int) -> Callable[[Path], None]:
    """Return an edit that removes one line."""

    def edit(bundle: Path) -> None:
        lines = (bundle / name).read_text().splitlines(keepends=True)
        del lines[index]
        (bundle / name).write_text("".join(lines))

    return edit


def remove(name: str) -> Callable[[Path], None]:
    """Return an edit that removes a file."""
    return lambda bundle: min(bundle.glob(name)).unlink()


ALTERED: dict[str, tuple[Callable[[Path], None], str]] = {
    "record": (swap("records.jsonl", "teal-otter", "teal-0tter"), "line 1: record 4 is not"),
    "record in the middle": (swap("records.jsonl", '"req-1"', '"req-2"'), "line 8: record 11"),
    "workspace record": (swap("workspace.jsonl", "irkit/test", "irkit/best"), "record 0 is not"),
    "record made no record": (swap("records.jsonl", '"v":1}', '"v":2}'), "line 1 is no record"),
    "leaf of another run": (
        swap("leaves", r"(?m)\A(.*\n)[0-9a-f]{8}", r"\g<1>00000000"),
        "a leaf was altered",
    ),
    "leaf missing": (drop_line("leaves", 2), "leaves: 16 lines"),
    "leaf malformed": (swap("leaves", "[0-9a-f]{64}", "x" * 64), "is no hash"),
    "record omitted": (drop_line("records.jsonl", 4), "one is missing"),
    "end omitted": (drop_line("records.jsonl", 12), "not closed"),
    "checkpoint size": (swap("checkpoint", "\n17\n", "\n18\n"), "no key in keys/ has signed"),
    "checkpoint origin": (swap("checkpoint", "acme", "acne"), "no key in keys/ has signed"),
    "key": (swap("keys/*.pem", r"MCowBQYDK2VwAyEA....", "MCowBQYDK2VwAyEAAAAA"), "has signed"),
    "key name": (swap("keys/*.vkey", "acme", "acne"), "not a key that the trail names"),
    "approval": (swap("approvals/*.json", "approve", "deny"), "is not what its record"),
    "request": (swap("requests/*.json", "nonce-1", "nonce-2"), "is not what its record"),
    "request's signature": (remove("requests/*.sig"), ".json.sig is missing"),
    "request omitted": (remove("requests/*.json"), "nobody signed the request"),
    "approval's signature": (remove("approvals/*.sig"), ".json.sig is missing"),
    "plan header": (swap("plan/header.json", "session", "sess1on"), "not the header"),
    "plan part": (swap("plan/part-*.json", "suspend", "delete"), "was altered"),
    "plan part missing": (remove("plan/part-*.json"), "is missing"),
    "change": (swap("plan/changes/*.json", "ACTIVE", "INACTIVE"), "was altered"),
    "change missing": (remove("plan/changes/*.json"), "not in its part"),
    "policy": (swap("policies/*.json", "bob@acme", "eve@acme"), "was altered"),
    "signer": (swap("policies/*.allowed_signers", "alice@acme", "eve@acme"), "not in the policy"),
    "evidence": (swap("blobs/*", r"\A.", "#"), "blobs/"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_bundle_is_refused(name: str, bundle: Path) -> None:
    """Each alteration is refused with its place, or at least never passes for complete."""
    edit, said = ALTERED[name]
    edit(bundle)
    code, output = check(bundle)
    assert said in output
    if name == "end omitted":
        assert "closed and complete" not in output
    else:
        assert code == 1, output
        assert "FAILED: " in output
        assert "VERIFIED" not in output


def test_every_byte_of_records_counts(bundle: Path) -> None:
    """Flipping a byte at many places of the records is always refused."""
    path = bundle / "records.jsonl"
    data = path.read_bytes()
    for position in range(0, len(data), len(data) // 12):
        altered = bytearray(data)
        altered[position] ^= 0x04
        path.write_bytes(bytes(altered))
        code, output = check(bundle)
        assert code == 1, (position, output)


def test_acting_without_quorum_is_refused(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """A run in which one approval was enough for two fails the stock check too."""
    story = Story.begin(trail, signer, clock).planned()
    vote = story.approve(BOB)
    story.intend(changes_of(CONTAIN)[0], (vote,))
    code, output = check(export_run(trail, RUN, tmp_path / "b").path)
    assert (code, "acts with 1 approval where its part asks for 2" in output) == (1, True)


def test_acting_against_a_denial_is_refused(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """A denial that was ignored fails the stock check too."""
    story = Story.begin(trail, signer, clock).planned()
    votes = story.approved()
    story.approve(CAROL, decision=Decision.DENY)
    story.intend(changes_of(CONTAIN)[0], votes)
    code, output = check(export_run(trail, RUN, tmp_path / "b").path)
    assert (code, "although carol@acme denied" in output) == (1, True)


def test_change_outside_the_plan_is_refused(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """An intent of something else than the plan fails the stock check too."""
    story = Story.begin(trail, signer, clock).planned()
    story.intend(make_change("extra"), story.approved())
    code, output = check(export_run(trail, RUN, tmp_path / "b").path)
    assert (code, "not in its part of the plan" in output) == (1, True)


def test_signature_by_the_wrong_key_is_refused(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """An approval in another's name fails the stock check too."""
    Story.begin(trail, signer, clock).planned().approve(BOB, KEYS[CAROL])
    code, output = check(export_run(trail, RUN, tmp_path / "b").path)
    assert (code, "not a valid signature of bob@acme" in output) == (1, True)


def test_shown_another_history_is_refused(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """An approval over another history fails the stock check too."""
    story = Story.begin(trail, signer, clock).planned()
    view = story.statement(BOB).trail
    story.approve(BOB, trail=type(view)(size=view.size, root="A" * 43 + "="))
    code, output = check(export_run(trail, RUN, tmp_path / "b").path)
    assert (code, "shown another history" in output) == (1, True)


def test_extended_plan_and_drill_are_accepted(
    trail: Path, signer: FileSigner, clock: Ticks, tmp_path: Path
) -> None:
    """A drill with a part that became known later passes, in its own namespace."""
    story = Story.begin(trail, signer, clock)
    story.mode = "drill"
    story.planned()
    later = make_part("later", make_change("rotate"))
    story.extend(later)
    parts = (story.part_digest(CONTAIN), story.part_digest(later))
    votes = (story.approve(BOB, parts=parts), story.approve(CAROL, parts=parts))
    (change,) = changes_of(later)
    story.result(story.intend(change, votes, part=later))
    story.close("completed")
    code, output = check(export_run(trail, RUN, tmp_path / "b").path)
    assert code == 0, output


def test_evidence_is_listed_and_copied_on_request(
    trail: Path, story: Story, tmp_path: Path
) -> None:
    """Answers of reads are listed by digest, and in the bundle only when asked for."""
    story.run = "evidence"
    story.open()
    blob = story.journal.blobs.put(b'{"personal":"data"}')
    story.add("step.read", {"step": "who", "blob": blob, "digest": blob})
    without = export_run(trail, "evidence", tmp_path / "without")
    assert without.evidence_left_out == 1
    code, output = check(without.path)
    assert (code, "1 named but not in this bundle" in output) == (0, True)
    full = export_run(trail, "evidence", tmp_path / "with", with_evidence=True)
    assert full.evidence_left_out == 0
    assert check(full.path)[0] == 0


def test_export_does_not_overwrite(trail: Path, story: Story, tmp_path: Path) -> None:
    """A directory that is there already is left alone."""
    with pytest.raises(IrkitError, match="IRK750"):
        export_run(trail, RUN, tmp_path)


def test_export_of_a_missing_run_or_trail(trail: Path, story: Story, tmp_path: Path) -> None:
    """A run the trail does not have is told, and so is a missing trail."""
    with pytest.raises(IrkitError, match="IRK751"):
        export_run(trail, "no-such-run", tmp_path / "b")
    with pytest.raises(IrkitError, match="IRK700"):
        export_run(tmp_path / "none", RUN, tmp_path / "c")


def test_export_needs_the_plans_blob(trail: Path, story: Story, tmp_path: Path) -> None:
    """Without the plan a bundle would prove nothing, so there is none."""
    proposed = next(r for r in story.journal.replay(RUN) if r.type == "plan.proposed")
    story.journal.blobs.path(str(proposed.body["blob"])).unlink()
    with pytest.raises(IrkitError, match="IRK710"):
        export_run(trail, RUN, tmp_path / "b")
