"""Session policies: exact where they may be, never longer than STS takes, never less than asked."""

import json
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.actions.load import catalogue
from irkit.diagnostics import IrkitError
from irkit.providers.aws.session_policy import LIMIT, session_policy

READS = tuple(sorted({right for spec in catalogue() for right in spec.permissions.iam_read}))
WRITES = tuple(sorted({right for spec in catalogue() for right in spec.permissions.iam_write}))


def allowed(text: str) -> list[str]:
    """Return the action patterns of a policy with one statement."""
    (statement,) = json.loads(text)["Statement"]
    assert (statement["Effect"], statement["Resource"]) == ("Allow", "*")
    return list(statement["Action"])


def test_a_short_list_stays_as_it_is() -> None:
    """What fits is not widened."""
    rights = ("iam:GetUser", "iam:ListUsers", "ec2:DescribeInstances")
    assert allowed(session_policy(rights, write=False)) == sorted(rights)


@given(st.sets(st.sampled_from(READS), min_size=1))
def test_every_read_is_allowed_and_the_policy_fits(rights: set[str]) -> None:
    """However many reads: each is covered, nothing beyond their verbs is, and it fits."""
    text = session_policy(rights, write=False)
    patterns = allowed(text)
    assert len(text) <= LIMIT
    assert all(any(fnmatchcase(right, pattern) for pattern in patterns) for right in rights)
    services = {right.partition(":")[0] for right in rights}
    assert {pattern.partition(":")[0] for pattern in patterns} == services
    assert not {"*", *(f"{service}:*" for service in services)} & set(patterns)


@given(st.sets(st.sampled_from(WRITES), min_size=1))
def test_writes_are_never_widened(rights: set[str]) -> None:
    """A list of writes is exact, or it is refused."""
    statement = {"Effect": "Allow", "Action": sorted(rights), "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    if len(json.dumps(policy, separators=(",", ":"))) > LIMIT:
        with pytest.raises(IrkitError, match="IRK532"):
            session_policy(rights, write=True)
    else:
        assert json.loads(session_policy(rights, write=True)) == policy


def test_what_cannot_fit_is_refused() -> None:
    """Rights that no widening makes short enough."""
    with pytest.raises(IrkitError, match="IRK532"):
        session_policy((f"service{n}:DoSomethingLong" for n in range(90)), write=True)
    with pytest.raises(IrkitError, match="IRK532"):
        session_policy((f"service{n:03}:GetIt" for n in range(200)), write=False)


def test_each_action_s_writes_fit_one_session() -> None:
    """No action needs more writes than a session policy holds."""
    writes = {spec.id: spec.permissions.iam_write for spec in catalogue()}
    sizes = {id_: len(session_policy(rights, write=True)) for id_, rights in writes.items()}
    assert {id_: size for id_, size in sizes.items() if size > LIMIT} == {}
