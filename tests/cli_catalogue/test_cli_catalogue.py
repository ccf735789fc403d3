"""`irkit actions`, `permissions`, `graph`, `new` and `policy`: what there is, and what it needs."""

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from catalogue_workspace import ALICE, BOB, CAROL, Desk

from irkit import assets, yaml_strict
from irkit.actions.load import catalogue
from irkit.engine.books import load_book, providers_of
from irkit.engine.circumstances import uses
from irkit.model.access.kinds import CredentialKind

PLAYBOOKS = [path.stem for path in assets.playbook_files(assets.playbooks())]


def test_actions_alone_lists_the_catalogue(desk: Desk) -> None:
    """Every action there is has its line."""
    said = desk.ask("actions")
    assert [item["id"] for item in said.json["actions"]] == [spec.id for spec in catalogue()]
    assert "okta.user.suspend" in desk.run("actions", "list").out


def test_actions_list_narrows_by_a_part_of_the_id(desk: Desk) -> None:
    """A word leaves out the others."""
    found = [item["id"] for item in desk.ask("actions", "list", "iam_key").json["actions"]]
    assert found
    assert all("iam_key" in name for name in found)


def test_actions_show_names_parameters_and_permissions(desk: Desk) -> None:
    """One action in full."""
    said = desk.ask("actions", "show", "okta.user.suspend").json
    assert said["parameters"][0]["name"] == "user"
    assert said["permissions"]["okta_write"] == ["okta.users.manage"]


def test_actions_show_of_a_typo_says_what_was_meant(desk: Desk) -> None:
    """The nearest id is offered."""
    said = desk.ask("actions", "show", "okta.user.suspnd")
    assert said.code == 1
    assert "okta.user.suspend" in said.err


def test_the_matrix_says_what_every_spec_says(desk: Desk) -> None:
    """Each cut of each spec is a cell, and no cell says more than its spec."""
    rows = {row["action"]: row["cells"] for row in desk.ask("actions", "matrix").json["rows"]}
    for spec in catalogue():
        cells = rows.get(spec.id, {})
        cut = {kind for kind, word in cells.items() if word in {"cuts", "cuts and mints"}}
        assert cut == set(spec.cuts)
        left = {kind for kind, word in cells.items() if word == "leaves alone"}
        assert left == set(spec.does_not_cut) - set(spec.cuts) - set(spec.mints)


def test_the_matrix_has_a_legend_for_every_column(desk: Desk) -> None:
    """All kinds of credentials are explained, and the columns line up in ASCII as well."""
    text = desk.run("--plain", "actions", "matrix").out
    assert text.isascii()
    lines = text.split("\n")
    width = len(lines[0].rstrip())
    rows = [line for line in lines[1:] if line.startswith(("aws.", "okta."))]
    assert all(len(line) <= width for line in rows)
    assert all(str(kind) in text for kind in CredentialKind)


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_permissions_hold_everything_the_steps_need(desk: Desk, name: str) -> None:
    """Nothing a step needs is left out, and reads and writes are kept apart."""
    said = desk.ask("permissions", name).json
    book = load_book(assets.find_playbook(name, None, desk.root), None, catalogue())
    opened = providers_of(book, catalogue())
    for use in uses(book):
        declared = catalogue()[use.action].permissions.of(use.arguments or {})
        if "okta" not in opened:
            declared = replace(declared, okta_read=())
        assert set(declared.iam_read) <= set(said["iam"]["read"])
        assert set(declared.iam_write) <= set(said["iam"]["write"])
        assert set(declared.okta_read) <= set(said["okta"]["read"])
        assert set(declared.okta_write) <= set(said["okta"]["write"])
    both = set(said["iam"]["read"]) & set(said["iam"]["write"])
    assert both <= {"sts:AssumeRoot"}  # one call for either; its task says which it is for


