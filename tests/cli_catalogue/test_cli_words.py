"""What people read, besides what is the same in JSON."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from catalogue_workspace import ALICE, BOB, CAROL, Desk

from irkit.cli.views import bundle, protect
from irkit.cli.views.style import Style
from irkit.engine.pinning import Pinning
from irkit.model.approval import Statement
from irkit.trail.approval_file import ApprovalFile
from irkit.trail.export import Bundle
from irkit.trail.signing_keys import load_signing_key
from irkit.trail.sshsig import sign
from irkit.workspace.lock import Pin

STYLE = Style(now=datetime(2026, 11, 24, 3, tzinfo=UTC))
PIN = Pin(
    kind="aws.role",
    pattern="aws.role:irkit-*",
    tenant="aws:111122223333",
    id="AROA1",
    label="arn:aws:iam::111122223333:role/irkit-read",
)


def test_a_removal_says_what_is_revoked_and_what_comes_next(desk: Desk) -> None:
    """The fingerprint that counts no more is on the screen."""
    desk.sealed(ALICE, BOB, CAROL)
    said = desk.run("approvers", "remove", CAROL).out
    assert "revoked from now on: SHA256:" in said
    assert "irkit approvers seal" in said


def test_removing_a_key_that_was_never_sealed_revokes_nothing(desk: Desk) -> None:
    """Before there is a trail there is nothing to record."""
    desk.enrol(BOB)
    said = desk.ask("approvers", "remove", BOB)
    assert (said.code, said.json["revoked"]) == (0, [])
    assert desk.ask("approvers", "list").json["approvers"] == []


def test_the_list_tells_every_standing_of_a_key(desk: Desk) -> None:
    """In force, new, leaving, revoked, expired and early are six different words."""
    desk.sealed(ALICE, BOB, CAROL)
    desk.run("approvers", "remove", CAROL)
    path = desk.root / "approvers/allowed_signers"
    names = ("dora@acme.example", "emil@acme.example", "fay@acme.example")
    for name in names:
        desk.enrol(name)
    text = path.read_text().replace(
        f"{names[1]} namesp", f'{names[1]} valid-before="20200101Z",namesp'
    )
    text = text.replace(f"{names[2]} namesp", f'{names[2]} valid-after="20990101Z",namesp')
    path.write_text("\n".join(line for line in text.split("\n") if not line.startswith(BOB)))
    states = {one["name"]: one["state"] for one in desk.ask("approvers", "list").json["approvers"]}
    assert states == {
        ALICE: "in force",
        BOB: "taken out, not sealed yet",
        CAROL: "revoked",
        names[0]: "not sealed yet",
        names[1]: "expired",
        names[2]: "not valid yet",
    }


def test_a_written_statement_says_how_to_sign_it(desk: Desk, tmp_path: Path) -> None:
    """The two commands are printed whole."""
    desk.sealed(BOB)
    desk.enrol(CAROL)
    path = tmp_path / "policy file"
    said = desk.run("approvers", "seal", "--write", str(path), who=BOB)
    assert said.code == 4
    assert f"ssh-keygen -Y sign -n irkit.approval.v1 -f ~/.ssh/id_ed25519 '{path}'" in said.out
    assert f"irkit approvers seal --file '{path}'" in said.out
    assert desk.ask("approvers", "seal", "--write", "/nowhere/x").codes == ("IRK474",)


def test_a_carried_approval_file_counts(desk: Desk, tmp_path: Path) -> None:
    """The same form in which approvals of plans are carried is taken for a policy as well."""
    desk.sealed(BOB)
    desk.enrol(CAROL)
    path = tmp_path / "policy"
    desk.ask("approvers", "seal", "--write", str(path), who=BOB)
    key = load_signing_key(str(desk.key(BOB)))
    carried = ApprovalFile(
        statement=Statement.decode(path.read_bytes()),
        signature=sign(path.read_bytes(), key=key, namespace="irkit.approval.v1").decode(),
        display=Path(f"{path}.txt").read_text(),
    )
    carried.write(tmp_path / "bob.approval")
    assert desk.ask("approvers", "seal", "--file", str(tmp_path / "bob.approval")).code == 0
    assert desk.ask("approvers", "seal", "--file", str(tmp_path / "none")).code == 0


def test_a_denied_policy_says_by_whom(desk: Desk) -> None:
    """The screen of a stopped policy names who stopped it."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    said = desk.run("approvers", "seal", "--yes", "--deny", "--key", str(desk.key(BOB)), who=BOB)
    assert f"denied by {BOB}" in said.out
    both = desk.run("approvers", "seal")
    assert (both.code, f"denied by {BOB}" in both.out) == (5, True)


