"""Who may say yes to what: each wrong approval has its own diagnostic, and nothing is recorded."""

import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import ALICE, BOB, DANA, Said, Terminal

MARIA = "maria.lopez@acme.example"
SUSPEND = ("do", "okta.user.suspend", "--because", "reported by its owner", "--no-wait")


def asked(terminal: Terminal, user: str = MARIA, who: str = DANA) -> str:
    """Ask for one suspension, and return the run that waits for approval."""
    said = terminal.json(*SUSPEND, f"user={user}", who=who)
    assert said.code == 4, said.err
    return str(said.view("result")["run"])


def records(terminal: Terminal) -> int:
    """Return how many records the trail has."""
    return (terminal.root / ".irkit/trail/journal.jsonl").read_bytes().count(b"\n{")


def status(terminal: Terminal, run: str) -> str:
    """Return the state of a run."""
    return str(terminal.json("status", run).view("status")["state"])


def test_without_quorum_the_run_waits_and_says_what_to_type(terminal: Terminal) -> None:
    """Exit 4, with who has to act and the command that does it."""
    said = terminal.json(*SUSPEND, f"user={MARIA}", who=DANA)
    assert said.code == 4
    waiting = said.view("result")["open"]
    approval = next(item for item in waiting if item["kind"] == "waits for approval")
    assert approval["command"].startswith("irkit approve ")
    assert status(terminal, "last") == "waiting"


def test_an_approved_run_is_carried_out(terminal: Terminal) -> None:
    """With the quorum there, `irkit run RUN` makes the change and reads it back."""
    run = asked(terminal, "lena.fischer@acme.example")
    assert terminal.approve(run, ALICE).code == 0
    done = terminal.json("run", run, who=DANA)
    assert done.code == 0
    assert done.view("result")["outcome"] == "completed"


def test_the_text_that_is_shown_is_the_text_that_is_kept(terminal: Terminal) -> None:
    """What an approver saw is in the trail, word for word."""
    run = asked(terminal)
    shown = terminal.approve(run, ALICE).view("approval")["text"]
    kept = [
        path.read_bytes()
        for path in (terminal.root / ".irkit/trail/blobs").rglob("*")
        if path.is_file()
    ]
    assert shown.encode() in kept


@pytest.mark.parametrize("run", ["01JZZZZZZZZZZZZZZZZZZZZZZZ", "no-such-case"])
def test_approving_what_is_not_there_says_so(terminal: Terminal, run: str) -> None:
    """An unknown run is its own diagnostic."""
    said = terminal.approve(run, ALICE)
    assert (said.code, said.codes) == (1, ["IRK610"])


def test_a_stranger_cannot_approve(terminal: Terminal, tmp_path: Path) -> None:
    """A key that is nobody's is refused before anything is shown or signed."""
    run, before = asked(terminal), records(terminal)
    key = tmp_path / "stranger"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    said = terminal.json("approve", run, "--yes", "--key", str(key))
    assert (said.code, said.codes) == (5, ["IRK404"])
    assert records(terminal) == before


def test_a_key_signs_for_its_owner_only(terminal: Terminal) -> None:
    """Bob's key cannot sign as Alice."""
    run, before = asked(terminal), records(terminal)
    key = str(terminal.root / ".irkit/keys/approvers/bob")
    said = terminal.json("approve", run, "--yes", "--key", key, who=ALICE)
    assert (said.code, said.codes) == (5, ["IRK404"])
    assert records(terminal) == before


def test_nothing_is_signed_without_being_asked(terminal: Terminal) -> None:
    """Without a terminal and without --yes the text is shown and nothing happens."""
    run, before = asked(terminal), records(terminal)
    said = terminal.json("approve", run, who=ALICE)
    assert (said.code, said.codes) == (64, ["IRK427"])
    assert said.view("approval")["decision"] == "approve"
    assert records(terminal) == before


def test_an_approval_that_is_there_is_not_asked_for_again(terminal: Terminal) -> None:
    """Whoever approves what has its quorum is told so."""
    run = asked(terminal)
    assert terminal.approve(run, ALICE).code == 0
    said = terminal.approve(run, BOB)
    assert (said.code, said.codes) == (1, ["IRK446"])


TWO_PARTS = """\
irkit: 1
playbook: two-parts
title: Two parts
version: 0.1.0
about: Two people are suspended, one after the other.
approvals:
  one: {need: 1, from: [ir-oncall, ir-lead]}
steps:
  - phase: First
    approve: one
    steps:
      - do: okta.user.suspend
        with: {user: noor.haddad@acme.example}
  - phase: Second
    approve: one
    steps:
      - do: okta.user.suspend
        with: {user: liam.obrien@acme.example}
"""


