"""`irkit test` at a terminal: what is shown, what is written, and what is kept as a proof."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from terminal import DANA, Terminal

from irkit.proving.proof import Level, Outcome, proofs
from irkit.trail.journal import Journal
from irkit.workspace.decode import load
from irkit.world.world import World

PLAYBOOK = "leaked-aws-access-key"
TEST = """irkit: 1
tests: leaked-aws-access-key
unit:
  - name: a key that nobody knows
    inputs: {key: AKIAIOSFODNN7EXAMPLE}
    expect:
      result: RESULT
      calls: {writes: 0}
"""


@pytest.fixture
def terminal_with_test(offline: Terminal) -> Terminal:
    """A workspace whose own test of the playbook has one quick case."""
    write(offline, "error")
    return offline


def write(terminal: Terminal, result: str) -> Path:
    """Write the test, expecting this result."""
    path = terminal.root / "playbooks" / f"{PLAYBOOK}.test.yaml"
    path.write_text(TEST.replace("RESULT", result))
    return path


def proven(terminal: Terminal) -> list[tuple[Level, Outcome, dict[str, int]]]:
    """Return the proofs in the workspace's trail."""
    with Journal.open(load(terminal.root).trail_directory, signer=None) as journal:
        return [
            (one.proof.level, one.proof.outcome, dict(one.proof.counts))
            for one in proofs(journal.replay())
        ]


def test_what_holds_is_said_and_kept(terminal_with_test: Terminal) -> None:
    """A file that was tried as a whole is a proof in the trail."""
    said = terminal_with_test.here("test", PLAYBOOK, "--jobs", "1")
    assert said.code == 0, said.err
    assert "✔ passed  leaked-aws-access-key: a key that nobody knows" in said.out
    assert "✔ 1 case passed (5 checks)" in said.out
    counts = {"cases": 1, "failed": 0, "checks": 5}
    assert proven(terminal_with_test) == [(Level.UNIT, Outcome.PASSED, counts)]


def test_what_does_not_hold_is_shown_with_its_line(terminal_with_test: Terminal) -> None:
    """The expectation, its line, what was found, exit code 1, and a proof that failed."""
    write(terminal_with_test, "contained")
    said = terminal_with_test.here("test", PLAYBOOK, "--jobs", "1")
    assert said.code == 1
    assert "✖ FAILED" in said.out
    assert "error[IRK820]: a key that nobody knows: result" in said.out
    assert "7 |       result: contained" in said.out
    assert "found error" in said.out
    assert [outcome for _, outcome, _ in proven(terminal_with_test)] == [Outcome.FAILED]


def test_part_of_a_file_is_no_proof(terminal_with_test: Terminal) -> None:
    """Only what was tried as a whole is kept."""
    path = write(terminal_with_test, "error")
    path.write_text(
        path.read_text() + "  - name: other\n    inputs: {key: X}\n    expect: {result: error}\n"
    )
    said = terminal_with_test.json("test", PLAYBOOK, "-k", "nobody", "--jobs", "1")
    assert said.view("tests")["passed"] == 1
    assert proven(terminal_with_test) == []


def test_documents_for_machines(terminal_with_test: Terminal) -> None:
    """JUnit and JSON hold every check, and where to find it."""
    root = terminal_with_test.root
    for format_ in ("junit", "json"):
        out = str(root / f"out.{format_}")
        words = ("test", PLAYBOOK, "--jobs", "1", "--format", format_, "--out", out)
        assert terminal_with_test.here(*words).code == 0
    suite = ET.parse(root / "out.junit").getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("5", "0", "0")
    value = json.loads((root / "out.json").read_text())
    (case,) = value["cases"]
    assert (case["case"], case["passed"], len(case["checks"])) == (
        "a key that nobody knows",
        True,
        5,
    )
    assert case["checks"][0]["line"] in {7, 8}


def test_nothing_to_test_is_no_success(terminal_with_test: Terminal) -> None:
    """A name that matches nothing is an error."""
    said = terminal_with_test.json("test", PLAYBOOK, "-k", "undoo")
    assert (said.code, said.codes) == (1, ["IRK822"])


def test_a_test_with_mistakes_is_not_run(terminal_with_test: Terminal) -> None:
    """What is wrong with the file is told before any world is started."""
    write(terminal_with_test, "contaned")
    said = terminal_with_test.json("test", PLAYBOOK)
    assert (said.code, said.codes) == (1, ["IRK105"])


def test_a_sweep_lists_what_survives(terminal_with_test: Terminal) -> None:
    """A case that never gets to the steps notices nothing, and the sweep says so."""
    words = ("test", PLAYBOOK, "--sweep", "mutate", "--sample", "3", "--seed", "5", "--jobs", "1")
    said = terminal_with_test.here(*words)
    assert said.code == 1
    assert "3/3" in said.out
    assert "of 3 pieces good" in said.out
    assert "no case notices it" in said.out
    kept = terminal_with_test.root / ".irkit" / "sweeps" / f"mutate-{PLAYBOOK}.jsonl"
    assert len(kept.read_text().splitlines()) == 4
    again = terminal_with_test.json(*words)
    assert [line["ms"] for line in again.views("sweep")] == [
        json.loads(line)["ms"] for line in kept.read_text().splitlines()[1:]
    ]


def test_a_run_of_an_exercise_becomes_a_test(terminal: Terminal, world: World) -> None:
    """What was planned and not approved yet is played again, and the file is one that holds."""
    key = next(seat for seat in world.seats if seat.kind == "long_term_key").access_key_id
    opened = terminal.json("plan", PLAYBOOK, "-i", f"key={key}", "--open", who=DANA)
    assert opened.code == 0, opened.err
    out = terminal.root / "playbooks" / f"{PLAYBOOK}.test.yaml"
    out.unlink(missing_ok=True)
    said = terminal.json("test", "record", "last", "--out", str(out))
    assert said.code == 0, said.err
    text = out.read_text()
    assert f"inputs: {{key: {key}}}" in text
    assert "approvals: []" in text
    assert "result: waiting" in text
    assert terminal.json("lint", str(out)).code == 0
    assert terminal.json("test", str(out), "--jobs", "1").code == 0


def test_only_a_run_of_an_exercise_is_recorded(offline: Terminal) -> None:
    """One run is named, and it has to be there."""
    assert offline.json("test", "record").codes == ["IRK100"]
    assert offline.json("test", "record", "last").code == 1
