"""The first commands of all: init, check, lint, and the world."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import ALICE, FEDERATED, KAI, Terminal, free_port_base

from irkit.world.world import World


def test_a_live_workspace_is_made_without_asking(tmp_path: Path) -> None:
    """Files to edit, a private key for the trail, and what one person can do alone."""
    root = tmp_path / "acme"
    said = Terminal(root).run("init", str(root), "--org", "Acme")
    assert said.code == 0, said.err
    assert "One person alone can" in said.out
    assert "mode: live" in (root / "irkit.yaml").read_text()
    key = root / ".irkit/keys/trail"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert (root / ".gitignore").read_text() == ".irkit/\n"
    again = Terminal(root).run("--json", "init", str(root))
    assert (again.code, again.codes) == (1, ["IRK168"])


def test_nothing_live_is_written_before_the_policy_is_sealed(tmp_path: Path) -> None:
    """Until `approvers seal` there is no trail, and so no run."""
    root = tmp_path / "acme"
    Terminal(root).run("init", str(root))
    said = Terminal(root).json("runs")
    assert (said.code, said.codes) == (5, ["IRK431"])


def test_an_exercise_workspace_is_ready_to_use(template: Path) -> None:
    """Approvers with keys, a sealed policy, the shipped playbooks."""
    assert (template / "playbooks" / f"{FEDERATED}.yaml").is_file()
    assert stat.S_IMODE((template / ".irkit/keys/approvers/alice").stat().st_mode) == 0o600
    signers = (template / "approvers/allowed_signers").read_text()
    assert ALICE in signers
    listed = Terminal(template).json("runs")
    assert listed.view("runs")["runs"] == []
    assert Terminal(template).here("trail", "verify").code == 0


def test_outside_a_workspace_the_way_to_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command that needs one says how to make one."""
    monkeypatch.chdir(tmp_path)
    for words in (("runs",), ("status",), ("plan", FEDERATED), ("lint",)):
        said = Terminal(tmp_path).run("--json", *words)
        assert (said.code, said.codes) == (1, ["IRK166"])
        assert "irkit init" in said.diagnostics[0]["help"]


def test_check_finds_everything_in_place(terminal: Terminal) -> None:
    """One line for each thing, all good."""
    said = terminal.json("check")
    assert said.code == 0, said.err
    assert {item["state"] for item in said.views("finding")} == {"good"}
    assert {item["subject"] for item in said.views("finding")} >= {"okta `okta`", "aws `aws`"}


def test_check_tells_which_secrets_can_be_fetched(terminal: Terminal) -> None:
    """Each reference has its line, with what is wrong and never with what it holds."""
    keys = terminal.root / ".irkit/keys"
    token = (keys / "okta-token").read_text()
    (keys / "aws-secret-key").chmod(0o644)
    said = terminal.json("check")
    found = {item["what"]: item for item in said.views("finding") if item["subject"] == "secret"}
    assert [item["state"] for item in found.values()] == ["good", "bad"]
    assert "file:.irkit/keys/okta-token can be read" in found
    assert {item["code"] for item in found.values()} == {"", "IRK154"}
    assert token not in said.out + said.err
    (aws,) = [item for item in said.views("finding") if item["subject"] == "aws `aws`"]
    assert (aws["state"], aws["remedy"]) == ("unknown", "see `secret`")


def test_check_writes_nothing(terminal: Terminal, world: World) -> None:
    """It proves by reading."""
    before = len(world.calls.all())
    terminal.json("check")
    assert [call.operation for call in world.calls.all()[before:] if call.write] == []


