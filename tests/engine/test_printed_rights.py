"""What is printed is enough for every shipped playbook, and none of it is printed for nothing."""

import re
from pathlib import Path

import pytest
from one_right_less import Right, needed_by, printed_for, rights_of, run_with, when
from staged_playbooks import SHIPPED

from irkit.actions.load import catalogue

OWN = frozenset(Right(handle=handle, name="sts:GetCallerIdentity") for handle in ("read", "write"))
"""What nobody has to be allowed."""


SEATS_LEFT = {"leaked-aws-access-key"}
"""Playbooks whose intruder holds more in the story than the playbook is against."""

DOORS_KEPT_SHUT = {"breached-identity-provider", "rogue-identity-provider"}
"""Playbooks of whose changes some are not taken back, because they would let the intruder in."""


@pytest.mark.parametrize("name", SHIPPED)
def test_the_printed_rights_do_the_job_and_each_is_for_something(name: str, tmp_path: Path) -> None:
    """Planned, run and taken back in reduced sessions; what is not used says when it would be."""
    needed = printed_for(name)
    seen = run_with(name, tmp_path / "workspace", reduced=True)
    assert seen.planned == ()
    assert seen.outcome in ({"partial"} if name in SEATS_LEFT else {"contained", "completed"})
    assert (seen.said, seen.bad) == ("", ())
    assert seen.undone == ("partial" if name in DOORS_KEPT_SHUT else "completed")
    assert seen.whole == 0
    rights = rights_of(needed)
    assert seen.used - OWN <= {*rights}
    for right in set(rights) - seen.used:
        assert when(needed, right), right
        for action in seen.actions & needed_by(needed, right):
            assert right.name in catalogue()[action].permissions.only, (right, action)


SAMPLE = (
    ("leaked-aws-access-key", "read", "iam:ListUsers", "plan"),
    ("root-login", "write", "sts:AssumeRoot", "run"),
    ("ci-secret-leak", "write", "secretsmanager:PutResourcePolicy", "run"),
    ("public-exposure", "read", "s3:GetBucketAcl", "plan"),
    ("crypto-mining-sweep", "write", "ec2:CreateTags", "run"),
    ("breached-identity-provider", "write", "organizations:DetachPolicy", "undo"),
    ("mfa-fatigue-sim-swap", "okta", "okta.users.manage", "run"),
)


@pytest.mark.parametrize(("name", "handle", "right", "where"), SAMPLE)
def test_a_right_that_is_missing_is_named(
    name: str, handle: str, right: str, where: str, tmp_path: Path
) -> None:
    """One right of each kind: whoever has to grant it must not have to guess."""
    missing = Right(handle=handle, name=right)
    seen = run_with(name, tmp_path / "workspace", missing, reduced=handle == "okta")
    assert seen.named == where
    if where == "undo":
        assert seen.undone == "partial"
    else:
        assert seen.outcome not in {"contained", "completed"}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_has_each_right_that_is_printed(name: str) -> None:
    """Whoever changes what a playbook needs tries it again (make rights), or the page says so."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "rights.md").read_text()
    part = page.partition(f"<!-- table: {name} -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| `([\w:.-]+)` \| (\w+) \|", part, re.MULTILINE)
    told = [Right(handle=handle, name=right) for right, handle in rows]
    assert told == [*rights_of(printed_for(name))] or "Not tried yet" in part
    assert not re.search("nothing names it|not believed|nothing uses it", part)
