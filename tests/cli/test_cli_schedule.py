"""`irkit schedule`: what is due, doing it once, and under a lock."""

import fcntl
import os
from pathlib import Path

import pytest
from terminal import FEDERATED, Terminal

from irkit.assets import playbook_files, playbooks
from irkit.proving.proof import Level
from irkit.proving.schedule.doing import able

POLICY = f"""\
irkit: 1
tests: {FEDERATED}
policy:
  lint: {{on_change: true}}
  drill: {{every: 90d}}
"""


@pytest.fixture
def quiet(offline: Terminal) -> Terminal:
    """A workspace of its own mind: its policies ask for nothing."""
    folder = offline.root / "playbooks"
    folder.mkdir(exist_ok=True)
    for playbook in playbook_files(playbooks()):
        text = f"irkit: 1\ntests: {playbook.stem}\n"
        (folder / f"{playbook.stem}.test.yaml").write_text(text)
    return offline


@pytest.fixture
def asked(quiet: Terminal) -> Terminal:
    """A workspace whose policy asks for lint and a drill of one playbook."""
    (quiet.root / f"playbooks/{FEDERATED}.test.yaml").write_text(POLICY)
    return quiet


def due(terminal: Terminal) -> dict[str, bool]:
    """Return the levels of the playbook in the schedule, and whether each is due now."""
    items = terminal.json("schedule", "show").view("schedule")["items"]
    return {item["level"]: item["now"] for item in items}


def proofs(terminal: Terminal) -> int:
    """Return how many proofs the trail has."""
    return (terminal.root / ".irkit/trail/journal.jsonl").read_bytes().count(b'"type":"proof"')


def test_nothing_is_due_where_nothing_is_asked(quiet: Terminal) -> None:
    """Without a policy the schedule says how to have one."""
    assert "no policy asks for anything" in quiet.here("schedule", "show").out
    assert "Nothing is due" in quiet.here("schedule", "run").out
    assert proofs(quiet) == 0


def test_what_is_due_is_proven_once(asked: Terminal) -> None:
    """A run proves what is due, and the next one finds it proven."""
    assert due(asked) == {"lint": True, "drill": True}
    said = asked.here("schedule", "run")
    assert said.code == 0, said.out + said.err
    assert f"passed  {FEDERATED} lint" in said.out
    assert f"{FEDERATED} drill is due, and is not for a timer" in said.out
    assert due(asked) == {"drill": True}
    assert proofs(asked) == 1
    asked.here("schedule", "run")
    assert proofs(asked) == 1


def test_a_change_makes_it_due_again(asked: Terminal) -> None:
    """With `on_change` an edited playbook is proven at the next run."""
    asked.here("schedule", "run")
    shipped = Path(__file__).parents[2] / "playbooks" / f"{FEDERATED}.yaml"
    (asked.root / "playbooks" / shipped.name).write_text(f"{shipped.read_text()}# edited\n")
    items = asked.json("schedule", "show").view("schedule")["items"]
    assert [item["why"] for item in items if item["level"] == "lint"] == ["changed since: playbook"]
    asked.here("schedule", "run")
    assert proofs(asked) == 2


def test_an_attempt_that_comes_to_nothing_is_recorded(asked: Terminal) -> None:
    """A preflight of a world that is down is a proof that failed, and fails the run."""
    asked.edit(
        "  lint: {on_change: true}", "  preflight: {every: 6h}", f"playbooks/{FEDERATED}.test.yaml"
    )
    said = asked.json("schedule", "run")
    assert said.code == 1
    assert said.view("proof")["outcome"] == "failed"
    assert proofs(asked) == 1
    assert due(asked)["preflight"] is False


def test_two_runs_at_once_do_it_once(asked: Terminal) -> None:
    """While another run holds the lock nothing is done, and nobody is alarmed."""
    handle = os.open(asked.root / ".irkit/schedule.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        said = asked.here("schedule", "run")
        assert (said.code, proofs(asked)) == (0, 0)
        assert "Another run of the schedule is under way" in said.out
    finally:
        os.close(handle)


@pytest.mark.parametrize("kind", ["systemd", "cron", "k8s", "github"])
def test_units_are_printed_and_written(offline: Terminal, kind: str, tmp_path: Path) -> None:
    """What is printed names this workspace, and is what is written to files."""
    printed = offline.here("schedule", "print", kind)
    assert printed.code == 0
    if kind != "k8s":
        assert str(offline.root.resolve()) in printed.out
    assert offline.here("schedule", "print", kind, "--out", str(tmp_path / "units")).code == 0
    for path in (tmp_path / "units").iterdir():
        assert path.read_text().strip() in printed.out


def test_units_that_cannot_be_written_are_told(offline: Terminal, tmp_path: Path) -> None:
    """A directory that is none is an error."""
    (tmp_path / "file").write_text("")
    said = offline.json("schedule", "print", "cron", "--out", str(tmp_path / "file"))
    assert said.codes == ["IRK860"]


UNIT = """\
irkit: 1
tests: small
policy: {unit: {on_change: true}}
unit:
  - name: there is nothing to contain
    inputs: {user: maria.lopez@acme.example}
    expect: {result: RESULT}
"""
SMALL = """\
irkit: 1
playbook: small
title: Look at a user
inputs:
  user: {type: okta.user, ask: "Who"}
steps:
  - phase: Look
    steps:
      - read: okta.user.get
        with: {user: "{{ inputs.user }}"}
"""


@pytest.mark.parametrize(("result", "outcome"), [("completed", "passed"), ("contained", "failed")])
def test_tests_are_tried_by_the_timer(quiet: Terminal, result: str, outcome: str) -> None:
    """What is due at the level of tests is tried in worlds, and passes or fails as they say."""
    folder = quiet.root / "playbooks"
    (folder / "small.yaml").write_text(SMALL)
    (folder / "small.test.yaml").write_text(UNIT.replace("RESULT", result))
    said = quiet.json("schedule", "run")
    assert said.view("proof")["outcome"] == outcome, said.out + said.err
    assert said.view("proof")["level"] == "L1"


CANARY = """\
irkit: 1
tests: leaked-aws-access-key
policy: {canary: {every: 7d}}
canary:
  user: "arn:aws:iam::111122223333:user/canary-leaked"
  plant: long_term_key
  quiet: ["Mon 00:00/Sun 23:59 UTC", "Sun 23:00/Mon 01:00 UTC"]
"""


def test_a_canary_waits_for_the_end_of_the_quiet_hours(quiet: Terminal) -> None:
    """It stays due and nothing is recorded, so that it is let out as soon as they are over."""
    (quiet.root / "playbooks/leaked-aws-access-key.test.yaml").write_text(CANARY)
    said = quiet.here("schedule", "run")
    assert (said.code, proofs(quiet)) == (0, 0), said.out + said.err
    assert "canary is due, and waits for the end of the quiet hours" in said.out


def test_drills_alone_are_left_to_people() -> None:
    """Every other level can be proven by a timer."""
    assert able() == frozenset(Level) - {Level.DRILL}
