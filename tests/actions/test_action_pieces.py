"""The small pure pieces that actions are made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.actions.arn import principal, role_of_session
from irkit.actions.inline_policy import deny
from irkit.actions.key_secret import version_of
from irkit.actions.session_cutoff import cutoff_document, cuts_off_at
from irkit.actions.shape import at, entries, entry, maybe_text, text, texts
from irkit.actions.touches import own_id, owned, owner_id
from irkit.actions.trace.events import expiry, instances_of, session_of
from irkit.canonical import Json
from irkit.diagnostics import IrkitError
from irkit.model.access import parse_policy
from irkit.model.change import Target
from irkit.model.owners import touched

USER = Target(kind="aws.user", tenant="aws:111122223333", id="AIDA1", label="arn")


def test_an_arn_says_account_path_and_name() -> None:
    """Both paths and partitions are understood."""
    found = principal("role", "arn:aws-us-gov:iam::111122223333:role/team/ops/Deploy")
    assert (found.account, found.path, found.name) == ("111122223333", "/team/ops/", "Deploy")
    assert principal("user", "ci", "111122223333").name == "ci"


@pytest.mark.parametrize(
    ("kind", "text_", "account"),
    [
        ("role", "arn:aws:iam::111122223333:user/ci", ""),
        ("user", "arn:aws:iam::111122223333:user/ci", "444455556666"),
        ("user", "ci", ""),
        ("user", "ci", "1111"),
        ("user", "", "111122223333"),
        ("user", "a b", "111122223333"),
        ("role", "arn:aws:sts::111122223333:assumed-role/x/y", ""),
    ],
)
def test_what_names_no_principal_is_refused(kind: str, text_: str, account: str) -> None:
    """A wrong kind, a contradiction and a bare name are not guessed at."""
    with pytest.raises(IrkitError, match="IRK193"):
        principal(kind, text_, account)


def test_a_session_s_arn_says_its_role_and_name() -> None:
    """Anything else says nothing."""
    arn = "arn:aws:sts::111122223333:assumed-role/Developer/kai@acme.example"
    assert role_of_session(arn) == ("111122223333", "Developer", "kai@acme.example")
    assert role_of_session("arn:aws:iam::111122223333:role/Developer") == ("", "", "")


def test_what_is_owned_touches_its_owner() -> None:
    """A key's target leads to its user; a user's leads to itself."""
    key = owned("aws.access_key", USER, "AKIA1", "key")
    assert (owner_id(key), own_id(key)) == ("AIDA1", "AKIA1")
    assert [target.key for target in touched(key)] == [
        "aws:111122223333/aws.access_key/AIDA1/AKIA1",
        "aws:111122223333/aws.user/AIDA1",
    ]
    assert touched(USER) == (USER,)


def test_things_belong_to_their_own_kind_of_owner() -> None:
    """A factor of an IAM user would be a defect."""
    with pytest.raises(AssertionError):
        owned("okta.factor", USER, "x", "x")


def test_fields_that_are_not_there_are_named() -> None:
    """A provider's answer of another shape is a diagnostic."""
    value: Json = {"a": {"b": "c", "n": 1, "l": ["x"], "o": [{"k": "v"}]}}
    assert text(value, "a", "b") == "c"
    assert maybe_text(value, "a", "z") == ""
    assert texts(value, "a", "l") == ("x",)
    assert entries(value, "a", "o") == ({"k": "v"},)
    assert entries(value, "a", "z") == ()
    assert entry(value, "a")["n"] == 1
    for read in (text, entry, entries, texts):
        with pytest.raises(IrkitError, match=r"IRK540.*a\.n"):
            read(value, "a", "n")


@given(st.recursive(st.none() | st.text() | st.integers(), lambda c: st.lists(c, max_size=3)))
def test_a_path_into_anything_is_harmless(value: Json) -> None:
    """Looking for what is not there finds nothing."""
    assert at(value, "x", "y") is None


def test_denials_are_policies_aws_accepts() -> None:
    """What irkit writes, its own policy parser reads."""
    for document in (deny(), deny({"StringEquals": {"aws:userid": "AROA1:kai"}})):
        assert len(parse_policy(document).statements) == 1


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-06-02T00:00:00Z", True),
        ("2026-05-31T23:59:59Z", False),
        ("1790000000", False),
        ("2026-06-02", False),
        ("never", False),
    ],
)
def test_a_cut_off_that_is_spelled_otherwise_is_moved_on_from(written: str, expected: bool) -> None:
    """An intruder's spelling of a time does not keep the sessions from being ended."""
    assert cuts_off_at(cutoff_document(written), "2026-06-01T00:00:00Z") is expected


def test_a_secret_s_version_follows_from_the_key() -> None:
    """The same key has the same version id, which is long enough for AWS."""
    first = version_of("arn:secret", "AKIA1")
    assert first == version_of("arn:secret", "AKIA1")
    assert first != version_of("arn:secret", "AKIA2")
    assert len(first) == 36


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-11-24T03:05:00Z", "2026-11-24T03:05:00.000Z"),
        ("Nov 24, 2026 3:05:00 AM", "2026-11-24T03:05:00.000Z"),
        ("Nov 24, 2026, 3:05:00 PM", "2026-11-24T15:05:00.000Z"),
        ("soon", ""),
        ("", ""),
    ],
)
def test_the_end_of_credentials_is_read_in_every_spelling(said: str, expected: str) -> None:
    """CloudTrail has written times in several ways."""
    assert expiry({"responseElements": {"credentials": {"expiration": said}}}) == expected


def test_attempts_issue_nothing() -> None:
    """An event with an error is what was tried, not what was done."""
    response: Json = {
        "credentials": {"accessKeyId": "ASIA1", "expiration": "2026-11-24T03:05:00Z"},
        "assumedRoleUser": {
            "arn": "arn:aws:sts::111122223333:assumed-role/Deploy/x",
            "assumedRoleId": "AROA1:x",
        },
        "instancesSet": {"items": [{"instanceId": "i-1"}]},
    }
    event: dict[str, Json] = {
        "eventName": "RunInstances",
        "eventTime": "2026-11-24T02:05:00Z",
        "awsRegion": "us-east-1",
        "recipientAccountId": "111122223333",
        "responseElements": response,
    }
    assert session_of(event) is not None
    assert instances_of(event) == ("arn:aws:ec2:us-east-1:111122223333:instance/i-1",)
    failed: dict[str, Json] = {**event, "errorCode": "AccessDenied"}
    assert session_of(failed) is None
    assert instances_of(failed) == ()
