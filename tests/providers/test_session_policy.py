"""Session policies: exact where they may be, never longer than STS takes, never less than asked."""

import json
from collections.abc import Iterator
from contextlib import suppress
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.actions.load import catalogue
from irkit.diagnostics import IrkitError
from irkit.model.iam_rights import ROOT_TASKS, Right, everywhere
from irkit.providers.aws.session_policy import LIMIT, session_policies

READS = tuple(sorted({right for spec in catalogue() for right in spec.permissions.iam_read}))
WRITES = tuple(sorted({right for spec in catalogue() for right in spec.permissions.iam_write}))
USERS = "arn:aws:iam::111122223333:user"


def allowed(text: str) -> Iterator[str]:
    """Yield the action patterns of a policy."""
    for statement in json.loads(text)["Statement"]:
        assert statement["Effect"] == "Allow"
        yield from statement["Action"]


def test_a_short_list_stays_as_it_is() -> None:
    """What fits is not widened, and no wider one is offered."""
    rights = ("iam:GetUser", "iam:ListUsers", "ec2:DescribeInstances")
    first, *_ = session_policies(everywhere(rights), write=False)
    assert list(allowed(first)) == sorted(rights)
    (only,) = session_policies(everywhere(rights), write=True)
    assert only == first


@given(st.sets(st.sampled_from(READS), min_size=1))
def test_every_read_is_allowed_and_the_policy_fits(rights: set[str]) -> None:
    """However many reads: each is covered, nothing beyond their verbs is, and it fits."""
    for text in session_policies(everywhere(rights), write=False):
        patterns = list(allowed(text))
        assert len(text) <= LIMIT
        assert all(any(fnmatchcase(right, pattern) for pattern in patterns) for right in rights)
        services = {right.partition(":")[0] for right in rights}
        assert {pattern.partition(":")[0] for pattern in patterns} == services
        assert not {"*", *(f"{service}:*" for service in services)} & set(patterns)


@given(st.sets(st.sampled_from(WRITES), min_size=1))
def test_the_actions_of_writes_are_never_widened(rights: set[str]) -> None:
    """A list of writes is exact, or it is refused."""
    offered: tuple[str, ...] = ()
    with suppress(IrkitError):
        offered = session_policies(everywhere(rights), write=True)
    assert [set(allowed(text)) for text in offered] == [rights] * len(offered)
    assert offered or sum(map(len, rights)) > LIMIT // 2


def test_what_cannot_fit_is_refused() -> None:
    """Rights that no widening makes short enough."""
    with pytest.raises(IrkitError, match="IRK532"):
        session_policies(everywhere(f"s{n}:DoSomethingLong" for n in range(120)), write=True)
    with pytest.raises(IrkitError, match="IRK532"):
        session_policies(everywhere(f"service{n:03}:GetIt" for n in range(200)), write=False)


def test_each_action_s_writes_fit_one_session() -> None:
    """No action needs more writes than a session policy holds."""
    for spec in catalogue():
        if spec.permissions.iam_write:
            assert session_policies(everywhere(spec.permissions.iam_write), write=True)


def test_arns_give_way_before_actions_do() -> None:
    """Named resources, then any of their type and account, then any: the first that fits."""
    few = Right(action="iam:PutUserPolicy", on=(f"{USERS}/a", f"{USERS}/b"))
    many = Right(action="iam:PutUserPolicy", on=tuple(f"{USERS}/user-{n}" for n in range(60)))
    resources = [
        [json.loads(text)["Statement"][0]["Resource"] for text in offered]
        for offered in (
            session_policies((few,), write=True),
            session_policies((many,), write=True),
        )
    ]
    assert resources == [[[*few.on], [f"{USERS}/*"], "*"], [[f"{USERS}/*"], "*"]]


def test_any_of_a_type_stays_in_its_account_and_region() -> None:
    """A bucket, a secret, a machine and a policy with a path: only the name becomes any."""
    arns = {
        "arn:aws:s3:::orders": "arn:aws:s3:::*",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:orders/db-Ab12Cd": (
            "arn:aws:secretsmanager:us-east-1:111122223333:secret:*"
        ),
        "arn:aws:ec2:us-east-1:111122223333:instance/i-1": (
            "arn:aws:ec2:us-east-1:111122223333:instance/*"
        ),
        "arn:aws:iam::111122223333:role/team/Deploy": "arn:aws:iam::111122223333:role/*",
        "arn:aws:lambda:us-east-1:111122223333:function:pay": (
            "arn:aws:lambda:us-east-1:111122223333:function:*"
        ),
    }
    for arn, wide in arns.items():
        _, wider, _ = session_policies((Right(action="x:Do", on=(arn,)),), write=True)
        assert json.loads(wider)["Statement"][0]["Resource"] == [wide]


@pytest.mark.parametrize("write", [False, True])
def test_a_condition_stays_in_every_form(write: bool) -> None:
    """Entering as root is for the one task of the handle, however much else gives way."""
    rights = everywhere(("sts:AssumeRoot", *(READS if not write else ())))
    for text in session_policies(rights, write=write):
        (statement,) = (s for s in json.loads(text)["Statement"] if "Condition" in s)
        assert statement["Action"] == ["sts:AssumeRoot"]
        task = statement["Condition"]["StringEquals"]["sts:TaskPolicyArn"]
        assert task == f"arn:aws:iam::aws:policy/root-task/{ROOT_TASKS[write]}"
