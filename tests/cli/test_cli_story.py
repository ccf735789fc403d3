"""The acceptance story, typed by hand: plan, run, approve, answer, contained, undo."""

from terminal import ALICE, BOB, DANA, FEDERATED, KAI, Said, Terminal

from irkit.report.sentences import TAKEN_BACK
from irkit.world.world import World


def opened(said: Said) -> str:
    """Return the id of the run a command has opened."""
    return str(said.view("result")["run"])


def answer(terminal: Terminal, run: str) -> None:
    """Answer the run's question: wrongly first, then with a signature."""
    wrong = terminal.json("answer", run, "ask.manual", "theirs=maybe", "note=x", who=ALICE)
    assert (wrong.code, set(wrong.codes)) == (1, {"IRK132", "IRK614"})
    key = str(terminal.root / ".irkit/keys/approvers/alice")
    words = ("answer", run, "ask.manual", "theirs=no", "notes=not me", "--key", key)
    answered = terminal.json(*words)
    assert answered.code == 0, answered.err
    assert "BEGIN SSH SIGNATURE" in (terminal.root / ".irkit/trail/journal.jsonl").read_text()
    assert answered.view("said")["values"] == {"theirs": False, "notes": "not me"}


def take_back(terminal: Terminal, run: str) -> None:
    """Undo a run with bob's approval."""
    undo = terminal.json("undo", run, "--no-wait", who=DANA)
    assert undo.code == 4
    assert undo.view("result")["undoes"] == run
    assert terminal.approve("last", BOB).code == 0
    back = terminal.json("run", "last", who=DANA)
    assert back.code == 0
    assert back.view("result")["outcome"] == "completed"


def check_report(terminal: Terminal, run: str) -> None:
    """The report of a run that was taken back tells that; the undo's own tells of nothing else."""
    told = terminal.json("report", run).view("report")
    assert told["state"] == TAKEN_BACK
    assert [item["undoes"] for item in told["runs"]] == ["", run]
    undo = told["runs"][1]["id"]
    assert len(terminal.json("report", undo).view("report")["runs"]) == 1


def test_a_contractor_is_contained_and_taken_back(terminal: Terminal, world: World) -> None:
    """From the plan to CONTAINED with dead seats, and back, with nothing but commands."""
    before = world.restorable()
    bystanders = dict(world.bystanders.states())

    planned = terminal.json("plan", FEDERATED, "-i", f"user={KAI}", "--exit-code")
    assert planned.code == 2
    assert planned.view("plan")["changes"] == 8
    assert world.restorable() == before

    waiting = terminal.json("run", FEDERATED, "-i", f"user={KAI}", "--no-wait", who=DANA)
    run = opened(waiting)
    assert waiting.view("result")["next"][0] == f"irkit approve {run}"
    assert waiting.code == 4
    assert waiting.view("result")["outcome"] == "waiting"
    assert waiting.view("seats")["seats"][0]["state"] == "alive"
    assert world.restorable() == before

    approved = terminal.approve(run, ALICE)
    assert approved.code == 0, approved.err
    assert f"run: {run}" in approved.view("approval")["text"]

    asked = terminal.json("run", run, "--no-wait", who=DANA)
    assert asked.code == 4, asked.err
    assert [line["word"] for line in asked.views("progress")].count("read back") == 8
    assert set(world.seats.states().values()) == {"dead"}
    assert dict(world.bystanders.states()) == bystanders

    answer(terminal, run)

    terminal.edit("watch: 2s", "watch: 1h")  # however slow this machine is, it is not over yet
    held = terminal.json("run", run, "--no-hold", who=DANA)
    assert held.code == 3
    assert held.view("result")["outcome"] == "holding"

    terminal.edit("watch: 1h", "watch: 2s")
    contained = terminal.json("run", run, who=DANA)
    assert contained.code == 0
    assert contained.view("result")["outcome"] == "contained"
    assert {seat["state"] for seat in contained.view("result")["seats"]} == {"dead"}
    page = next(line["what"] for line in held.views("progress") if line["word"] == "report")
    assert (terminal.root / page).read_text().startswith("<!DOCTYPE html>")

    take_back(terminal, run)
    user = world.okta.tables.users[world.okta_ids.users[KAI]]
    assert user.status == "ACTIVE"

    listed = terminal.json("runs").view("runs")["runs"]
    assert [item["state"] for item in listed] == ["contained", "completed"]
    assert listed[0]["case"] == listed[1]["case"]
    check_report(terminal, run)
