"""`irkit permissions --plan`: a playbook's writes, limited to the targets of one plan."""

import json
from pathlib import Path

import pytest
from terminal import DANA, Terminal

USER = "arn:aws:iam::111122223333:user/ci-deploy"
QUARANTINE = """
irkit: 1
playbook: quarantine-one
title: Quarantine one
version: 1.0.0
about: Denies one user everything.
inputs:
  user: {type: aws.user}
guards:
  limit: {aws.user: 1}
steps:
  - read: aws.iam_user.get
    with: {user: "{{ inputs.user }}"}
    as: owner
    evidence: true
  - do: aws.iam_user.quarantine
    with: {user: "{{ owner.arn }}"}
"""


@pytest.fixture
def planned(terminal: Terminal, tmp_path: Path) -> tuple[Path, Path]:
    """Return a playbook and a plan of it, both as files."""
    playbook, plan = tmp_path / "quarantine-one.yaml", tmp_path / "tonight.plan"
    playbook.write_text(QUARANTINE)
    said = terminal.json("plan", str(playbook), "-i", f"user={USER}", "--out", str(plan), who=DANA)
    assert said.code == 0, said.err
    return playbook, plan


def test_a_plan_limits_the_writes_to_its_targets(
    terminal: Terminal, planned: tuple[Path, Path]
) -> None:
    """What the plan changes stands in the policy by its ARN, in each form."""
    playbook, plan = map(str, planned)
    asked = ("permissions", playbook, "--plan", plan)
    said = terminal.run(*asked, "--format", "iam", "--handle", "write")
    (statement,) = json.loads(said.out)["Statement"]
    assert statement["Action"] == ["iam:DeleteUserPolicy", "iam:PutUserPolicy"]
    assert statement["Resource"] == [USER]
    terraform = terminal.run(*asked, "--format", "terraform", "--handle", "write").out
    assert f'resources = [\n      "{USER}",' in terraform
    told = terminal.run(*asked).out
    assert "ONLY ON" in told
    assert "aws:111122223333  what it changes: 1 ARN" in told
    without = terminal.run("permissions", playbook, "--format", "iam", "--handle", "write")
    assert json.loads(without.out)["Statement"][0]["Resource"] == "*"


def test_a_plan_of_another_text_is_refused(terminal: Terminal, planned: tuple[Path, Path]) -> None:
    """A policy for a plan that nobody will carry out would lack what this playbook needs."""
    playbook, plan = planned
    playbook.write_text(QUARANTINE.replace("Denies one user", "Now denies one user"))
    said = terminal.json("permissions", str(playbook), "--plan", str(plan))
    assert said.code == 1
    assert "IRK533" in said.err
