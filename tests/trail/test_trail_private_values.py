"""Values that records only commit to: withheld, shown later, forgotten, and never guessed."""

import base64
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from trail_story import ENGINE, RUN, Story, Ticks

from irkit.canonical import JsonObject, canonical
from irkit.diagnostics import IrkitError
from irkit.trail.export import export_run
from irkit.trail.keys import FileSigner
from irkit.trail.layout import Layout
from irkit.trail.record import Draft, Record
from irkit.trail.redaction import Opening
from irkit.trail.shown_values import Named, Withheld, written
from irkit.trail.verdict import Outcome, Verdict
from irkit.trail.verify import verify

SECRET = "mallory@acme.example called at 3 o'clock, “Ümläut”"
READ: JsonObject = {"step": "who", "value": {"login": SECRET}, "raw": [SECRET], "evidence": True}


@pytest.fixture
def story(trail: Path, signer: FileSigner, clock: Ticks) -> Story:
    """Tell a story with a read and with notes of this incident and of another one."""
    story = Story.begin(trail, signer, clock)
    story.open()
    private(story, "step.read", READ, "/value", "/raw")
    private(story, "case.noted", {"case": "teal-otter", "text": SECRET}, "/text", run=False)
    private(story, "case.noted", {"case": "red-fox", "text": "of red-fox"}, "/text", run=False)
    story.close("completed")
    return story


def private(
    story: Story, kind: str, body: JsonObject, *fields: str, run: bool = True
) -> tuple[Record, ...]:
    """Append one record that only commits to some of its fields."""
    where = story.run if run else None
    return story.journal.append(
        Draft(type=kind, run=where, actor=ENGINE, body=body, private=fields)
    )


def found(verdict: Verdict) -> list[tuple[str, int | None]]:
    """Return the codes and places of what was found."""
    return [(finding.code, finding.place.record) for finding in verdict.findings]


def opening_file(trail: Path, story: Story, n: int, field: str) -> Path:
    """Return the file that holds one opening: the one whose loss makes the value unreadable."""
    commitment = next(r for r in story.journal.replay() if r.n == n).body[field]
    for path in Layout(directory=trail).openings.iterdir():
        data = path.read_bytes()
        path.unlink()
        try:
            story.journal.blobs.openings.get(commitment)
        except IrkitError:
            path.write_bytes(data)
            return path
        path.write_bytes(data)
    raise AssertionError("there is no such opening")


def check(bundle: Path) -> tuple[int, str]:
    """Run the bundle's own check."""
    done = subprocess.run(
        ["bash", str(bundle / "verify.sh")],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return done.returncode, done.stdout + done.stderr


def everything(directory: Path) -> str:
    """Return all that stands in the files of a directory."""
    return "".join(p.read_text(errors="replace") for p in directory.rglob("*") if p.is_file())


def test_the_journal_never_holds_the_value(trail: Path, story: Story) -> None:
    """The record commits to it, the opening is encrypted, and its key is not in the directory."""
    assert "mallory" not in everything(trail)
    read = next(r for r in story.journal.replay() if r.type == "step.read")
    assert story.journal.blobs.reveal(read.body["value"]) == READ["value"]
    assert verify(trail).outcome is Outcome.CONSISTENT
    assert Layout(directory=trail).openings_key.stat().st_mode & 0o077 == 0


def test_two_records_of_one_value_share_nothing(story: Story) -> None:
    """Whoever knows one value cannot see where else it stands: every commitment has its salt."""
    first, second = (
        private(story, "note", {"text": "yes"}, "/text", run=False)[0].body["text"]
        for _ in range(2)
    )
    assert first != second


@pytest.mark.parametrize("field", ["value", "raw"])
def test_a_lost_or_altered_opening_is_found_and_located(
    trail: Path, story: Story, field: str
) -> None:
    """Destroying evidence in silence shows, and names the record whose value is gone."""
    path = opening_file(trail, story, 2, field)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    assert found(verify(trail)) == [("opening.altered", 2)]
    path.unlink()
    assert found(verify(trail)) == [("opening.missing", 2)]
    story.add("value.forgotten", {"record": 2, "fields": [field], "because": "asked"}, run=False)
    assert verify(trail).outcome is Outcome.CONSISTENT


def test_openings_that_were_swapped_are_found(trail: Path, story: Story) -> None:
    """An opening belongs to one commitment, even where somebody has moved the files."""
    one, other = opening_file(trail, story, 2, "value"), opening_file(trail, story, 2, "raw")
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)
    assert found(verify(trail)) == [("opening.altered", 2)] * 2


def test_a_copy_without_the_key_is_not_blamed(trail: Path, story: Story) -> None:
    """Somebody who was only given the trail cannot tell, and verification does not pretend."""
    Layout(directory=trail).openings_key.unlink()
    for path in Layout(directory=trail).openings.iterdir():
        path.unlink()
    assert verify(trail).outcome is Outcome.CONSISTENT


