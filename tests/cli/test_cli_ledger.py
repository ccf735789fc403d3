"""`irkit ledger`: what it shows, for whom, and with which exit code."""

import re
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from terminal import ALICE, FEDERATED, Terminal

from irkit.actions.load import catalogue
from irkit.assets import playbook_files, playbooks
from irkit.engine.session import Session
from irkit.proving import proof as proving
from irkit.proving.proof import Level, Outcome, Proof
from irkit.proving.shelf import Shelf
from irkit.workspace.decode import load

POLICY = """\
irkit: 1
tests: okta-user-federated-to-aws
policy:
  unit: {every: 1d, max_age: 2d}
  preflight: {every: 6h, max_age: 24h}
"""
LEAKED = "leaked-aws-access-key"


def prove(
    terminal: Terminal,
    level: Level,
    outcome: Outcome = Outcome.PASSED,
    *,
    problems: tuple[str, ...] = (),
) -> None:
    """Record a proof of the federated playbook as everything is now."""
    session = Session(
        workspace=load(terminal.root), catalogue=catalogue(), environment={}, actor_name=ALICE
    )
    shelf = Shelf(session=session)
    subject = shelf.subject(shelf.one(FEDERATED, Path()), level)
    assert subject is not None
    proof = Proof(
        playbook=FEDERATED,
        level=level,
        outcome=outcome,
        subject=subject,
        where="world acme-small",
        took=timedelta(seconds=1),
        problems=problems,
    )
    with session.journal(writing=True) as journal:
        proving.record(journal, session.actor, proof)


@pytest.fixture
def asked(offline: Terminal) -> Terminal:
    """A workspace whose policy asks for two levels of one playbook."""
    folder = offline.root / "playbooks"
    folder.mkdir(exist_ok=True)
    for playbook in playbook_files(playbooks()):
        text = f"irkit: 1\ntests: {playbook.stem}\n"
        (folder / f"{playbook.stem}.test.yaml").write_text(text)
    (folder / f"{FEDERATED}.test.yaml").write_text(POLICY)
    return offline


def level(terminal: Terminal, name: str) -> dict[str, object]:
    """Return how one level of the federated playbook stands."""
    (row,) = terminal.json("ledger", FEDERATED).view("ledger")["playbooks"]
    found: dict[str, object] = row["levels"][name]
    return found


def test_where_nothing_is_asked_nothing_is_proven(offline: Terminal) -> None:
    """Without a policy the ledger says how to have one, and is no success for a script."""
    (offline.root / "playbooks").mkdir(exist_ok=True)
    text = (playbooks() / f"{FEDERATED}.yaml").read_text().replace(FEDERATED, "own")
    (offline.root / "playbooks/own.yaml").write_text(text)
    said = offline.here("ledger", "own")
    assert "no policy asks for anything" in said.out
    assert "✔" not in said.out
    assert (said.code, offline.here("ledger", "own", "--exit-code").code) == (0, 8)


def test_what_is_asked_and_never_proven_is_told(asked: Terminal) -> None:
    """A level that a policy asks for is missing until it is proven, with what to type."""
    said = asked.here("ledger", "--exit-code")
    assert said.code == 8
    assert f"{FEDERATED} preflight: never proven" in said.out
    assert f"irkit preflight {FEDERATED}" in said.out
    assert "0 of 2 asked levels proven" in said.out


def test_what_is_proven_is_shown_with_its_age(asked: Terminal) -> None:
    """Both levels proven is success."""
    prove(asked, Level.UNIT)
    prove(asked, Level.PREFLIGHT)
    said = asked.here("ledger", "--exit-code")
    assert said.code == 0, said.out
    assert "✔ 2 of 2 asked levels proven" in said.out
    assert level(asked, "unit")["state"] == "proven"


def test_a_failed_attempt_is_shown_with_what_was_wrong(asked: Terminal) -> None:
    """A later failure takes a proof back, and its reasons are in the ledger."""
    prove(asked, Level.PREFLIGHT)
    prove(asked, Level.PREFLIGHT, Outcome.FAILED, problems=("quorum: bob's key expired",))
    said = asked.here("ledger", "--exit-code")
    assert said.code == 8
    assert "bob's key expired" in said.out


@pytest.mark.parametrize("change", ["playbook", "test", "environment", "policy"])
def test_a_change_makes_a_proof_stale(asked: Terminal, change: str) -> None:
    """What was proven before a change is not proven after it, and the ledger names the change."""
    prove(asked, Level.PREFLIGHT)
    named = change
    match change:
        case "playbook":
            shipped = Path("playbooks") / f"{FEDERATED}.yaml"
            text = (Path(__file__).parents[2] / shipped).read_text()
            (asked.root / shipped).write_text(f"{text}# edited\n")
        case "test":
            asked.edit(
                "policy:",
                "preflight: [{check: clocks, skew_max: 1s}]\npolicy:",
                f"playbooks/{FEDERATED}.test.yaml",
            )
        case "environment":
            asked.edit("org: acme", "org: acme2")
        case _:
            named = "environment"
            asked.edit(
                "  ir-lead: [",
                "  ir-second: [alice@acme.example]\n  ir-lead: [",
                "approvers/roles.yaml",
            )
    found = level(asked, "preflight")
    assert (found["state"], found["changed"]) == ("stale", [named])


