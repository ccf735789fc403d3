"""What people say to a run under way: pause, resume, skip, add, answer, resolve, cancel."""

import pytest
from terminal import ALICE, BOB, DANA, FEDERATED, KAI, Terminal
from test_cli_approvals import asked

from irkit.world.world import World


@pytest.fixture
def waiting(terminal: Terminal) -> str:
    """A run of the contractor's playbook that waits for approval."""
    said = terminal.json("run", FEDERATED, "-i", f"user={KAI}", "--no-wait", who=DANA)
    assert said.code == 4, said.err
    return str(said.view("result")["run"])


def test_a_change_is_left_out_with_a_reason(terminal: Terminal, waiting: str) -> None:
    """The run goes on without it, and never says contained."""
    change = "close-the-door.suspend#suspend"
    said = terminal.json("skip", waiting, change, "--because", "the controller is on call")
    assert said.view("said")["changes"] == [change]
    again = terminal.json("skip", waiting, change, "--because", "once more")
    assert (again.code, again.codes) == (1, ["IRK613"])
    item = terminal.json("status", waiting).view("status")["open"]
    assert "left out" in [one["kind"] for one in item]


def test_a_run_is_found_by_its_start_its_case_and_as_last(terminal: Terminal, waiting: str) -> None:
    """Whatever people call it, it is the same run."""
    case = terminal.json("status", waiting).view("status")["case"]
    for name in (waiting, waiting[:12], waiting[-6:], waiting.lower(), "last", case):
        assert terminal.json("status", name).view("status")["run"] == waiting
    assert terminal.json("status", "01").codes == ["IRK610"]


def test_a_name_of_several_runs_is_not_guessed(terminal: Terminal) -> None:
    """An ambiguous name lists what it may mean."""
    first = asked(terminal, "marco.rossi@acme.example")
    case = terminal.json("status", first).view("status")["case"]
    words = ("do", "okta.user.suspend", "user=eva.novotna@acme.example", "--because", "as well")
    terminal.json(*words, "--no-wait", "--case", case, who=DANA)
    said = terminal.json("pause", case)
    assert (said.code, said.codes) == (1, ["IRK611"])
    assert len(terminal.json("status", case).views("status")) == 2


def test_a_paused_run_makes_nothing_until_it_is_resumed(terminal: Terminal) -> None:
    """Approved or not: paused is paused."""
    run = asked(terminal, "sofia.costa@acme.example")
    assert terminal.approve(run, ALICE).code == 0
    assert terminal.json("pause", run).code == 0
    assert terminal.json("status", run).code == 6
    watched = terminal.json("status", run).view("status")
    assert watched["state"] == "stopped"
    done = terminal.json("resume", run, who=DANA)
    assert done.code == 0
    assert done.view("result")["outcome"] == "completed"


def test_a_cancelled_run_is_over(terminal: Terminal) -> None:
    """Nothing can be said to it any more, and it says so."""
    run = asked(terminal, "ben.carter@acme.example")
    said = terminal.json("cancel", run, "--because", "a false alarm")
    assert said.code == 0
    assert said.view("result")["outcome"] == "cancelled"
    assert terminal.json("run", run).code == 6
    for words in (("pause", run), ("cancel", run), ("replan", run), ("answer", run, "x")):
        over = terminal.json(*words)
        assert (over.code, over.codes) == (1, ["IRK612"])
    anew = terminal.json("replan", run).diagnostics[0]["help"]
    assert anew.startswith("start anew: irkit run ")


def test_nothing_to_take_back_is_said(terminal: Terminal) -> None:
    """A run that changed nothing has no undo."""
    run = asked(terminal, "ben.carter@acme.example")
    terminal.json("cancel", run)
    said = terminal.json("undo", run)
    assert (said.code, said.codes) == (1, ["IRK615"])


def test_an_answer_is_checked_against_what_was_asked(terminal: Terminal, waiting: str) -> None:
    """Unknown steps, unknown names and wrong types are refused."""
    early = terminal.json("answer", waiting, "ask.manual", "theirs=yes")
    assert (early.code, early.codes) == (1, ["IRK613"])


def test_a_target_is_added_to_a_loop(terminal: Terminal, waiting: str) -> None:
    """It is planned with the rest as a supplement, which needs its own approval."""
    wrong = terminal.json("add", waiting, "close-the-door.suspend", "x")
    assert (wrong.code, wrong.codes) == (1, ["IRK613"])
    said = terminal.json("add", waiting, "trace.trace", "111122223333")
    assert said.code == 0, said.err
    assert said.view("said")["targets"] == ["111122223333"]


def test_only_a_change_in_doubt_is_decided_by_hand(terminal: Terminal, waiting: str) -> None:
    """What a look can settle is not a matter of opinion."""
    change = "close-the-door.suspend#suspend"
    planned = terminal.json("resolve", waiting, change, "--applied", "--because", "I looked")
    assert (planned.code, planned.codes) == (1, ["IRK613"])
    unknown = terminal.json("resolve", waiting, "nope", "--skip", "--because", "I looked")
    assert (unknown.code, unknown.codes) == (1, ["IRK613"])
    both = terminal.json("resolve", waiting, change, "--skip", "--retry", "--because", "x")
    assert (both.code, both.codes) == (64, ["IRK100"])


