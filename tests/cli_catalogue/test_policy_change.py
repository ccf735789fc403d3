"""Sealing a changed policy: what is shown, who counts, and what does not."""

import json
import subprocess
from pathlib import Path

import pytest
from catalogue_workspace import ALICE, BOB, CAROL, Desk
from hypothesis import example, given
from hypothesis import strategies as st

from irkit.canonical import Json, canonical
from irkit.engine.policy_text import REARRANGED, differences, policy_text
from irkit.trail.verify import verify


def change_limits(desk: Desk, number: int = 2500) -> None:
    """Change something in the policy that is not about people."""
    path = desk.root / "irkit.yaml"
    path.write_text(path.read_text().replace("okta.user: 25,", f"okta.user: {number},"))


def change_rule(desk: Desk, rule: str) -> None:
    """Say what a new policy needs."""
    path = desk.root / "irkit.yaml"
    path.write_text(path.read_text().replace("approvals:\n", f"approvals:\n  change: {rule}\n", 1))


def sign(desk: Desk, name: str, *more: str) -> tuple[int, str]:
    """Sign the proposal as one person."""
    said = desk.ask("approvers", "seal", "--yes", "--key", str(desk.key(name)), *more, who=name)
    return said.code, said.err


def records(desk: Desk) -> list[tuple[str, str]]:
    """Return type and actor of every record."""
    lines = desk.ask("trail", "show").out.strip().split("\n")
    return [(json.loads(line)["type"], json.loads(line)["actor"]) for line in lines]


def test_a_proposal_is_recorded_once(desk: Desk) -> None:
    """Whoever comes later joins what was proposed, with the same nonce."""
    desk.sealed(ALICE, BOB)
    change_limits(desk)
    for name in (ALICE, BOB, ALICE):
        assert desk.ask("approvers", "seal", who=name).code == 4
    assert [kind for kind, _ in records(desk)].count("policy.proposed") == 1


def test_a_policy_that_excludes_the_requester_needs_two_people_and_a_third_act(desk: Desk) -> None:
    """The one who proposed may not approve, and the one who approved may not put it in force."""
    change_rule(desk, "{need: 1, not: [requester]}")
    desk.sealed(ALICE, BOB)
    change_limits(desk)
    assert desk.ask("approvers", "seal", who=ALICE).code == 4
    code, err = sign(desk, ALICE)
    assert code != 0
    assert "IRK421" in err
    assert sign(desk, BOB)[0] == 4
    assert "somebody who did not sign it" in desk.run("approvers", "seal", who=BOB).out
    assert desk.ask("approvers", "seal", who=ALICE).code == 0
    assert not verify(desk.root / ".irkit/trail", deep=True).findings


def test_a_role_that_the_old_policy_asks_for_is_asked_for(desk: Desk) -> None:
    """An approver without the role does not count for a new policy."""
    change_rule(desk, "{need: 1, from: [ir-lead]}")
    desk.enrol(ALICE, role="ir-lead")
    desk.sealed(BOB)
    change_limits(desk)
    assert "IRK422" in sign(desk, BOB)[1]
    assert sign(desk, ALICE)[0] == 0


def test_a_rule_that_nobody_could_meet_is_not_sealed(desk: Desk) -> None:
    """A policy that could never be changed again is refused before it is in force."""
    change_rule(desk, "{need: 3}")
    desk.enrol(ALICE, BOB)
    assert desk.ask("approvers", "seal").codes[-1] == "IRK468"
    assert not (desk.root / ".irkit/trail").exists()


def test_rules_out_of_reach_are_pointed_out(desk: Desk) -> None:
    """One approver cannot give two approvals, and a role without a key gives none."""
    desk.enrol(BOB)
    roles = desk.root / "approvers/roles.yaml"
    roles.write_text(roles.read_text().replace("ir-lead: []", "ir-lead: [zoe@acme.example]"))
    said = desk.ask("approvers", "seal")
    assert said.code == 0
    assert {"IRK470", "IRK471"} <= set(said.codes)


def test_one_person_counts_once(desk: Desk) -> None:
    """Signing twice is one approval."""
    desk.sealed(ALICE, BOB)
    change_limits(desk)
    assert sign(desk, ALICE)[0] == 4
    assert sign(desk, ALICE)[0] == 4
    assert sign(desk, BOB)[0] == 0


