"""What goes wrong has its own diagnostic and exit code, and nothing is lost or written."""

import time
from pathlib import Path

import pytest
from terminal import ALICE, DANA, FEDERATED, KAI, Terminal, free_port_base
from test_cli_approvals import SUSPEND, asked, carried, records, signed_elsewhere

from irkit.proving.world_facts import Place
from irkit.world.world import World

PLAN = ("plan", FEDERATED, "-i", f"user={KAI}")


def test_an_approval_that_came_too_late_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A carried approval counts only in its window."""
    terminal.edit("in_doubt_wait: 1s", "in_doubt_wait: 1s\nplan_valid: 1s")
    run, plan = carried(terminal, tmp_path)
    monkeypatch.chdir(tmp_path)
    out = tmp_path / "alice.approval"
    signed_elsewhere(terminal, plan, out)
    time.sleep(1.1)
    said = terminal.json("approve", run, "--file", str(out))
    assert (said.code, said.codes) == (5, ["IRK417"])


def test_an_approval_that_ran_out_has_to_be_given_again(terminal: Terminal) -> None:
    """At each intent the window is checked; after it the run waits, and writes nothing."""
    terminal.edit("in_doubt_wait: 1s", "in_doubt_wait: 1s\nplan_valid: 1s")
    run = asked(terminal)
    assert terminal.approve(run, ALICE).code == 0
    time.sleep(1.1)
    said = terminal.json("run", run, "--no-wait", who=DANA)
    assert said.code == 4
    assert said.view("result")["made"] == 0


def test_an_approval_of_the_other_mode_does_not_count(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live approvals are not for exercises, nor the reverse."""
    run, plan = carried(terminal, tmp_path)
    monkeypatch.chdir(tmp_path)
    drill, live = b'"mode":"drill","origin"', b'"mode":"live","origin"'
    assert plan.read_bytes().count(drill) == 1
    plan.write_bytes(plan.read_bytes().replace(drill, live))
    out = tmp_path / "alice.approval"
    signed_elsewhere(terminal, plan, out)
    said = terminal.json("approve", run, "--file", str(out))
    assert said.code == 5
    assert "IRK418" in said.codes


def test_an_exercise_cannot_be_declared_live(terminal: Terminal) -> None:
    """A workspace that points at the simulated world is not a live one by saying so."""
    terminal.edit("mode: drill", "mode: live")
    said = terminal.json(*PLAN)
    assert said.code == 1
    assert all(code.startswith("IRK1") for code in said.codes)


def test_another_tenant_is_refused(terminal: Terminal, world: World) -> None:
    """An org that is not the pinned one is never asked anything else."""
    terminal.edit(world.org_id, "00oAAAAAAAAAAAAAAAAA")
    before = len(world.calls.all())
    said = terminal.json(*PLAN)
    assert said.code == 5, said.err
    assert said.codes == ["IRK503"]
    assert not [call for call in world.calls.all()[before:] if call.write]


def test_bad_credentials_are_said_to_be_bad(terminal: Terminal) -> None:
    """A token that is not accepted is the provider's no, with what to do."""
    (terminal.root / ".irkit/keys/okta-token").write_text("not-a-token")
    said = terminal.json(*PLAN)
    assert said.code == 1
    assert [code[:4] for code in said.codes] == ["IRK5"]
    assert "not-a-token" not in said.err + said.out


def test_a_secret_that_others_may_read_is_not_used(terminal: Terminal) -> None:
    """A key file of mode 0644 is refused with the chmod that helps."""
    (terminal.root / ".irkit/keys/okta-token").chmod(0o644)
    said = terminal.json(*PLAN)
    assert (said.code, said.codes) == (1, ["IRK154"])
    assert said.diagnostics[0]["help"].startswith("chmod 600")


def test_a_world_that_is_down_is_said_to_be_down(offline: Terminal, place: Place) -> None:
    """Nothing answers: the command that starts it is named."""
    nobody = free_port_base()
    offline.edit(place.okta_url, f"http://127.0.0.1:{nobody}")
    offline.edit(place.aws_url, f"http://127.0.0.1:{nobody + 1}")
    said = offline.json(*PLAN)
    assert said.code == 1
    assert "IRK502" in said.codes
    assert any("irkit world up" in item["help"] for item in said.diagnostics)


def test_an_unknown_playbook_lists_those_there_are(terminal: Terminal) -> None:
    """With the names to choose from."""
    said = terminal.json("run", "nope")
    assert (said.code, said.codes) == (1, ["IRK205"])
    assert FEDERATED in said.diagnostics[0]["help"]


def test_inputs_are_all_checked_at_once(terminal: Terminal) -> None:
    """What is unknown and what is missing is said together."""
    said = terminal.json("plan", FEDERATED, "-i", "usr=x")
    assert (said.code, said.codes) == (1, ["IRK141", "IRK142"])