def test_permissions_name_what_needs_each_of_them(desk: Desk) -> None:
    """Every right has a reason, which is an action, an input, a pattern or the guards."""
    said = desk.ask("permissions", "leaked-aws-access-key").json
    for provider in ("iam", "okta"):
        for rights in said[provider].values():
            assert all(rights.values())
    assert "aws.iam_key.deactivate" in said["iam"]["write"]["iam:UpdateAccessKey"]


def test_permissions_as_iam_are_two_policies(desk: Desk) -> None:
    """The documents have the form that IAM takes, and the reading one cannot write."""
    text = desk.run("permissions", "leaked-aws-access-key", "--format", "iam").out
    policies = json.loads(text)
    assert set(policies) == {"read", "write"}
    actions = [a for s in policies["read"]["Statement"] for a in s["Action"]]
    assert not [a for a in actions if a.partition(":")[2].startswith(("Put", "Delete", "Update"))]
    one = desk.run(
        "permissions", "leaked-aws-access-key", "--format", "iam", "--handle", "write"
    ).out
    assert json.loads(one) == policies["write"]
    sids = [statement["Sid"] for statement in policies["read"]["Statement"]]
    assert all(sid.isalnum() for sid in sids)
    assert len(set(sids)) == len(sids)


def test_permissions_carry_conditions_and_say_when_they_are_needed(desk: Desk) -> None:
    """Each handle enters as root for its own task, and policies are of one type only."""
    policies = json.loads(desk.run("permissions", "root-login", "--format", "iam").out)
    found = {
        (handle, action): statement.get("Condition")
        for handle, policy in policies.items()
        for statement in policy["Statement"]
        for action in statement["Action"]
    }
    task, tasks = "sts:TaskPolicyArn", "arn:aws:iam::aws:policy/root-task"
    for handle, name in (("read", "IAMAudit"), ("write", "IAMDelete")):
        wanted = {"StringEquals": {task: f"{tasks}/{name}RootUserCredentials"}}
        assert found[handle, "sts:AssumeRoot"] == wanted
    wanted = {"StringEquals": {"organizations:PolicyType": "SERVICE_CONTROL_POLICY"}}
    assert found["write", "organizations:AttachPolicy"] == wanted
    assert found["write", "iam:PutUserPolicy"] is None
    terraform = desk.run("permissions", "root-login", "--format", "terraform").out
    assert f'      variable = "{task}"\n      values   = ["{tasks}/IAMDelete' in terraform
    assert "unless inputs.management" in desk.run("permissions", "root-login").out


def test_permissions_as_okta_scopes_and_terraform(desk: Desk) -> None:
    """The other two forms carry the same rights."""
    name = "okta-user-federated-to-aws"
    scopes = json.loads(desk.run("permissions", name, "--format", "okta").out)
    assert "okta.users.manage" in scopes["write"]["scopes"]
    text = desk.run("permissions", name, "--format", "terraform").out
    assert text.count("{") == text.count("}")
    assert '"okta.users.manage",' in text
    assert '"iam:UpdateAccessKey",' in text


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_the_svg_is_well_formed_the_same_each_time_and_loads_nothing(desk: Desk, name: str) -> None:
    """A picture in a repository changes only with its playbook."""
    first = desk.run("graph", name, "--format", "svg").out
    assert first == desk.run("graph", name, "--format", "svg").out
    root = ET.fromstring(first)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert not any(word in first for word in ("<script", "href", "url(http", "@import"))


def test_the_picture_shows_phases_steps_approvals_and_needs(desk: Desk) -> None:
    """What a reviewer asks of a picture is in it."""
    text = desk.run("graph", "okta-user-federated-to-aws").out
    assert "flowchart TD" in text
    assert "do okta.user.suspend" in text
    assert "approval: 1 of ir-oncall or ir-lead" in text
    assert "p1 --> p3" in text