def test_parts_are_signed_apart(terminal: Terminal) -> None:
    """`--part` signs what is urgent; the rest still waits for somebody, and only for that."""
    (terminal.root / "playbooks/two-parts.yaml").write_text(TWO_PARTS)
    opened = terminal.json("run", "two-parts", "--no-wait", who=DANA)
    run = str(opened.view("result")["run"])
    before = records(terminal)
    wrong = terminal.json("approve", run, "--yes", "--part", "third", who=ALICE)
    assert (wrong.code, wrong.codes) == (1, ["IRK446"])
    assert records(terminal) == before
    assert terminal.approve(run, ALICE, "--part", "first").view("approval")["parts"] == ["first"]
    assert terminal.approve(run, BOB).view("approval")["parts"] == ["second"]
    assert terminal.json("run", run, who=DANA).view("result")["outcome"] == "completed"


def test_a_part_is_chosen_from_a_run_only(terminal: Terminal, tmp_path: Path) -> None:
    """An approval that was carried is for what it was signed for."""
    carried = ("--file", str(tmp_path / "a.approval"), "--part", "first")
    said = terminal.json("approve", asked(terminal), *carried, who=ALICE)
    assert (said.code, said.codes) == (64, ["IRK100"])


def test_a_denial_stops_everybody(terminal: Terminal) -> None:
    """After a no, further approvals do not start the run; only another plan lifts it."""
    run = asked(terminal)
    assert terminal.approve(run, BOB, "--deny").code == 0
    assert terminal.approve(run, ALICE).code == 0
    assert terminal.json("run", run, "--no-wait", who=DANA).code == 4
    replanned = terminal.json("replan", run, who=DANA)
    assert replanned.code == 4, replanned.err
    assert terminal.approve(run, ALICE).code == 0
    assert terminal.json("run", run, who=DANA).code == 0
    assert terminal.json("undo", run, "--no-wait", who=DANA).code == 4
    assert terminal.approve("last", ALICE).code == 0
    assert terminal.json("run", "last").code == 0


def test_an_approval_can_be_taken_back(terminal: Terminal) -> None:
    """After a revocation the quorum is not there any more."""
    run = asked(terminal)
    assert terminal.approve(run, ALICE).code == 0
    said = terminal.approve(run, ALICE, "--revoke")
    assert said.code == 0, said.err
    assert status(terminal, run) == "waiting"


def carried(terminal: Terminal, tmp_path: Path, user: str = MARIA) -> tuple[str, Path]:
    """Plan a suspension into a plan file; return the run and the file."""
    playbook = tmp_path / "suspend.yaml"
    playbook.write_text(
        "irkit: 1\nplaybook: suspend\ntitle: Suspend somebody\n"
        "inputs: {user: {type: okta.user}}\n"
        "steps:\n"
        "  - read: okta.user.get\n"
        '    with: {user: "{{ inputs.user }}"}\n'
        "    as: user\n"
        "    evidence: true\n"
        "  - do: okta.user.suspend\n"
        '    with: {user: "{{ user.id }}"}\n'
    )
    file = tmp_path / "suspend.plan"
    said = terminal.json("plan", str(playbook), "-i", f"user={user}", "--out", str(file), who=DANA)
    assert said.code == 0, said.err
    return str(said.view("said")["run"]), file


def signed_elsewhere(terminal: Terminal, plan: Path, out: Path, who: str = ALICE) -> Said:
    """Sign a plan file on a machine that has neither workspace nor trail."""
    key = terminal.root / ".irkit/keys/approvers" / who.partition("@")[0]
    return Terminal(plan.parent).run(
        "--json", "approve", str(plan), "--key", str(key), "--yes", "--out", str(out), who=who
    )