def test_an_input_without_a_name_is_a_usage_error(terminal: Terminal) -> None:
    """`-i value` says how it is written."""
    said = terminal.json("plan", FEDERATED, "-i", KAI)
    assert (said.code, said.codes) == (64, ["IRK100"])


def test_an_unknown_user_is_not_found_before_anything_is_opened(terminal: Terminal) -> None:
    """A run is opened only with inputs that were resolved."""
    before = records(terminal)
    said = terminal.json(*SUSPEND, "user=nobody@acme.example", who=DANA)
    assert (said.code, said.codes) == (1, ["IRK270"])
    assert "run.opened" not in (terminal.root / ".irkit/trail/journal.jsonl").read_text()
    assert records(terminal) == before


def test_an_unknown_phase_lists_those_there_are(terminal: Terminal) -> None:
    """`--only` takes a phase's name or id."""
    said = terminal.json(*PLAN, "--only", "Nowhere")
    assert (said.code, said.codes) == (1, ["IRK203"])
    assert "`Close the door`" in said.diagnostics[0]["help"]


def test_one_phase_alone_is_planned(terminal: Terminal) -> None:
    """`--only` leaves the changes of the other phases out."""
    said = terminal.json(*PLAN, "--only", "Close the door")
    assert said.code == 0, said.err
    assert [part["id"] for part in said.view("plan")["parts"]] == ["close-the-door"]


def test_irkit_never_targets_itself(terminal: Terminal) -> None:
    """The identity a run works with is refused by a guard: exit 5."""
    said = terminal.json(
        "do",
        "okta.user.suspend",
        "user=irkit.responder@acme.example",
        "--because",
        "a test",
        "--dry-run",
    )
    assert (said.code, said.codes) == (5, ["IRK301"])


def test_an_action_that_wants_evidence_in_a_playbook_can_be_done_alone(terminal: Terminal) -> None:
    """What the linter asks of an author is not asked of a responder in a hurry."""
    found = terminal.json("do", "okta.user.get", f"user={KAI}").view("answer")["value"]
    factor = f"factor={found['factors'][0]['id']}"
    words = ("do", "okta.user.remove_factor", f"user={KAI}", factor)
    said = terminal.json(*words, "--because", "a test", "--dry-run")
    assert (said.code, said.codes) == (0, []), said.err
    assert said.view("plan")["parts"][0]["changes"]


def test_a_change_says_why(terminal: Terminal) -> None:
    """`do` without --because is a usage error."""
    said = terminal.json("do", "okta.user.suspend", f"user={KAI}")
    assert (said.code, said.codes) == (64, ["IRK100"])


def test_what_cannot_be_planned_says_what_helps(terminal: Terminal) -> None:
    """The action knows what to do instead: nobody is sent to look at their connections for it."""
    words = ("do", "aws.lambda_function.freeze", "function=nobody", "account=111122223333")
    said = terminal.json(*words, "--because", "x", "--dry-run")
    (problem,) = [item for item in said.diagnostics if item["code"] == "IRK602"]
    assert problem["help"] == "look in 111122223333/us-east-1"


def test_an_unknown_action_says_which_was_meant(terminal: Terminal) -> None:
    """With the nearest one there is."""
    said = terminal.json("do", "okta.user.suspned", "--because", "x")
    assert (said.code, said.codes) == (1, ["IRK201"])
    assert "okta.user.suspend" in said.diagnostics[0]["summary"]


def test_an_unknown_parameter_and_a_missing_one_are_both_said(terminal: Terminal) -> None:
    """Both in one go."""
    said = terminal.json("do", "okta.user.suspend", "usr=x", "--because", "x")
    assert (said.code, said.codes) == (1, ["IRK102", "IRK115"])


def test_a_trail_that_was_altered_is_not_trusted(terminal: Terminal) -> None:
    """Exit 7, whatever was asked."""
    path = terminal.root / ".irkit/trail/journal.jsonl"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"trail.genesis", b"trail.genesiz"))
    for words in (("runs",), ("status",), (*SUSPEND, f"user={KAI}")):
        assert terminal.json(*words).code == 7


def test_what_is_under_way_elsewhere_is_left_alone(terminal: Terminal) -> None:
    """Two terminals never act for one run at a time."""
    import fcntl  # noqa: PLC0415

    run = asked(terminal)
    with (terminal.root / f".irkit/runs/{run}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = terminal.json("run", run, "--no-wait")
    assert (said.code, said.codes) == (1, ["IRK608"])


def test_a_dead_aws_does_not_hold_up_okta(terminal: Terminal, world: World) -> None:
    """What needs the silent provider is unknown and said; the rest is planned, and not as done."""
    world.aws_proxy.set_dead(True)
    try:
        said = terminal.json(*PLAN)
    finally:
        world.aws_proxy.set_dead(False)
    assert said.code == 3
    parts = {part["id"]: part["changes"] for part in said.view("plan")["parts"]}
    assert parts["close-the-door"] == 2
    assert said.view("plan")["not_seen"]
    assert "IRK502" in said.codes