def test_check_does_not_stop_at_the_first_thing(terminal: Terminal) -> None:
    """Bad credentials, a missing trail key and an unsealed change are all shown."""
    (terminal.root / ".irkit/keys/okta-token").write_text("not-a-token")
    (terminal.root / ".irkit/keys/trail").unlink()
    terminal.edit("limits: {okta.user: 25", "limits: {okta.user: 26")
    said = terminal.json("check")
    bad = {item["subject"] for item in said.views("finding") if item["state"] == "bad"}
    assert said.code == 1
    assert bad == {"trail", "trail key", "okta `okta`"}
    assert all(i["remedy"] for i in said.views("finding") if i["state"] == "bad")


def test_lint_is_content_with_what_ships(terminal: Terminal) -> None:
    """No errors in the shipped playbooks and the workspace that init makes."""
    said = terminal.here("lint")
    assert said.code == 0, said.out
    assert "error" not in said.out


BROKEN = """\
irkit: 1
playbook: broken
title: Broken
steps:
  - do: okta.user.suspend
    with: {usr: x}
"""


def test_lint_shows_the_line_and_what_was_meant(terminal: Terminal) -> None:
    """As rustc does: place, line, carets, help."""
    path = terminal.root / "playbooks/broken.yaml"
    path.write_text(BROKEN)
    said = terminal.here("lint", str(path))
    assert said.code == 1
    assert "6 |     with: {usr: x}" in said.out
    assert "did you mean `user`?" in said.out


def test_lint_speaks_json_and_sarif(terminal: Terminal) -> None:
    """For machines: one object a line, or one SARIF log."""
    path = terminal.root / "playbooks/broken.yaml"
    path.write_text(BROKEN)
    lines = terminal.here("lint", str(path), "--format", "json").out.splitlines()
    codes = {json.loads(line)["code"] for line in lines}
    log = json.loads(terminal.here("lint", str(path), "--format", "sarif").out)
    assert {rule["id"] for rule in log["runs"][0]["tool"]["driver"]["rules"]} == codes
    assert all(result["locations"] for result in log["runs"][0]["results"])


def test_lint_prints_the_schema(terminal: Terminal) -> None:
    """Generated from the catalogue, with every action in it."""
    said = terminal.here("lint", "--schema")
    schema = json.loads(said.out)
    assert schema["$schema"].endswith("2020-12/schema")
    assert "okta.user.suspend" in said.out


def test_lint_fixes_what_is_safe_to_fix(terminal: Terminal) -> None:
    """A misspelt parameter becomes the one that was meant; the rest of the file stays."""
    path = terminal.root / "playbooks/broken.yaml"
    path.write_text(BROKEN)
    said = terminal.here("lint", str(path), "--fix")
    assert "fixed: " in said.err
    assert path.read_text() == BROKEN.replace("usr", "user")
    assert "usr" not in said.out


def test_settings_are_linted_too(terminal: Terminal) -> None:
    """irkit.yaml, roles and pins get the same diagnostics."""
    terminal.edit("org: acme", "orgg: acme")
    said = terminal.here("lint", str(terminal.root / "irkit.yaml"))
    assert said.code == 1
    assert "did you mean `org`?" in said.out


def test_the_world_is_served_until_ctrl_c(template: Path, tmp_path: Path) -> None:
    """It gives the workspace its secrets, says what to type, and ends with exit 0."""
    base = free_port_base()
    root = tmp_path / "acme"
    made = Terminal(root).run("init", str(root), "--world", "--port-base", str(base))
    assert made.code == 0, made.err
    assert f"irkit plan {FEDERATED} -i user=" in made.out
    words = ["--workspace", str(root), "world", "up", "--port-base", str(base)]
    with subprocess.Popen(
        [sys.executable, "-m", "irkit", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("Ctrl-C"):
                break
        seats = root / ".irkit/keys/seats"
        assert stat.S_IMODE(seats.stat().st_mode) == 0o600
        assert len(json.loads(seats.read_text())["seats"]) == 9
        planned = Terminal(root).json("plan", FEDERATED, "-i", f"user={KAI}")
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    assert planned.code == 0, planned.err
    assert planned.view("plan")["changes"] == 8