def test_what_now_names_the_next_act(terminal: Terminal) -> None:
    """The most urgent thing over all runs, with the command."""
    assert terminal.json("what-now").view("what_now")["items"] == []
    asked(terminal, "ben.carter@acme.example")
    item = terminal.json("what-now").view("what_now")["items"][0]
    assert item["kind"] == "waits for approval"
    assert item["command"].startswith("irkit approve")


def test_a_closed_case_takes_no_more_runs(terminal: Terminal) -> None:
    """Nothing is added to an incident that is over."""
    run = asked(terminal, "ben.carter@acme.example")
    case = terminal.json("status", run).view("status")["case"]
    terminal.json("cancel", run)
    assert terminal.json("case", "close", case).code == 0
    words = ("do", "okta.user.suspend", "user=ben.carter@acme.example", "--because", "again")
    said = terminal.json(*words, "--no-wait", "--case", case)
    assert (said.code, said.codes) == (1, ["IRK616"])


def test_an_undo_can_be_planned_first(terminal: Terminal) -> None:
    """`undo --dry-run` shows what would come back and writes nothing."""
    run = asked(terminal, "hana.kim@acme.example")
    terminal.approve(run, BOB)
    assert terminal.json("run", run).code == 0
    planned = terminal.json("undo", run, "--dry-run")
    assert planned.code == 0, planned.err
    assert planned.view("plan")["undoes"] == run
    assert planned.view("plan")["next"] == [f"irkit undo {run}"]
    assert len(terminal.json("runs").view("runs")["runs"]) == 1
    unknown = terminal.json("undo", run, "--phase", "nowhere")
    assert (unknown.code, unknown.codes) == (1, ["IRK203"])


LOOP = """\
irkit: 1
playbook: suspend-many
title: Suspend several people
inputs: {users: {type: list of okta.user}}
guards:
  limit: {okta.user: 5}
steps:
  - do: okta.user.suspend
    for_each: {user: inputs.users}
    when_empty: ok
    with: {user: "{{ user }}"}
"""


def test_an_added_target_is_a_supplement_with_its_own_approval(
    terminal: Terminal, world: World
) -> None:
    """What was approved stays approved; what was added waits for a yes of its own."""
    (terminal.root / "playbooks/suspend-many.yaml").write_text(LOOP)
    given = ("-i", "users=nina.ivanova@acme.example")
    opened = terminal.json("run", "suspend-many", *given, "--no-wait", who=DANA)
    run = str(opened.view("result")["run"])
    assert terminal.approve(run, ALICE).code == 0
    added = world.okta_ids.users["paul.meyer@acme.example"]
    assert terminal.json("add", run, "steps.suspend", added).code == 0
    half = terminal.json("run", run, "--no-wait", who=DANA)
    assert half.code == 4
    assert half.view("result")["made"] == 1
    assert terminal.approve(run, BOB).view("approval")["parts"] == ["steps+1"]
    done = terminal.json("run", run, who=DANA)
    assert done.code == 0
    assert done.view("result")["made"] == 2


def test_a_step_can_be_left_out_before_it_is_planned(terminal: Terminal, waiting: str) -> None:
    """A question nobody wants to ask is skipped by its name, and the run says so."""
    said = terminal.json("skip", waiting, "ask.manual", "--because", "HR is asleep")
    assert said.code == 0, said.err
    assert said.view("said")["changes"] == []
    assert terminal.approve(waiting, ALICE).code == 0
    done = terminal.json("run", waiting, "--no-hold", who=DANA)
    assert done.code == 3
    assert "ask.manual" not in [item["kind"] for item in done.view("result")["open"]]


def test_a_value_is_shown_and_then_forgotten(terminal: Terminal) -> None:
    """A note is kept apart: it can be handed over alone, and destroyed while the trail stands."""
    run = asked(terminal, "ben.carter@acme.example")
    case = terminal.json("status", run).view("status")["case"]
    assert terminal.json("case", "note", case, "ben called").code == 0
    noted = terminal.json("trail", "show", "--type", "case.noted").view("record")
    assert "ben called" not in str(noted["body"])
    shown = terminal.json("trail", "show", "--type", "case.noted", "--open").view("record")
    assert shown["body"]["text"] == "ben called"
    file, value = terminal.root / "opening.json", f"{noted['n']}/text"
    assert terminal.json("trail", "disclose", value, "--out", str(file)).code == 0
    assert '"value":"ben called"' in file.read_text()
    assert terminal.json("trail", "forget", value, "--because", "asked to").code == 0
    again = terminal.json("trail", "disclose", value, "--out", str(file))
    assert (again.code, again.codes) == (1, ["IRK740"])
    assert terminal.json("case", "show", case).view("case")["notes"][0]["text"] == "(forgotten)"
    assert terminal.json("trail", "verify").code == 0


def test_a_run_under_way_keeps_its_answers(terminal: Terminal, waiting: str) -> None:
    """What a run rests on is not forgotten before it is over; afterwards it may be."""
    answer = terminal.json("trail", "show", waiting, "--type", "step.read").views("record")[0]
    words = ("trail", "forget", str(answer["n"]), "--because", "asked to")
    refused = terminal.json(*words)
    assert (refused.code, refused.codes) == (1, ["IRK717"])
    terminal.json("cancel", waiting)
    assert terminal.json(*words).code == 0
    assert terminal.json("status", waiting).view("status")["state"] == "cancelled"
    told = terminal.here("report", waiting, "--format", "md")
    assert (told.code, "what opens its answer is gone" in told.out) == (0, True)
    assert terminal.json("trail", "verify").code == 0
