"""`irkit approvers`: enrolling, testing, sealing and taking out."""

import base64
import subprocess
from pathlib import Path

import pytest
from catalogue_workspace import ALICE, BOB, CAROL, Desk

from irkit.trail import wire
from irkit.trail.verify import verify

LOW_ORDER = base64.b64encode(wire.string(wire.ED25519) + wire.string(bytes(32))).decode()


def test_add_writes_a_line_that_ssh_keygen_accepts(desk: Desk) -> None:
    """The allowed_signers file stays what stock OpenSSH reads."""
    desk.enrol(BOB)
    note = desk.root / "note"
    note.write_text("hello")
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", "irkit.approval.v1", "-f", str(desk.key(BOB))]
    subprocess.run([*words, str(note)], check=True, capture_output=True)
    signers = desk.root / "approvers" / "allowed_signers"
    check = ["ssh-keygen", "-Y", "verify", "-n", "irkit.approval.v1", "-I", BOB]
    words = [*check, "-f", str(signers), "-s", f"{note}.sig"]
    subprocess.run(words, check=True, input=note.read_bytes())


def test_add_shows_the_fingerprint_and_gives_the_role(desk: Desk) -> None:
    """What is enrolled is said so that it can be compared by voice."""
    said = desk.ask("approvers", "add", BOB, "--key", desk.public(BOB), "--role", "ir-lead")
    shown = subprocess.run(
        ["ssh-keygen", "-l", "-f", desk.public(BOB)], check=True, capture_output=True, text=True
    )
    assert said.json["fingerprint"] in shown.stdout
    listed = desk.ask("approvers", "list").json["approvers"]
    assert [(one["name"], one["roles"], one["state"]) for one in listed] == [
        (BOB, ["ir-lead"], "not sealed yet")
    ]


def test_add_keeps_the_comments_of_both_files(desk: Desk) -> None:
    """A file people wrote stays theirs."""
    signers, roles = desk.root / "approvers/allowed_signers", desk.root / "approvers/roles.yaml"
    before = signers.read_text(), roles.read_text().split("\n")
    desk.enrol(BOB)
    assert signers.read_text().startswith(before[0])
    changed = [line for line in roles.read_text().split("\n") if line not in before[1]]
    assert changed == [f"  ir-oncall: [{BOB}]"]


def test_add_refuses_a_private_key(desk: Desk) -> None:
    """A private key handed over by mistake is refused and nothing of it is kept."""
    said = desk.ask("approvers", "add", BOB, "--key", str(desk.key(BOB)))
    assert (said.code, said.codes) == (1, ("IRK460",))
    assert "BEGIN" not in (desk.root / "approvers/allowed_signers").read_text()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"ssh-ed25519 {LOW_ORDER}", "IRK452"),
        ("ssh-ed25519 AAAA", "IRK460"),
        ("hello", "IRK460"),
        ("a b\nc d", "IRK460"),
    ],
)
def test_add_refuses_what_is_no_good_key(desk: Desk, text: str, code: str) -> None:
    """A low-order key, cut-off text and several lines are refused, and nothing is written."""
    path = desk.keys / "bad.pub"
    path.write_text(text)
    before = (desk.root / "approvers/allowed_signers").read_bytes()
    said = desk.ask("approvers", "add", BOB, "--key", str(path))
    assert said.codes == (code,)
    assert (desk.root / "approvers/allowed_signers").read_bytes() == before


@pytest.mark.parametrize(
    ("options", "code"),
    [(("-t", "rsa", "-b", "1024"), "IRK461"), (("-t", "ecdsa", "-b", "384"), "IRK453")],
)
def test_add_refuses_short_and_unsupported_keys(
    desk: Desk, options: tuple[str, ...], code: str
) -> None:
    """Keys that the checks would not accept later are refused at once."""
    desk.key(BOB, *options)
    assert desk.ask("approvers", "add", BOB, "--key", desk.public(BOB)).codes == (code,)


def test_add_refuses_another_persons_key_and_the_same_key_again(desk: Desk) -> None:
    """Two names for one key would let one person be a quorum."""
    desk.enrol(BOB)
    assert desk.ask("approvers", "add", CAROL, "--key", desk.public(BOB)).codes == ("IRK454",)
    assert desk.ask("approvers", "add", BOB, "--key", desk.public(BOB)).codes == ("IRK463",)


