"""Condition operators and keys, as AWS documents them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.model.access.operators import PolicyError, is_met, parse_condition

CONTEXT = {
    "aws:username": ("alice",),
    "aws:userid": ("AROAX:alice",),
    "aws:sourceip": ("203.0.113.7",),
    "aws:principalarn": ("arn:aws:iam::111122223333:role/path/Ops",),
    "aws:tokenissuetime": ("2026-11-24T02:00:00Z",),
    "aws:epochtime": ("1795489200",),
    "aws:multifactorauthage": ("120",),
    "aws:multifactorauthpresent": ("true",),
    "aws:principaltag/team": ("blue",),
    "aws:tagkeys": ("a", "b"),
}

TABLE = [
    ("StringEquals", "aws:username", ("alice",), True),
    ("StringEquals", "aws:UserName", ("bob", "alice"), True),
    ("StringEquals", "aws:username", ("Alice",), False),
    ("StringEquals", "aws:username", ("ali*",), False),
    ("StringEquals", "aws:userid", ("AROAX:${aws:username}",), True),
    ("StringEquals", "aws:username", ("${aws:absent}",), False),
    ("StringEquals", "aws:username", ("${aws:absent, 'alice'}",), True),
    ("StringEquals", "aws:absent", ("x",), False),
    ("StringEqualsIfExists", "aws:absent", ("x",), True),
    ("StringEqualsIfExists", "aws:username", ("bob",), False),
    ("StringNotEquals", "aws:username", ("bob",), True),
    ("StringNotEquals", "aws:username", ("bob", "alice"), False),
    ("StringNotEquals", "aws:absent", ("bob",), True),
    ("StringEqualsIgnoreCase", "aws:username", ("ALICE",), True),
    ("StringEqualsIgnoreCase", "aws:username", ("${aws:absent}",), False),
    ("StringNotEqualsIgnoreCase", "aws:username", ("ALICE",), False),
    ("StringLike", "aws:userid", ("*:alice",), True),
    ("StringLike", "aws:userid", ("*:alic",), False),
    ("StringLike", "aws:userid", ("AROA?:*",), True),
    ("StringNotLike", "aws:userid", ("*:bob",), True),
    ("StringNotLike", "aws:absent", ("*",), True),
    ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/*/Ops",), True),
    ("ArnLike", "aws:PrincipalArn", ("arn:aws:iam::*Ops",), False),
    ("ArnLike", "aws:PrincipalArn", ("*",), True),
    ("ArnEquals", "aws:PrincipalArn", ("arn:aws:iam::111122223333:role/path/Ops",), True),
    ("ArnNotLike", "aws:PrincipalArn", ("arn:aws:iam::*:role/*",), False),
    ("ArnNotEquals", "aws:absent", ("arn:aws:iam::*:role/*",), True),
    ("DateLessThan", "aws:TokenIssueTime", ("2026-11-24T02:00:01Z",), True),
    ("DateLessThan", "aws:TokenIssueTime", ("2026-11-24T02:00:00Z",), False),
    ("DateLessThan", "aws:absent", ("2026-11-24T02:00:01Z",), False),
    ("DateLessThanEquals", "aws:TokenIssueTime", ("2026-11-24T02:00:00Z",), True),
    ("DateGreaterThan", "aws:TokenIssueTime", ("2026-11-24T01:00:00",), True),
    ("DateGreaterThanEquals", "aws:EpochTime", ("1795489200",), True),
    ("DateEquals", "aws:TokenIssueTime", ("2026-11-24T03:00:00+01:00",), True),
    ("DateNotEquals", "aws:TokenIssueTime", ("2026-11-24T02:00:00Z",), False),
    ("DateLessThan", "aws:TokenIssueTime", ("not a date",), False),
    ("DateLessThan", "aws:TokenIssueTime", ("99999999999999999999",), False),
    ("NumericLessThan", "aws:MultiFactorAuthAge", ("300",), True),
    ("NumericLessThanEquals", "aws:MultiFactorAuthAge", ("120",), True),
    ("NumericGreaterThan", "aws:MultiFactorAuthAge", ("120",), False),
    ("NumericGreaterThanEquals", "aws:MultiFactorAuthAge", ("120.0",), True),
    ("NumericEquals", "aws:MultiFactorAuthAge", ("120",), True),
    ("NumericNotEquals", "aws:MultiFactorAuthAge", ("120",), False),
    ("NumericEquals", "aws:username", ("120",), False),
    ("Bool", "aws:MultiFactorAuthPresent", ("true",), True),
    ("Bool", "aws:MultiFactorAuthPresent", ("false",), False),
    ("BoolIfExists", "aws:absent", ("false",), True),
    ("BinaryEquals", "aws:username", ("alice",), True),
    ("IpAddress", "aws:SourceIp", ("203.0.113.0/24",), True),
    ("IpAddress", "aws:SourceIp", ("198.51.100.1",), False),
    ("IpAddress", "aws:username", ("203.0.113.0/24",), False),
    ("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24",), False),
    ("Null", "aws:absent", ("true",), True),
    ("Null", "aws:username", ("true",), False),
    ("Null", "aws:username", ("false",), True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ("b", "c"), True),
    ("ForAnyValue:StringEquals", "aws:absent", ("b",), False),
    ("ForAnyValue:StringEqualsIfExists", "aws:absent", ("b",), True),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ("a",), True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ("a", "b", "c"), True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ("a",), False),
    ("ForAllValues:StringEquals", "aws:absent", ("a",), True),
    ("StringEquals", "aws:PrincipalTag/Team", ("blue",), True),
]


@pytest.mark.parametrize(("operator", "key", "wanted", "met"), TABLE)
def test_operator_follows_aws(operator: str, key: str, wanted: tuple[str, ...], met: bool) -> None:
    """Every operator gives AWS's answer, also for a key that is absent."""
    assert is_met(parse_condition(operator, key, wanted), CONTEXT) is met


@pytest.mark.parametrize("operator", ["StringEqual", "NullIfExists", "ForSome:StringEquals", ""])
def test_unknown_operator_is_refused(operator: str) -> None:
    """An operator AWS does not have is an error, not a condition that never holds."""
    with pytest.raises(PolicyError, match="unknown condition operator"):
        parse_condition(operator, "aws:username", ("x",))


def test_old_policy_version_does_not_replace_variables() -> None:
    """In a 2008 policy `${aws:username}` is plain text."""
    condition = parse_condition("StringEquals", "aws:username", ("${aws:username}",))
    assert not is_met(condition, CONTEXT, variables=False)
    assert is_met(condition, CONTEXT)


@given(value=st.text(max_size=20), wanted=st.lists(st.text(max_size=20), min_size=1, max_size=3))
def test_negated_operator_is_the_opposite(value: str, wanted: list[str]) -> None:
    """StringNotEquals is met exactly when StringEquals is not."""
    context = {"k": (value,)}
    plain = parse_condition("StringEquals", "k", tuple(wanted))
    negated = parse_condition("StringNotEquals", "k", tuple(wanted))
    assert is_met(plain, context) != is_met(negated, context)


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_dates_are_totally_ordered(moment: datetime) -> None:
    """A moment is before, at or after another one, and exactly one of the three."""
    text = moment.replace(tzinfo=UTC).isoformat()
    context = {"k": ("2026-11-24T02:00:00Z",)}
    verdicts = [
        is_met(parse_condition(operator, "k", (text,)), context)
        for operator in ("DateLessThan", "DateEquals", "DateGreaterThan")
    ]
    assert verdicts.count(True) == 1
