"""The surface: help, options before and after, output rules, exit codes, Ctrl-C."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import ALICE, DANA, Terminal
from test_cli_approvals import SUSPEND, asked

from irkit.cli.exits import ExitCode, of_diagnostics, of_outcome
from irkit.cli.main import COMMANDS
from irkit.cli.options import Common
from irkit.cli.output import Output
from irkit.diagnostics import Diagnostic, Severity
from irkit.world.faults import Fault, FaultKind
from irkit.world.world import World

QUIET = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"}


def test_help_imports_nothing_but_typer() -> None:
    """`irkit --help` is fast because the table of commands is only text."""
    code = (
        "import sys\n"
        "from irkit.cli.main import application\n"
        "application().main(['--help'], standalone_mode=False)\n"
        "print(*sorted(n for n in sys.modules if n.startswith('irkit')), file=sys.stderr)\n"
        "print('rich' in sys.modules, 'pydantic' in sys.modules, file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=QUIET, check=True
    )
    loaded, others = done.stderr.strip().splitlines()
    assert loaded.split() == ["irkit", "irkit.cli", "irkit.cli.main", "irkit.cli.options"]
    assert others == "False False"
    assert all(name in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_explains_itself(name: str, tmp_path: Path) -> None:
    """Each name in the table is a command with help and the common options."""
    said = Terminal(tmp_path).run(name, "--help")
    assert said.code == 0, said.err
    assert f"irkit {name}" in said.out
    assert "--json" in said.out


@pytest.mark.parametrize(
    ("words", "hint"),
    [(("lnit",), "irkit lint"), (("zzzz",), "irkit --help"), (("plan",), "irkit plan --help")],
)
def test_usage_errors_end_with_64(words: tuple[str, ...], hint: str, tmp_path: Path) -> None:
    """And say what to type instead."""
    said = Terminal(tmp_path).run("--json", *words)
    assert (said.code, said.codes) == (64, ["IRK100"])
    item = said.diagnostics[0]
    assert hint in item["summary"] + item["help"]


def test_common_options_go_before_or_after(offline: Terminal) -> None:
    """Wherever they stand, they mean the same."""
    root = str(offline.root)
    before = offline.run("--json", "--workspace", root, "runs")
    after = offline.run("runs", "--workspace", root, "--json")
    assert before.lines == after.lines == [{"view": "runs", "runs": []}]


def test_a_bug_is_a_diagnostic_and_no_traceback(offline: Terminal) -> None:
    """Only --debug shows the traceback of what irkit should not do."""
    lock = offline.root / "approvers"
    (lock / "roles.yaml").unlink()
    (lock / "roles.yaml").mkdir()
    said = offline.run("--workspace", str(offline.root), "status")
    assert "Traceback" not in said.err
    assert said.code in {1, 5}


def test_text_without_a_terminal_has_no_colour(offline: Terminal) -> None:
    """Escape codes are for terminals."""
    assert "\x1b" not in offline.here("status").out
    assert "\x1b" not in offline.here("run", "nope").err


def test_plain_is_ascii(offline: Terminal) -> None:
    """`--plain` leaves every mark a word and ASCII."""
    said = offline.here("--plain", "check")
    assert said.out.isascii()
    assert "BAD" in said.out


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        ("contained", 0),
        ("completed", 0),
        ("partial", 3),
        ("holding", 3),
        ("in_doubt", 3),
        ("waiting", 4),
        ("refused", 5),
        ("stopped", 6),
        ("cancelled", 6),
        ("failed", 1),
    ],
)
def test_an_outcome_has_its_exit_code(outcome: str, code: int) -> None:
    """Nothing that is still open ends with 0."""
    assert of_outcome(outcome) == code


@pytest.mark.parametrize(
    ("codes", "exit_code"),
    [
        ((), ExitCode.DONE),
        (("IRK102",), ExitCode.PROBLEMS),
        (("IRK301",), ExitCode.REFUSED),
        (("IRK417",), ExitCode.REFUSED),
        (("IRK440",), ExitCode.PROBLEMS),
        (("IRK503", "IRK502"), ExitCode.REFUSED),
        (("IRK704", "IRK301"), ExitCode.NOT_TRUSTED),
        (("IRK702",), ExitCode.PROBLEMS),
        (("IRK100",), ExitCode.USAGE),
        (("IRK100", "IRK205"), ExitCode.PROBLEMS),
    ],
)
def test_diagnostics_have_the_exit_code_of_their_class(
    codes: tuple[str, ...], exit_code: ExitCode
) -> None:
    """The worst class counts."""
    assert of_diagnostics(Diagnostic(code=code, summary="x") for code in codes) is exit_code


def test_a_warning_is_no_failure() -> None:
    """Only errors make a command fail."""
    warning = Diagnostic(code="IRK301", summary="x", severity=Severity.WARNING)
    assert of_diagnostics([warning]) is ExitCode.DONE


def test_quiet_leaves_progress_out(capsys: pytest.CaptureFixture[str]) -> None:
    """What was asked for is still said."""
    output = Output.of(Common(json=True, quiet=True))
    output.progress({"view": "x"}, lambda value, *, style: "progress")
    output.say("the answer")
    output.hint("a hint")
    said = capsys.readouterr()
    assert [json.loads(line)["text"] for line in said.out.splitlines()] == ["the answer"]
    assert said.err == ""


def test_ctrl_c_stops_cleanly_and_the_run_goes_on_later(terminal: Terminal) -> None:
    """Exit 6, the stop is recorded, and the command to go on works."""
    words = (*SUSPEND[:-1], "user=kofi.boateng@acme.example", "--as", DANA)
    with subprocess.Popen(
        [sys.executable, "-m", "irkit", "--json", "--workspace", str(terminal.root), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=QUIET,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["view"] == "wait":
                break
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
    assert process.returncode == 6
    assert json.loads(rest.splitlines()[-1])["outcome"] == "stopped"
    assert terminal.json("status", "last").code == 6
    assert terminal.approve("last", ALICE).code == 0
    assert terminal.json("resume", "last", who=DANA).code == 0


def test_ctrl_c_twice_stops_at_once_and_says_what_is_in_doubt(
    terminal: Terminal, world: World
) -> None:
    """The change whose answer never came is named; going on looks before anything else."""
    run = asked(terminal, "rita.gomes@acme.example")
    assert terminal.approve(run, ALICE).code == 0
    operation = "POST /api/v1/users/{id}/lifecycle/suspend"
    world.faults.add(
        Fault(kind=FaultKind.HANG, provider="okta", operation=operation, seconds=8.0, applied=True)
    )
    try:
        words = ["--json", "--workspace", str(terminal.root), "run", run]
        with subprocess.Popen(
            [sys.executable, "-m", "irkit", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=QUIET,
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if json.loads(line).get("word") == "sent":
                    break
            process.send_signal(signal.SIGINT)
            time.sleep(0.5)
            process.send_signal(signal.SIGINT)
            _, said = process.communicate(timeout=30)
        assert process.returncode == 6
        last = json.loads(said.splitlines()[-1])
        assert last["code"] == "IRK601"
        assert "in doubt: steps.suspend#suspend" in last["summary"]
    finally:
        world.faults.clear()
    done = terminal.json("resume", run, who=DANA)
    assert done.code == 0, done.err
    words_said = [line["word"] for line in done.views("progress")]
    assert "was made" in words_said
    assert "sent" not in words_said


def test_an_approval_from_another_terminal_starts_the_run(terminal: Terminal) -> None:
    """The run waits in one terminal; somebody approves in another; it goes on at once."""
    words = (*SUSPEND[:-1], "user=ines.moreau@acme.example", "--as", DANA)
    with subprocess.Popen(
        [sys.executable, "-m", "irkit", "--json", "--workspace", str(terminal.root), *words],
        stdout=subprocess.PIPE,
        text=True,
        env=QUIET,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["view"] == "wait":
                break
        started = time.monotonic()
        assert terminal.approve("last", ALICE).code == 0
        assert process.wait(20) == 0
        assert time.monotonic() - started < 15