def test_an_approval_is_carried_as_a_file(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Plan file out, `.approval` file back, and the run goes on."""
    run, plan = carried(terminal, tmp_path)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "alice.approval"
    made = signed_elsewhere(terminal, plan, out)
    assert made.code == 0, made.err
    added = terminal.json("approve", run, "--file", str(out))
    assert added.code == 0, added.err
    again = terminal.json("approve", run, "--file", str(out))
    assert again.codes == ["IRK429"]
    assert status(terminal, run) == "planned"


def test_the_plan_of_a_run_can_be_shown_and_carried_later(
    terminal: Terminal, tmp_path: Path
) -> None:
    """`irkit plan RUN` shows the recorded plan, and writes its file as well."""
    run = asked(terminal)
    out = tmp_path / "later.plan"
    said = terminal.json("plan", run, "--out", str(out))
    assert said.code == 0, said.err
    assert said.view("plan")["run"] == run
    assert signed_elsewhere(terminal, out, tmp_path / "alice.approval").code == 0


def test_a_run_that_is_over_takes_no_approvals(terminal: Terminal) -> None:
    """Nothing is recorded after the end."""
    run = asked(terminal)
    assert terminal.json("cancel", run).code == 0
    said = terminal.approve(run, ALICE)
    assert (said.code, said.codes) == (1, ["IRK612"])
    assert terminal.here("trail", "verify").code == 0


def test_an_approval_for_another_plan_does_not_count(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of one run is refused for another one: run, plan and nonce are not its own."""
    _, plan = carried(terminal, tmp_path)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "alice.approval"
    signed_elsewhere(terminal, plan, out)
    other, before = asked(terminal), records(terminal)
    said = terminal.json("approve", other, "--file", str(out))
    assert said.code == 5
    assert {"IRK413", "IRK414"} <= set(said.codes)
    assert records(terminal) == before


def test_a_plan_file_that_was_altered_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    """A carried plan whose content is not what its digest names is not shown for signing."""
    _, plan = carried(terminal, tmp_path)
    plan.write_bytes(plan.read_bytes().replace(b"Suspend somebody", b"Suspend nobody!!"))
    said = signed_elsewhere(terminal, plan, tmp_path / "alice.approval")
    assert (said.code, said.codes) == (1, ["IRK444"])


def test_an_approval_file_that_was_altered_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another text than the one that was signed is noticed before anything else."""
    run, plan = carried(terminal, tmp_path)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "alice.approval"
    signed_elsewhere(terminal, plan, out)
    out.write_bytes(out.read_bytes().replace(b"Suspend somebody", b"Suspend nobody!!"))
    said = terminal.json("approve", run, "--file", str(out))
    assert (said.code, said.codes) == (1, ["IRK443"])


def test_one_person_alone_leaves_an_open_finding(terminal: Terminal) -> None:
    """Break-glass lets the run go on, and stays open until a second person confirms it."""
    run = asked(terminal, "omar.aziz@acme.example", who=ALICE)
    refused = terminal.approve(run, ALICE, "--break-glass")
    assert (refused.code, refused.codes) == (64, ["IRK100"])
    alone = terminal.approve(run, ALICE, "--break-glass", "--reason", "nobody else is awake")
    assert alone.code == 0, alone.err
    assert terminal.json("run", run, who=ALICE).code == 0
    assert terminal.json("status", run).view("status")["open"][0]["kind"] == (
        "break-glass not confirmed"
    )
    own = terminal.approve(run, ALICE, "--confirm-breakglass")
    assert (own.code, own.codes) == (5, ["IRK448"])
    confirmed = terminal.approve(run, BOB, "--confirm-breakglass")
    assert confirmed.code == 0, confirmed.err
    assert terminal.json("status", run).view("status")["open"] == []
    assert terminal.here("trail", "verify").code == 0


def test_whoever_has_no_such_role_cannot_act_alone(terminal: Terminal) -> None:
    """`approvals.alone` names the roles; Bob has none of them."""
    run = asked(terminal)
    said = terminal.approve(run, BOB, "--break-glass", "--reason", "in a hurry")
    assert (said.code, said.codes) == (5, ["IRK449"])


def test_a_voice_on_the_phone_is_break_glass_and_no_quorum(terminal: Terminal) -> None:
    """The four words have to be the text's own; then it counts as acting alone."""
    run = asked(terminal)
    wrong = terminal.approve(run, ALICE, "--vouched-by", BOB, "--words", "acid acorn agent album")
    assert (wrong.code, wrong.codes) == (5, ["IRK426"])
    words = " ".join(wrong.view("approval")["words"])
    right = terminal.approve(run, ALICE, "--vouched-by", BOB, "--words", words)
    assert right.code == 0, right.err
    finding = terminal.json("status", run).view("status")["open"]
    assert [item["kind"] for item in finding] == ["break-glass not confirmed"]


@pytest.mark.parametrize(
    "words",
    [("--deny", "--revoke"), ("--deny", "--break-glass"), ("--confirm-breakglass", "--revoke")],
)
def test_contradicting_wishes_are_a_usage_error(terminal: Terminal, words: tuple[str, ...]) -> None:
    """One thing at a time."""
    said = terminal.json("approve", "last", *words)
    assert (said.code, said.codes) == (64, ["IRK100"])


def test_a_changed_policy_stops_everything_until_it_is_sealed(terminal: Terminal) -> None:
    """Nobody runs or approves under rules that the trail does not know."""
    run = asked(terminal)
    terminal.edit("limits: {okta.user: 25", "limits: {okta.user: 26")
    for said in (
        terminal.approve(run, ALICE),
        terminal.json("run", run, "--no-wait"),
        terminal.json(*SUSPEND, f"user={MARIA}"),
    ):
        assert (said.code, said.codes) == (5, ["IRK432"])


def test_a_person_at_a_terminal_is_asked(terminal: Terminal) -> None:
    """The decision is typed out; anything else signs nothing."""
    run = asked(terminal)
    assert typed_at(terminal, run, "no")[0] == 6
    code, screen = typed_at(terminal, run, "approve")
    assert code == 0, screen
    assert "Recorded: alice@acme.example approved 1 part" in screen


def test_a_passphrase_is_asked_for_at_a_terminal_only(terminal: Terminal) -> None:
    """Elsewhere a locked key is its own diagnostic; it never comes from an argument."""
    key = terminal.root / ".irkit/keys/approvers/alice"
    change = ["ssh-keygen", "-q", "-p", "-P", "", "-N", "correct horse", "-f", str(key)]
    subprocess.run(change, check=True)
    run = asked(terminal)
    blind = terminal.json("approve", run, "--yes", "--key", str(key))
    assert (blind.code, blind.codes) == (1, ["IRK441"])
    words = ("--key", str(key), "--yes")
    assert typed_at(terminal, run, "wrong horse", *words)[0] == 1
    code, screen = typed_at(terminal, run, "correct horse", *words)
    assert code == 0, screen
    assert "correct horse" not in screen


def test_a_key_in_the_agent_signs(terminal: Terminal, tmp_path: Path) -> None:
    """The private key is in the ssh-agent and nowhere else."""
    run, key = asked(terminal), terminal.root / ".irkit/keys/approvers/bob"
    socket = str(tmp_path / "agent")
    with subprocess.Popen(["ssh-agent", "-D", "-a", socket], stdout=subprocess.DEVNULL) as agent:
        try:
            while not Path(socket).exists():
                time.sleep(0.02)
            environment = {**os.environ, "SSH_AUTH_SOCK": socket}
            subprocess.run(["ssh-add", "-q", str(key)], env=environment, check=True)
            key.unlink()
            said = terminal.json("approve", run, "--yes", who=BOB, env={"SSH_AUTH_SOCK": socket})
        finally:
            agent.terminate()
    assert said.code == 0, said.err
    assert said.view("approval")["key"].startswith("SHA256:")


def test_a_key_where_ssh_keeps_it_is_found(terminal: Terminal, tmp_path: Path) -> None:
    """`irkit approve RUN` alone is enough for who has an enrolled key in ~/.ssh."""
    run, keys = asked(terminal), terminal.root / ".irkit/keys/approvers"
    home = tmp_path / "home/.ssh"
    home.mkdir(parents=True)
    (keys / "bob").rename(home / "id_ed25519")
    (keys / "bob.pub").rename(home / "id_ed25519.pub")
    said = terminal.json("approve", run, "--yes", who=BOB, env={"HOME": str(home.parent)})
    assert said.code == 0, said.err
    assert said.view("approval")["key"] == str(home / "id_ed25519")


def test_without_any_key_the_way_to_one_is_named(terminal: Terminal, tmp_path: Path) -> None:
    """Nobody can sign with nothing."""
    run = asked(terminal)
    for name in ("alice", "bob", "dana"):
        (terminal.root / ".irkit/keys/approvers" / name).unlink()
    said = terminal.json("approve", run, "--yes", env={"HOME": str(tmp_path)})
    assert (said.code, said.codes) == (1, ["IRK440"])
    assert "--key" in said.diagnostics[0]["help"]


def typed_at(terminal: Terminal, run: str, answer: str, *more: str) -> tuple[int, str]:
    """Run `irkit approve` at a real terminal, type `answer`, and return code and screen."""
    ours, theirs = pty.openpty()
    words = ["--workspace", str(terminal.root), "approve", run, "--as", ALICE, *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "irkit", *words],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        close_fds=True,
        start_new_session=True,
    )
    os.close(theirs)
    screen, typed = bytearray(), False
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        screen += part
        if not typed and (b"Passphrase" in screen or b"Type `" in screen):
            os.write(ours, f"{answer}\n".encode())
            typed = True
    os.close(ours)
    return process.wait(30), screen.decode()