def test_the_second_approver_reads_who_said_yes(desk: Desk) -> None:
    """Nobody has to ask around."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(ALICE)), who=ALICE)
    assert f"({ALICE} said yes)" in desk.run("approvers", "seal").out
    sealed = desk.run("approvers", "seal", "--yes", "--key", str(desk.key(BOB)), who=BOB)
    assert "in force from record" in sealed.out


def test_a_person_at_a_terminal_is_asked_and_may_stop(desk: Desk) -> None:
    """The word has to be typed; anything else signs nothing."""
    desk.sealed(BOB)
    desk.enrol(CAROL)
    assert typed(desk, "no\n")[0] == 6
    assert desk.ask("approvers", "seal").json["have"] == []
    code, shown = typed(desk, "approve\n")
    assert code == 0
    assert f"Type `approve` to approve this policy as {BOB}" in shown


def typed(desk: Desk, answer: str) -> tuple[int, str]:
    """Seal at a pseudo-terminal and type `answer`."""
    ours, theirs = os.openpty()
    words = ["-m", "irkit", "--workspace", str(desk.root), "--as", BOB, "approvers", "seal"]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", *words, "--key", str(desk.key(BOB))],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        os.write(ours, answer.encode())
        process.communicate(timeout=60)
    shown = b""
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:
        pass
    os.close(ours)
    return process.returncode, shown.decode(errors="replace")


def test_a_bundle_says_what_was_left_out() -> None:
    """Evidence that is only there as a hash is counted, and so is what is withheld."""
    made = Bundle(
        path=Path("/b"),
        records=3,
        size=9,
        approvals=2,
        evidence_left_out=1,
        shown=4,
        withheld=2,
    )
    told = bundle.text(bundle.to_json("R1", made), style=STYLE)
    assert "3 records, 2 approvals" in told
    assert "1 raw answer of a read there only as hashes" in told
    assert "2 values withheld" in told
    assert "bash /b/verify.sh" in told


def test_pins_that_are_gone_are_said() -> None:
    """A protected role that was deleted is no silence."""
    pinning = Pinning(pins=(), new=(), gone=(PIN,), first=False)
    told = protect.text(protect.to_json(pinning, written=False), style=STYLE)
    assert "not there any more" in told
    assert "irkit protect pin" in told


def test_the_first_pin_finds_nothing_suspicious() -> None:
    """Without an earlier pin there is nothing that came after it."""
    pinning = Pinning(pins=(PIN,), new=(PIN,), gone=(), first=True)
    told = protect.text(protect.to_json(pinning, written=True), style=STYLE)
    assert "SUSPICIOUS" not in told
    assert "111122223333:role/irkit-read" in told
    assert "1 principal pinned" in told


def test_permissions_and_heads_read_as_text(desk: Desk) -> None:
    """The table of rights names what each is for."""
    told = desk.run("permissions", "leaked-aws-access-key").out
    assert "iam:UpdateAccessKey" in told
    assert "aws.iam_key.deactivate" in told
    desk.sealed(ALICE, BOB)
    assert desk.ask("trail", "anchor").json["note"].startswith("acme.example/irkit/oncall/")


def test_a_case_is_shown_with_its_notes_and_age(desk: Desk) -> None:
    """Opening, notes and closing are told with their times."""
    desk.sealed(ALICE, BOB)
    assert "irkit run PLAYBOOK --case teal-otter" in desk.run("case", "open", "teal-otter").out
    desk.run("case", "note", "teal-otter", "HR was called")
    shown = desk.run("case", "show", "teal-otter").out
    assert "HR was called" in shown
    assert "ago) by" in shown
    assert "irkit report teal-otter" in desk.run("case", "close", "teal-otter").out


def test_durations_of_needs_are_said_in_words(desk: Desk) -> None:
    """A need with roles and a window is one readable line."""
    path = desk.root / "irkit.yaml"
    rule = "  change: {need: 2, from: [ir-lead], valid: 90m}\n"
    path.write_text(path.read_text().replace("approvals:\n", f"approvals:\n{rule}", 1))
    told = desk.run("policy", "show").out
    assert "2 approvals from ir-lead, for 1h 30m" in told
    assert (
        timedelta(minutes=90).total_seconds()
        == desk.ask("policy", "show").json["rules"]["change"]["valid_s"]
    )


def test_a_new_playbook_says_what_to_type(desk: Desk) -> None:
    """Lint, graph and plan with the input it asks for."""
    desk.enrol(BOB)
    told = desk.run("new", "my-own", "--for", "aws").out
    assert "irkit plan" in told
    assert "-i key=" in told
