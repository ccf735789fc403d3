"""Least privilege in a run: rights are limited to what a plan is about, and so are sessions."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from lab import Lab
from one_right_less import granted_for, refusals, with_printed
from staged_playbooks import inputs_of

from irkit.actions.load import catalogue
from irkit.engine.books import recorded_book
from irkit.engine.generated import action_text
from irkit.engine.least_privilege import GUARDS, least_privileges
from irkit.engine.scoped_privileges import resources_of, session_limits, session_rights
from irkit.model.change import Change, Target
from irkit.model.iam_resources import arns_for
from irkit.model.iam_rights import Right
from irkit.model.plan import Header, Part, PartNeed, Plan, PlannedStep
from irkit.model.spec import Blast, Effect, Reversal
from irkit.providers.aws.session_policy import Reach

PROD = "111122223333"
LEAKED = "leaked-aws-access-key"
HEADER = Header(
    playbook="p",
    playbook_digest="",
    title="",
    inputs={},
    tenants=(),
    mode="drill",
    policy="",
    guards=(),
    irkit="",
    actions={},
    observed_at="",
)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    """A world in which a key has leaked, and irkit has what is printed, in reduced sessions."""
    with with_printed(LEAKED, tmp_path / "workspace", None, reduced=True) as made:
        yield made


def changing(*labels: str, tenant: str = f"aws:{PROD}") -> PlannedStep:
    """Return a step that makes one change to each of these."""
    changes = tuple(
        Change(
            id=f"c{n}",
            target=Target(kind="aws.user", tenant=tenant, id=f"AIDA{n}", label=label),
            verb="deny",
            before=None,
            after=True,
        )
        for n, label in enumerate(labels)
    )
    return PlannedStep(
        path="s",
        action="aws.iam_user.quarantine",
        version=1,
        connection="",
        arguments={},
        title="",
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.PRINCIPAL,
        changes=changes,
    )


def test_a_plan_limits_what_it_knows() -> None:
    """A right is for the targets of its steps; without a step, or without an ARN, it is for all."""
    user = f"arn:aws:iam::{PROD}:user/svc-backup"
    assert arns_for("iam:UpdateAccessKey", [f"AKIA1 of {user}"]) == {user}
    assert arns_for("iam:UpdateAccessKey", [f"arn:aws:iam::{PROD}:role/Deploy"]) == frozenset()
    assert arns_for("ec2:CreateSnapshots", [user]) == frozenset()


def test_a_session_is_limited_to_the_changes_of_its_account() -> None:
    """Another account's targets are not in it; one change without an ARN makes it everything."""
    user = f"arn:aws:iam::{PROD}:user/svc-backup"
    other = changing(f"arn:aws:iam::{PROD[::-1]}:user/elsewhere", tenant=f"aws:{PROD[::-1]}")
    asked, account = ("iam:PutUserPolicy",), f"aws:{PROD}"
    limited = session_rights(asked, [changing(user), other], account)
    assert limited == (Right(action="iam:PutUserPolicy", on=(user,)),)
    unlimited = session_rights(asked, [changing(user, "a user without a name")], account)
    assert unlimited == (Right(action="iam:PutUserPolicy"),)


def test_a_plan_says_how_far_its_sessions_reach() -> None:
    """Named, of the same type, or anything: as many ARNs as a session policy has room for."""
    users = [f"arn:aws:iam::{PROD}:user/user-{n}" for n in range(60)]
    reached = []
    for labels in (users[:2], users, ["nobody", *users]):
        step = changing(*labels)
        part = Part(id="p", phase="p", steps=(step,), need=PartNeed())
        (limit,) = session_limits(Plan(header=HEADER, parts=(part,)), catalogue())
        reached.append((len(limit.named), limit.reach))
    assert reached == [(2, Reach.NAMED), (60, Reach.TYPE), (0, Reach.NAMED)]


def test_a_right_on_something_else_is_refused_and_named(lab: Lab) -> None:
    """The same right for another resource does not do, and no session was for another one."""
    book = lab.book(LEAKED)
    run_id = lab.start(book, **inputs_of(lab, LEAKED))
    lab.go(book, run_id)
    plan = lab.run_of(run_id).plan
    assert plan is not None
    resources = dict(resources_of(book, plan, catalogue()))
    (user,) = resources["iam:PutUserPolicy"]
    granted_for(lab, book, {**resources, "iam:PutUserPolicy": (f"{user}-other",)})
    driven = lab.to_its_end(book, run_id)
    assert "perform: iam:PutUserPolicy" in refusals(lab)
    assert user in refusals(lab)
    assert driven.run.outcome != "contained"
    writing = [s for s in lab.world.aws.cloud.sessions.all() if s.holder_name == "irkit-write"]
    assert writing
    for session in writing:
        (policy,) = session.policies or ()
        assert {arn for s in policy.statements for arn in s.resources.values} == {user}


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