def test_hostile_names_stay_text_in_both_pictures(desk: Desk) -> None:
    """A title that is markup is drawn as the text it is."""
    path = desk.root / "playbooks/hostile.yaml"
    desk.enrol(BOB)
    assert desk.ask("new", "hostile", "--title", '</text><script>"]; x').code == 0
    drawn = desk.run("graph", str(path), "--format", "svg").out
    assert "<script>" not in drawn
    ET.fromstring(drawn)
    assert "<script>" not in desk.run("graph", str(path)).out.split("---", 2)[2]


def test_graph_writes_by_the_ending_of_the_file(desk: Desk, tmp_path: Path) -> None:
    """`--out x.svg` is an SVG without saying so twice."""
    path = tmp_path / "x.svg"
    assert desk.ask("graph", PLAYBOOKS[0], "--out", str(path)).json["format"] == "svg"
    ET.parse(path)
    assert desk.ask("graph", PLAYBOOKS[0], "--out", "/nowhere/x.svg").codes == ("IRK623",)


@pytest.mark.parametrize("kind", ["okta", "aws"])
def test_a_new_playbook_is_clean_and_has_a_test_beside_it(desk: Desk, kind: str) -> None:
    """With its approvers enrolled the start has no finding at all."""
    desk.enrol(BOB)
    said = desk.ask("new", "my-own", "--for", kind, "--title", 'A "quoted" title')
    assert (said.code, said.err) == (0, "")
    assert 'title: "A \\"quoted\\" title"' in Path(said.json["playbook"]).read_text()
    node, problems = yaml_strict.load(Path(said.json["test"]).read_text(), "test")
    assert node is not None
    assert not problems
    assert desk.ask("lint").code == 0


def test_a_new_playbook_says_whose_approval_is_missing(desk: Desk) -> None:
    """Without approvers it is written, and lint's finding is shown."""
    said = desk.ask("new", "my-own")
    assert (said.code, said.codes) == (1, ("IRK240",))
    assert (desk.root / "playbooks/my-own.yaml").exists()


@pytest.mark.parametrize("name", ["My Own", "../x", "a_b", ""])
def test_a_new_playbook_needs_a_name_that_can_be_typed(desk: Desk, name: str) -> None:
    """Names are lower-case words joined by hyphens; paths are none."""
    assert desk.ask("new", name).codes == ("IRK622",)


def test_a_new_playbook_never_overwrites(desk: Desk) -> None:
    """The second of a name is refused and the first is kept."""
    desk.enrol(BOB)
    desk.ask("new", "my-own")
    path = desk.root / "playbooks/my-own.yaml"
    path.write_text("mine")
    assert desk.ask("new", "my-own").codes == ("IRK622",)
    assert path.read_text() == "mine"


def test_policy_show_says_whether_it_is_sealed(desk: Desk) -> None:
    """Not sealed, sealed, and changed since are three different answers."""
    desk.enrol(ALICE, BOB)
    before = desk.ask("policy", "show").json
    assert (before["sealed"], before["has_trail"]) == (False, False)
    assert "NOT SEALED" in desk.run("policy", "show").out
    desk.ask("approvers", "seal")
    sealed = desk.ask("policy", "show").json
    assert (sealed["sealed"], sealed["pending"]) == (True, [])
    desk.enrol(CAROL)
    changed = desk.ask("policy", "show").json
    assert changed["sealed"] is False
    assert {item["section"] for item in changed["pending"]} == {"roles", "signers"}
    text = desk.run("policy", "show").out
    assert "CHANGED" in text
    assert f"+ {CAROL} ssh-ed25519" in text


def test_policy_show_names_needs_limits_and_protection(desk: Desk) -> None:
    """What each class of change needs is written out."""
    desk.enrol(ALICE, BOB)
    text = desk.run("policy", "show").out
    assert "DESTRUCTIVE     2 approvals, not the requester" in text
    assert "okta.user: 25" in text
    assert "okta.group:break-glass (nothing pinned: irkit protect pin)" in text
