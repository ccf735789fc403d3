"""Commands about a run that really happened in the world: reports, bundles, cases, pins."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from catalogue_workspace import ALICE, BOB, Desk, exercise

from irkit.world.world import World

VICTIM = "kai.contractor@acme.example"
CASE = "teal-otter"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, World]]:
    """A world in which one run of a playbook made by `irkit new` has ended, AWS being left out."""
    with exercise(tmp_path_factory.mktemp("lab")) as (desk, world):
        desk.enrol(ALICE, BOB)
        assert desk.ask("protect", "pin").code == 0
        assert desk.ask("approvers", "seal").code == 0
        assert desk.ask("new", "close-door").code == 0
        opened = desk.ask("run", "close-door", "-i", f"user={VICTIM}", "--no-wait", "--case", CASE)
        assert opened.code == 4, opened.err
        assert desk.ask("approve", "last", "--yes", "--key", str(desk.key(BOB)), who=BOB).code == 0
        assert desk.ask("run", "last", "--no-wait").code == 3
        yield desk, world


@pytest.fixture
def desk(lab: tuple[Desk, World]) -> Desk:
    """The workspace of that world."""
    return lab[0]


def run_id(desk: Desk) -> str:
    """Return the id of the run."""
    return str(desk.ask("case", "show", CASE).json["runs"]["runs"][0]["run"])


def test_report_in_markdown_tells_what_was_done_by_whom(desk: Desk) -> None:
    """The after-action report names the change, the approver and what is alive."""
    said = desk.run("report", "last")
    assert said.code == 0
    assert "Suspend an Okta user" in said.out
    assert BOB in said.out
    assert "ALIVE" in said.out


def test_report_in_html_is_one_page_without_anything_from_elsewhere(desk: Desk) -> None:
    """The page is written, private, and loads nothing."""
    path = desk.root / "report.html"
    said = desk.ask("report", CASE, "--format", "html", "--out", str(path))
    assert said.json["file"] == str(path)
    page = path.read_text()
    assert page.startswith("<!")
    assert not any(word in page for word in ("<script src", "<link ", "@import", "url(http"))
    assert path.stat().st_mode & 0o077 == 0


def test_report_in_json_is_the_whole_story(desk: Desk) -> None:
    """The JSON form holds the run's id and its approvals."""
    story = json.loads(desk.run("report", "last", "--format", "json").out)
    assert story["runs"][0]["id"] == run_id(desk)
    assert [approval["who"] for approval in story["approvals"]] == [BOB]
    assert desk.ask("report", "last").json["runs"][0]["id"] == run_id(desk)


def test_report_with_comms_is_a_draft_that_says_exercise(desk: Desk) -> None:
    """A draft from an exercise cannot be mistaken for a real notice."""
    assert "[EXERCISE]" in desk.run("report", CASE, "--comms").out


def test_report_of_an_unknown_run_is_refused(desk: Desk) -> None:
    """Nothing is reported about what is not in the trail."""
    assert desk.ask("report", "no-such-thing").codes == ("IRK610",)


def test_report_that_cannot_be_written_says_where(desk: Desk) -> None:
    """A folder that is not there is a diagnostic."""
    said = desk.ask("report", "last", "--out", "/nowhere/at/all.md")
    assert said.codes == ("IRK621",)


def test_an_exported_bundle_is_accepted_by_its_own_script(desk: Desk, tmp_path: Path) -> None:
    """The command that is printed checks the bundle with stock tools alone."""
    said = desk.ask("trail", "export", "last", "--out", str(tmp_path / "bundle"))
    assert (said.code, said.json["approvals"]) == (0, 1)
    words = str(said.json["check"]).split()
    done = subprocess.run(
        words, check=False, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"}
    )
    assert done.returncode == 0, done.stdout
    assert f'VERIFIED: run "{run_id(desk)}"' in done.stdout