def test_add_of_a_known_key_gives_a_further_role(desk: Desk) -> None:
    """The same person with the same key gets one more role and no second line."""
    desk.enrol(BOB)
    before = (desk.root / "approvers/allowed_signers").read_bytes()
    desk.enrol(BOB, role="ir-lead")
    assert (desk.root / "approvers/allowed_signers").read_bytes() == before
    listed = desk.ask("approvers", "list").json["approvers"]
    assert [one["roles"] for one in listed] == [["ir-oncall", "ir-lead"]]
    again = desk.ask("approvers", "add", BOB, "--key", desk.public(BOB), "--role", "ir-lead")
    assert again.codes == ("IRK463",)


def test_a_malformed_line_is_shown_where_it_stands(desk: Desk) -> None:
    """A file edited by hand is not guessed at: the line is named, and nothing is changed."""
    path = desk.root / "approvers/allowed_signers"
    path.write_text("* ssh-ed25519 AAAA\n")
    said = desk.run("approvers", "list")
    assert said.code != 0
    assert f"{path}:1:1" in said.err
    assert desk.ask("approvers", "add", BOB, "--key", desk.public(BOB)).code != 0
    assert path.read_text() == "* ssh-ed25519 AAAA\n"


@pytest.mark.parametrize("name", ["bob smith", "bob,carol", "*", ""])
def test_add_refuses_names_that_are_not_one_word(desk: Desk, name: str) -> None:
    """Patterns and lists in a name would widen who may sign."""
    assert desk.ask("approvers", "add", name, "--key", desk.public(BOB)).codes == ("IRK462",)


def test_test_signs_with_the_persons_key(desk: Desk) -> None:
    """The right key passes, somebody else's does not."""
    desk.enrol(BOB, CAROL)
    good = desk.ask("approvers", "test", BOB, "--key", str(desk.key(BOB)))
    assert (good.code, good.json["state"]) == (0, "not sealed yet")
    bad = desk.ask("approvers", "test", BOB, "--key", str(desk.key(CAROL)))
    assert bad.codes == ("IRK472",)


def test_test_says_when_a_key_has_expired(desk: Desk) -> None:
    """A line that ended is found before the night it is needed."""
    desk.enrol(BOB)
    path = desk.root / "approvers/allowed_signers"
    path.write_text(path.read_text().replace("namespaces=", 'valid-before="20200101Z",namespaces='))
    said = desk.ask("approvers", "test", BOB, "--key", str(desk.key(BOB)))
    assert said.codes == ("IRK472",)
    assert "not valid now" in said.err


def test_test_without_a_key_or_agent_says_what_to_type(desk: Desk) -> None:
    """No agent is a named problem."""
    desk.enrol(BOB)
    said = desk.ask("approvers", "test", BOB)
    assert said.codes in (("IRK473",), ("IRK709",))
    assert desk.ask("approvers", "test", CAROL).codes == ("IRK464",)


def test_seal_begins_the_trail_and_makes_its_key(desk: Desk) -> None:
    """The first seal pins the policy in the first record, under a name with a random end."""
    desk.enrol(BOB, CAROL)
    said = desk.ask("approvers", "seal")
    assert (said.code, said.json["began"]) == (0, True)
    assert said.json["origin"].startswith("acme.example/irkit/oncall/")
    found = verify(desk.root / ".irkit/trail", policy=said.json["policy"], deep=True)
    assert not found.findings
    assert {one["state"] for one in desk.ask("approvers", "list").json["approvers"]} == {"in force"}


def test_seal_again_without_a_change_does_nothing(desk: Desk) -> None:
    """Sealing what is sealed writes no record."""
    desk.sealed(BOB, CAROL)
    journal = desk.root / ".irkit/trail/journal.jsonl"
    before = journal.read_bytes()
    assert desk.ask("approvers", "seal").code == 0
    assert journal.read_bytes() == before


def test_seal_refuses_a_policy_under_which_nobody_may_approve(desk: Desk) -> None:
    """An empty allowed_signers is not sealed, and no trail begins."""
    assert desk.ask("approvers", "seal").codes == ("IRK467",)
    assert not (desk.root / ".irkit/trail").exists()


def test_a_changed_policy_needs_the_old_ones_quorum(desk: Desk) -> None:
    """One signature is not enough where the old policy has two people; two are."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    waiting = desk.ask("approvers", "seal")
    assert (waiting.code, waiting.json["missing"]) == (4, 2)
    one = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(ALICE)), who=ALICE)
    assert (one.code, one.json["have"], one.json["missing"]) == (4, [ALICE], 1)
    two = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(BOB)), who=BOB)
    assert (two.code, two.json["began"]) == (0, False)
    found = verify(desk.root / ".irkit/trail", policy=two.json["policy"], deep=True)
    assert not found.findings


def test_somebody_who_is_only_in_the_new_policy_may_not_vote_for_it(desk: Desk) -> None:
    """Enrolling oneself gives no say in that."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    said = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(CAROL)), who=CAROL)
    assert said.codes == ("IRK404",)