def test_an_old_statement_does_not_bring_an_old_policy_back(desk: Desk, tmp_path: Path) -> None:
    """A statement is good for one change of policy: from the one in force then to that one."""
    desk.sealed(BOB)
    change_limits(desk)
    path = tmp_path / "policy"
    desk.ask("approvers", "seal", "--write", str(path), who=BOB)
    statement = path.read_bytes()
    assert sign(desk, BOB)[0] == 0
    yaml = desk.root / "irkit.yaml"
    yaml.write_text(yaml.read_text().replace("okta.user: 2500,", "okta.user: 25,"))
    assert sign(desk, BOB)[0] == 0
    change_limits(desk)
    path.write_bytes(statement)
    code, _ = sign_file(desk, path)
    assert code != 0


def sign_file(desk: Desk, path: Path) -> tuple[int, tuple[str, ...]]:
    """Sign a statement with stock `ssh-keygen` and add it."""
    words = ["ssh-keygen", "-Y", "sign", "-q", "-n", "irkit.approval.v1", "-f", str(desk.key(BOB))]
    subprocess.run([*words, str(path)], check=True, capture_output=True)
    said = desk.ask("approvers", "seal", "--file", str(path))
    return said.code, said.codes


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        (b'"decision":"approve"', b'"decision": "approve"', "IRK402"),
        (b"bob@acme.example", b"carol@acme.example", "IRK403"),
        (b'"mode":"live"', b'"mode":"drill"', "IRK418"),
    ],
)
def test_a_statement_that_was_altered_before_signing_is_refused(
    desk: Desk, tmp_path: Path, before: bytes, after: bytes, code: str
) -> None:
    """Each thing that does not fit has its own diagnostic, and nothing is recorded."""
    desk.sealed(BOB)
    change_limits(desk)
    path = tmp_path / "policy"
    desk.ask("approvers", "seal", "--write", str(path), who=BOB)
    path.write_bytes(path.read_bytes().replace(before, after))
    assert code in sign_file(desk, path)[1]
    assert "approval" not in [kind for kind, _ in records(desk)]


def test_nothing_is_planned_under_a_policy_that_is_not_sealed(desk: Desk) -> None:
    """Between a change of the files and its sealing no run is opened."""
    desk.sealed(ALICE, BOB)
    change_limits(desk)
    said = desk.ask("plan", "okta-user-federated-to-aws", "-i", "user=x", "--open")
    assert said.code == 5


_leaf = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6)
_section = (
    st.lists(_leaf, max_size=4)
    | st.dictionaries(st.sampled_from(["a", "b"]), st.lists(_leaf, max_size=3), max_size=2)
    | st.dictionaries(
        st.sampled_from(["a", "b"]),
        st.dictionaries(st.sampled_from(["c", "d"]), _leaf, max_size=2),
        max_size=2,
    )
    | _leaf
)
_policy = st.dictionaries(st.sampled_from(["limits", "approvals", "rules", "mode"]), _section)


@given(_policy, _policy)
@example({"mode": False}, {"mode": 0})
def test_no_difference_is_left_unsaid(old: dict[str, Json], new: dict[str, Json]) -> None:
    """There is a line for something exactly where the policies differ, in plain ASCII."""
    found = differences(old, new)
    assert bool(found) == (canonical(old) != canonical(new))
    assert all(item.gone or item.come for item in found)
    text = policy_text(old, new, origin="acme.example/t", requester="al")
    assert text.isascii()
    assert text.replace("\n", "").isprintable()


def test_another_order_is_said() -> None:
    """The digest depends on the order, so the text has to speak of it."""
    found = differences({"signers": ["a", "b"]}, {"signers": ["b", "a"]})
    assert [item.come for item in found] == [(REARRANGED,)]


def test_carol_is_shown_with_her_key(desk: Desk) -> None:
    """Every fact that comes with a new approver has its line."""
    desk.sealed(ALICE, BOB)
    desk.enrol(CAROL)
    said = desk.ask("approvers", "seal").json
    assert [item["section"] for item in said["differences"]] == ["roles", "signers"]