def test_a_bundle_is_not_written_over_another(desk: Desk, tmp_path: Path) -> None:
    """A directory that is there already is left alone."""
    assert desk.ask("trail", "export", "last", "--out", str(tmp_path)).codes == ("IRK750",)


def test_trail_show_of_a_case_has_its_runs_and_its_own_records(desk: Desk) -> None:
    """A case's history is its opening, its notes and everything in its runs."""
    lines = desk.ask("trail", "show", CASE).out.strip().split("\n")
    types = {json.loads(line)["type"] for line in lines}
    assert {"case.opened", "run.opened", "approval", "step.intent", "run.closed"} <= types
    assert "trail.genesis" not in types


def test_an_approver_is_an_anchor_of_what_was_before(desk: Desk) -> None:
    """Verification counts the head that the approver signed."""
    anchors = desk.ask("trail", "verify", "--deep").json["anchors"]
    assert [anchor["source"] for anchor in anchors] == [f"approver {BOB}"]


def test_a_case_is_not_closed_while_the_intruder_is_alive(desk: Desk) -> None:
    """Every living seat is named, the exit code says it is not over, and nothing is recorded."""
    said = desk.ask("case", "close", CASE)
    assert said.code == 3
    assert set(said.codes) == {"IRK634"}
    assert "ALIVE" in said.err
    shown = desk.ask("case", "show", CASE).json
    assert shown["closed_at"] == ""
    assert all("ALIVE" in item["what"] for item in shown["held_open_by"])


def test_what_matches_a_pattern_later_is_shown_as_suspicious(lab: tuple[Desk, World]) -> None:
    """A role that an intruder names like a protected one is new, and not silently pinned."""
    desk, world = lab
    before = desk.ask("protect", "pin", "--check")
    assert (before.code, before.json["new"]) == (0, [])
    group = world.okta_ids.groups["break-glass"]
    user = world.okta_ids.users[VICTIM]
    world.okta.add_member(group, user)
    after = desk.ask("protect", "pin", "--check")
    assert (after.code, after.json["written"]) == (2, False)
    assert [pin["label"] for pin in after.json["new"]] == [VICTIM]
    assert "SUSPICIOUS" in desk.run("protect", "pin", "--check").out


def test_pins_are_ids_and_count_once_they_are_sealed(desk: Desk) -> None:
    """The policy shows the pins, which are ids and not names."""
    shown = desk.ask("policy", "show").json
    assert shown["sealed"] is True
    group = [pin for pin in shown["pins"] if pin["pattern"] == "okta.group:break-glass"]
    assert {pin["kind"] for pin in group} == {"okta.group", "okta.user"}
    assert all(pin["id"].startswith("00") for pin in group)


def test_the_picture_of_the_playbook_is_well_formed(desk: Desk) -> None:
    """The drawing of a workspace's own playbook parses as XML."""
    drawn = ET.fromstring(desk.run("graph", "close-door", "--format", "svg").out)
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    assert "suspend" in "".join(drawn.itertext())


def test_a_pattern_that_means_nothing_is_pointed_out(desk: Desk) -> None:
    """A misspelt group protects nobody, which is said."""
    path = desk.root / "irkit.yaml"
    before = path.read_text()
    path.write_text(before.replace("okta.group: break-glass", "okta.group: no-such-group-at-all"))
    said = desk.ask("protect", "pin", "--check")
    path.write_text(before)
    assert said.codes == ("IRK308",)
    assert {pin["pattern"] for pin in said.json["gone"]} == {"okta.group:break-glass"}


def test_nothing_is_pinned_while_a_provider_does_not_answer(lab: tuple[Desk, World]) -> None:
    """Half a pin would unprotect the rest, so the old one stays."""
    desk, world = lab
    before = (desk.root / "protect.lock").read_bytes()
    world.okta_proxy.set_dead(True)
    try:
        said = desk.ask("protect", "pin")
    finally:
        world.okta_proxy.set_dead(False)
    assert said.code != 0
    assert (desk.root / "protect.lock").read_bytes() == before