def test_a_bundle_shows_the_runs_values_and_nobody_elses(
    trail: Path, story: Story, tmp_path: Path
) -> None:
    """By default answers and notes are shown; evidence and other incidents are not."""
    bundle = export_run(trail, RUN, tmp_path / "b")
    assert (bundle.shown, bundle.withheld, bundle.evidence_left_out) == (2, 1, 1)
    assert "red-fox called" not in everything(bundle.path)
    assert "of red-fox" not in everything(bundle.path)
    code, output = check(bundle.path)
    assert (code, "2 values that records commit to are shown" in output) == (0, True), output
    assert "recorded; 2 withheld" in output
    full = export_run(trail, RUN, tmp_path / "full", with_evidence=True)
    assert (full.shown, full.evidence_left_out) == (3, 0)
    assert check(full.path)[0] == 0


@pytest.mark.parametrize(
    ("what", "shown"), [(("all",), 0), (("reads",), 1), (("notes",), 1), (("2/value", "3"), 0)]
)
def test_what_is_redacted_is_not_in_the_bundle(
    trail: Path, story: Story, tmp_path: Path, what: tuple[str, ...], shown: int
) -> None:
    """The bundle still verifies, and the value is nowhere in it, in no form."""
    bundle = export_run(trail, RUN, tmp_path / "b", withheld=Withheld.parse(what))
    assert bundle.shown == shown
    code, output = check(bundle.path)
    assert code == 0, output
    told = everything(bundle.path)
    assert ("mallory" in told) == bool(shown)
    plain = Opening(path="/value", value=READ["value"], salt=bytes(32))
    assert str(plain.commitment()["$c"]) not in told


def test_a_slip_in_what_to_redact_exports_nothing(
    trail: Path, story: Story, tmp_path: Path
) -> None:
    """A value that is not there, or cannot be withheld, would be shown by mistake."""
    for what, code in (("99", "IRK741"), ("1/title", "IRK741"), ("2/login", "IRK741")):
        with pytest.raises(IrkitError, match=code):
            export_run(trail, RUN, tmp_path / "b", withheld=Withheld.parse((what,)))
    with pytest.raises(IrkitError, match="IRK718"):
        Withheld.parse(("everything",))
    assert not (tmp_path / "b").exists()


@pytest.fixture
def shown_later(trail: Path, story: Story, tmp_path: Path) -> Path:
    """Export a bundle that withholds everything, then hand over the opening of one value."""
    bundle = export_run(trail, RUN, tmp_path / "b", withheld=Withheld.parse(("all",))).path
    record, fields = Named.parse("2/value").of(story.journal.replay())
    written(bundle / "openings", None, record, fields, story.journal.blobs.openings)
    return bundle


def test_a_value_is_proven_later(shown_later: Path) -> None:
    """The check takes the opening, and so does `sha256sum` by hand."""
    code, output = check(shown_later)
    assert code == 0, output
    assert "1 value that records commit to is shown" in output
    opening = Opening.decode((shown_later / "openings" / "2-value.json").read_bytes())
    assert opening.value == READ["value"]
    hashed = subprocess.run(
        ["sha256sum"],
        input=opening.salt + canonical(["irkit.commit.v1", "/value", opening.value]),
        capture_output=True,
        check=True,
    ).stdout.split()[0]
    commitment = base64.b64encode(bytes.fromhex(hashed.decode())).decode()
    assert f'"value":{{"$c":"{commitment}"}}' in (shown_later / "records.jsonl").read_text()


def edited(old: str, new: str) -> Callable[[bytes], bytes]:
    """Return an edit of an opening's bytes."""

    def edit(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return edit


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (edited("mallory", "Mallory"), "does not open record 2"),
        (edited('"/value"', '"/raw"'), "does not open record 2"),
        (edited('"value":{', '"value": {'), "does not open record 2"),
        (lambda data: data + b"\n", "does not open record 2"),
        (lambda data: data[: data.index(b'"salt":"') + 8] + b"A" + data[22 + 2 :], "2-value"),
        (edited('"salt"', '"sält"'), "is no opening"),
    ],
)
def test_an_altered_opening_is_located(
    shown_later: Path, edit: Callable[[bytes], bytes], said: str
) -> None:
    """Another value, place, spelling or salt is not what the record committed to."""
    path = shown_later / "openings" / "2-value.json"
    path.write_bytes(edit(path.read_bytes()))
    code, output = check(shown_later)
    assert (code, said in output) == (1, True), output


def test_an_opening_for_another_record_is_refused(shown_later: Path) -> None:
    """An opening names its record by its file, and opens no other."""
    folder = shown_later / "openings"
    (folder / "2-value.json").rename(folder / "1-value.json")
    assert "does not open record 1" in check(shown_later)[1]
    (folder / "1-value.json").rename(folder / "77-value.json")
    assert "the bundle has no record 77" in check(shown_later)[1]


def test_openings_are_written_once_and_one_a_file(story: Story, tmp_path: Path) -> None:
    """Nothing is overwritten, and one file never holds two values."""
    record, fields = Named.parse("2").of(story.journal.replay())
    openings = story.journal.blobs.openings
    with pytest.raises(IrkitError, match="IRK718"):
        written(tmp_path, Path("one.json"), record, fields, openings)
    assert len(written(tmp_path, None, record, fields, openings)) == 2
    with pytest.raises(IrkitError, match="IRK719"):
        written(tmp_path, None, record, fields, openings)
