"""Least privilege in a run: what is printed is enough, and sessions are reduced to it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab, laboratory
from playbook_inputs import PLAYBOOKS, inputs_of

from irkit.actions.load import catalogue
from irkit.canonical import Json
from irkit.cli.views import permissions as view
from irkit.engine.books import recorded_book
from irkit.engine.generated import action_text
from irkit.engine.least_privilege import GUARDS, Privileges, least_privileges
from irkit.engine.scoped_privileges import resources_of
from irkit.engine.walk import Book
from irkit.model.iam_resources import arns_for

FEDERATED = "okta-user-federated-to-aws"
PROD = "111122223333"


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world in which the intruder is alive, and a sealed workspace."""
    with laboratory(tmp_path) as made:
        yield made


def grant(lab: Lab, role: str, rights: Iterator[str]) -> None:
    """Give a role of irkit's exactly these rights, in every account."""
    statement: dict[str, Json] = {"Effect": "Allow", "Action": [*rights], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    for account in lab.world.accounts:
        lab.world.aws.cloud.iam(account.id).put_role_policy(role, role, document)


def needed(lab: Lab, name: str) -> Privileges:
    """Return the IAM rights that a playbook needs in the laboratory's workspace."""
    workspace = lab.session.workspace
    return least_privileges(
        lab.book(name), catalogue(), workspace.protect, ways_in=workspace.break_glass.aws
    ).iam


def lacking(lab: Lab) -> str:
    """Return what the records so far say about rights that irkit lacks."""
    bodies = (json.dumps(body) for _, body in lab.ears.bodies)
    return "; ".join(body for body in bodies if "not authorized" in body)


def planned(lab: Lab, name: str) -> tuple[Book, str, dict[str, tuple[str, ...]]]:
    """Plan a playbook with roles that have what is printed without a plan; return what it limits.

    What is returned is the book, the run, and the ARNs of each right to write.
    """
    rights = needed(lab, name)
    grant(lab, "irkit-read", iter(rights.read))
    grant(lab, "irkit-write", iter(rights.write))
    book = lab.book(name)
    run_id = lab.start(book, **inputs_of(lab, name))
    lab.go(book, run_id)
    plan = lab.run_of(run_id).plan
    assert plan is not None
    return book, run_id, dict(resources_of(book, plan, catalogue()))


def grant_printed(lab: Lab, name: str, resources: dict[str, tuple[str, ...]]) -> None:
    """Give the write role the very policy that is printed for a plan, in every account."""
    protect = lab.session.workspace.protect
    value = view.to_json(least_privileges(lab.book(name), catalogue(), protect), resources)
    for account in lab.world.accounts:
        iam = lab.world.aws.cloud.iam(account.id)
        iam.put_role_policy("irkit-write", "irkit-write", view.iam(value, "write"))


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_the_printed_policies_are_enough(lab: Lab, name: str) -> None:
    """With what is printed for its plan and nothing else, a playbook runs and is taken back."""
    book, run_id, resources = planned(lab, name)
    grant_printed(lab, name, resources)
    lab.to_its_end(book, run_id)
    _, undone = lab.take_back(run_id, book)
    assert undone.run.outcome == "completed"
    assert lacking(lab) == ""


def test_a_plan_limits_what_it_knows() -> None:
    """A right is for the targets of its steps; without a step, or without an ARN, it is for all."""
    user = f"arn:aws:iam::{PROD}:user/svc-backup"
    assert arns_for("iam:UpdateAccessKey", [f"AKIA1 of {user}"]) == {user}
    assert arns_for("iam:UpdateAccessKey", [f"arn:aws:iam::{PROD}:role/Deploy"]) == frozenset()
    assert arns_for("ec2:CreateSnapshots", [user]) == frozenset()


@pytest.mark.parametrize("right", ["iam:PutRolePolicy", "iam:UpdateAccessKey"])
def test_a_right_on_something_else_is_refused_and_named(lab: Lab, right: str) -> None:
    """The same right for another resource does not do: the run says which it lacks, and on what."""
    book, run_id, resources = planned(lab, FEDERATED)
    wanted = resources[right]
    grant_printed(lab, FEDERATED, {**resources, right: (f"{wanted[0]}-other",)})
    driven = lab.to_its_end(book, run_id)
    assert right in lacking(lab)
    assert any(arn in lacking(lab) for arn in wanted)
    assert driven.run.outcome != "contained"


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_reduced_sessions_do_the_whole_job(lab: Lab, name: str) -> None:
    """With `least_privilege: session` a run and its undo come to the same, and nothing is whole."""
    config = lab.root / "irkit.yaml"
    config.write_text(config.read_text() + "least_privilege: session\n")
    before = len(lab.world.aws.cloud.sessions.all())
    book = lab.book(name)
    run_id, driven = lab.contain(book, **inputs_of(lab, name))
    assert {str(state.stage) for state in driven.run.changes.values()} == {"verified"}
    _, undone = lab.take_back(run_id, book)
    assert undone.run.outcome == "completed"
    mine = [s for s in lab.world.aws.cloud.sessions.all()[before:] if "irkit" in s.holder_name]
    assert mine
    assert all(session.policies is not None for session in mine)


READS = ("iam:ListRoles", "cloudtrail:LookupEvents", "ec2:DescribeRegions")
WRITES = ("iam:PutRolePolicy", "iam:PutUserPolicy", "iam:UpdateAccessKey")


@pytest.mark.parametrize("missing", [*READS, *WRITES])
def test_a_right_that_is_missing_is_named(lab: Lab, missing: str) -> None:
    """Each right is there for a reason: without it the run says which one it lacks."""
    rights = needed(lab, FEDERATED)
    grant(lab, "irkit-read", (right for right in rights.read if right != missing))
    grant(lab, "irkit-write", (right for right in rights.write if right != missing))
    assert missing in {*rights.read, *rights.write}
    _, driven = lab.contain(lab.book(FEDERATED), **inputs_of(lab, FEDERATED))
    assert missing in lacking(lab)
    assert driven.run.outcome != "contained"


@pytest.mark.parametrize(
    ("action", "reads"),
    [
        ("okta.user.suspend", {"okta.apiTokens.read"}),
        ("okta.user.raise_risk", set()),
        ("okta.zone.block", {"okta.logs.read"}),
    ],
)
def test_what_guards_read_for_some_actions_is_asked_for_those(action: str, reads: set[str]) -> None:
    """A right that only a guard of some steps needs is printed for them alone."""
    spec = catalogue()[action]
    given = {parameter.name: "x" for parameter in spec.parameters if parameter.required}
    given |= {"addresses": "203.0.113.66"} if "addresses" in given else {}
    book = recorded_book(action_text(spec, given, "a test"), "do.yaml", {})
    found = least_privileges(book, catalogue()).okta.read
    asked = {right for right, who in found.items() if GUARDS in who}
    assert asked - {"okta.roles.read", "okta.users.read", "okta.networkZones.read"} == reads