def test_a_comment_in_the_settings_changes_nothing(asked: Terminal) -> None:
    """The environment is what the settings mean, not how they are written."""
    prove(asked, Level.PREFLIGHT)
    asked.edit("org: acme", "org: acme       # the company")
    assert level(asked, "preflight")["state"] == "proven"


def test_the_ledger_is_read_from_a_verified_trail_only(asked: Terminal) -> None:
    """A proof that was altered in the trail proves nothing at all."""
    prove(asked, Level.UNIT, Outcome.FAILED)
    prove(asked, Level.PREFLIGHT)
    trail = asked.root / ".irkit/trail/journal.jsonl"
    trail.write_bytes(trail.read_bytes().replace(b'"outcome":"failed"', b'"outcome":"passed"'))
    said = asked.json("ledger")
    assert said.code == 7
    assert set(said.codes) <= {"IRK704", "IRK842"}


def test_a_playbook_that_cannot_be_loaded_is_in_the_ledger(asked: Terminal) -> None:
    """A broken playbook is not left out: it is unproven, and says why."""
    (asked.root / f"playbooks/{FEDERATED}.yaml").write_text("irkit: 1\nplaybook: x\n")
    prove_all = asked.here("ledger", "--exit-code")
    assert prove_all.code == 8
    assert f"{FEDERATED} cannot be proven: IRK104" in prove_all.out


def test_a_test_file_with_errors_is_told(asked: Terminal) -> None:
    """A policy that cannot be read asks for nothing, and that is no success."""
    asked.edit("preflight:", "preflihgt:", f"playbooks/{FEDERATED}.test.yaml")
    said = asked.json("ledger", "--exit-code")
    assert said.code == 8
    assert said.codes == ["IRK101"]


def test_only_the_named_playbooks_are_shown(asked: Terminal) -> None:
    """A name is looked for as everywhere else."""
    rows = asked.json("ledger", LEAKED).view("ledger")["playbooks"]
    assert [row["playbook"] for row in rows] == [LEAKED]
    assert asked.json("ledger", "no-such").codes == ["IRK205"]


def test_prometheus_reads_what_it_is_given(asked: Terminal) -> None:
    """Every sample has its help and type, and its labels and value in the exposition format."""
    prove(asked, Level.UNIT)
    text = asked.here("ledger", "--format", "prometheus").out
    sample = re.compile(r'(irkit_[a-z_]+)(\{playbook="[^"]+",level="[a-z]+"\})? (\d+)')
    typed = set()
    samples = {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            typed.add(line.split()[2])
        elif not line.startswith("# HELP "):
            match = sample.fullmatch(line)
            assert match is not None, line
            assert match[1] in typed
            samples[match[1] + (match[2] or "")] = int(match[3])
    where = f'{{playbook="{FEDERATED}",level="unit"}}'
    assert samples[f"irkit_playbook_proven{where}"] == 1
    assert samples[f"irkit_playbook_last_proven_timestamp_seconds{where}"] > 1_700_000_000
    assert samples[f'irkit_playbook_wanting{{playbook="{FEDERATED}",level="preflight"}}'] == 1


def test_the_badge_is_a_picture_with_words(asked: Terminal, tmp_path: Path) -> None:
    """The badge is well-formed, says the same as the table, and shows no age."""
    out = tmp_path / "badge.svg"
    assert asked.here("ledger", "--format", "svg", "--out", str(out)).code == 0
    root = ET.parse(out).getroot()
    said = "".join(root.itertext())
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert "0 of 2 asked levels proven" in said
    assert "ago" not in said


def test_the_markdown_summary_says_what_is_wrong(asked: Terminal) -> None:
    """A table for all playbooks, and a line for each level that is asked and not proven."""
    text = asked.here("ledger", "--format", "markdown").out
    assert f"| `{FEDERATED}` |  | **never** |  | **never** |  |  |" in text
    assert f"- `{FEDERATED}` unit: never proven" in text


def test_a_file_that_cannot_be_written_is_told(asked: Terminal) -> None:
    """Nothing is left behind where the file cannot be put in place."""
    said = asked.json("ledger", "--format", "json", "--out", "nowhere/ledger.json")
    assert said.codes == ["IRK843"]
    assert said.code == 1