def test_a_signature_for_one_policy_is_none_for_another(desk: Desk) -> None:
    """Files that change after the first yes need every yes again."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(ALICE)), who=ALICE)
    yaml = desk.root / "irkit.yaml"
    yaml.write_text(yaml.read_text().replace("okta.user: 25", "okta.user: 2500"))
    said = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(BOB)), who=BOB)
    assert (said.code, said.json["have"]) == (4, [BOB])


def test_nothing_is_signed_unasked(desk: Desk) -> None:
    """Without a terminal to ask at, a signature needs --yes, and the text is shown first."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    said = desk.run("approvers", "seal", "--key", str(desk.key(ALICE)))
    assert (said.code, "IRK427" in said.err) == (64, True)
    assert CAROL in said.out
    assert desk.ask("approvers", "seal").json["have"] == []


def test_a_denial_stops_a_policy(desk: Desk) -> None:
    """A no counts against any number of yeses."""
    desk.sealed(ALICE, BOB, CAROL)
    yaml = desk.root / "irkit.yaml"
    yaml.write_text(yaml.read_text().replace("okta.user: 25", "okta.user: 2500"))
    no = desk.ask("approvers", "seal", "--yes", "--deny", "--key", str(desk.key(CAROL)), who=CAROL)
    assert (no.code, no.json["denied_by"]) == (5, [CAROL])
    for name in (ALICE, BOB):
        said = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(name)), who=name)
    assert (said.code, said.json["denied_by"]) == (5, [CAROL])


def test_a_statement_is_signed_with_stock_ssh_keygen(desk: Desk) -> None:
    """A colleague without irkit signs the written statement, and it counts."""
    desk.sealed(BOB)
    desk.enrol(CAROL)
    path = desk.keys / "policy"
    wrote = desk.ask("approvers", "seal", "--write", str(path), who=BOB)
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", "irkit.approval.v1", "-f", str(desk.key(BOB))]
    subprocess.run([*words, str(path)], check=True, capture_output=True)
    assert "carol@acme.example" in Path(wrote.json["display"]).read_text()
    assert desk.ask("approvers", "seal", "--file", str(path)).code == 0


def test_the_shown_text_names_what_changes(desk: Desk) -> None:
    """The text that is signed has a line for every fact that comes or goes."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    text = desk.ask("approvers", "seal").json["display"]
    assert f"  + {CAROL} ssh-ed25519 SHA256:" in text
    assert f"  + ir-oncall: {CAROL}" in text
    assert BOB not in text


def test_remove_revokes_the_key_at_once_and_for_good(desk: Desk) -> None:
    """A key taken out does not count from that moment, and cannot be enrolled again."""
    desk.sealed(ALICE, BOB, CAROL)
    said = desk.ask("approvers", "remove", CAROL)
    assert len(said.json["revoked"]) == 1
    assert CAROL not in (desk.root / "approvers/roles.yaml").read_text()
    tried = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(CAROL)), who=CAROL)
    assert "IRK407" in tried.codes
    again = desk.ask("approvers", "add", CAROL, "--key", desk.public(CAROL))
    assert again.codes == ("IRK465",)


def test_remove_never_leaves_a_policy_that_nobody_can_change(desk: Desk) -> None:
    """With two people the one who leaves is revoked only by sealing, or nobody could seal."""
    desk.sealed(ALICE, BOB)
    said = desk.ask("approvers", "remove", BOB)
    assert (said.code, said.json["revoked"], said.codes) == (0, [], ("IRK475",))
    desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(ALICE)), who=ALICE)
    assert desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(BOB)), who=BOB).code == 0


def test_remove_of_somebody_unknown_is_refused(desk: Desk) -> None:
    """A name with a typo takes nobody out."""
    desk.enrol(BOB)
    assert desk.ask("approvers", "remove", "bop@acme.example").codes == ("IRK464",)


def test_people_read_what_comes_next(desk: Desk) -> None:
    """The text of each step ends with the command that follows."""
    assert "irkit approvers add" in desk.run("approvers", "list").out
    added = desk.run("approvers", "add", BOB, "--key", desk.public(BOB))
    assert "irkit approvers seal" in added.out
    assert "irkit approvers seal" in desk.run("approvers", "list").out
    assert "has begun" in desk.run("approvers", "seal").out
    assert "can sign" in desk.run("approvers", "test", BOB, "--key", str(desk.key(BOB))).out
    desk.enrol(CAROL)
    assert "waits for 1 of 1 approvals" in desk.run("approvers", "seal").out
