"""A question before a change: whose answer counts, and whether the approval lasts as long."""

from pathlib import Path

from catalogue_workspace import ALICE, BOB, exercise

ASK_FIRST = """
irkit: 1
playbook: ask-first
title: Ask, then suspend
version: 1.0.0
about: Somebody has to say yes first.
inputs:
  user: {type: okta.user, ask: Who?}
guards:
  limit: {okta.user: 1}
steps:
  - phase: Look
    steps:
      - read: okta.user.get
        with: {user: "{{ inputs.user }}"}
        as: user
        evidence: true
      - manual: Is it really necessary?
        to: ir-lead
        within: 2h
        ask: {yes: bool}
        as: answer
  - phase: Out
    steps:
      - do: okta.user.suspend
        with: {user: "{{ user.id }}"}
"""


def test_a_question_before_a_change(tmp_path: Path) -> None:
    """The approval may end too early, and a signed answer counts from whoever was asked."""
    with exercise(tmp_path) as (desk, _):
        desk.sealed(ALICE)
        (desk.root / "playbooks/ask-first.yaml").write_text(ASK_FIRST)
        user = "user=kai.contractor@acme.example"
        assert desk.ask("run", "ask-first", "-i", user, "--no-wait").code == 4
        key = str(desk.key(ALICE))
        said = desk.ask("approve", "last", "--yes", "--key", key)
        assert (said.code, said.codes) == (0, ("IRK478",)), said.err
        answer = ("answer", "last", "look.manual", "yes=yes")
        said = desk.ask(*answer, "--key", key)
        assert (said.code, said.codes) == (5, ("IRK479",)), said.err
        assert desk.ask(*answer, who=BOB).code == 0
        said = desk.ask("run", "last", "--no-wait")
        assert said.json["outcome"] == "completed"
