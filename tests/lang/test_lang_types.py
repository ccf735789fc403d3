"""Input types: their text, and the values they take."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irkit.canonical import Json
from irkit.decode import Problems
from irkit.diagnostics import IrkitError
from irkit.lang import types
from irkit.lang.types import coerce, parse_type

NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)


def refusal(type_: str, raw: Json) -> tuple[str, str]:
    """Return code and summary with which a value is refused."""
    with pytest.raises(IrkitError) as caught:
        coerce(parse_type(type_), raw, NOW, name="x")
    return caught.value.diagnostics[0].code, caught.value.diagnostics[0].summary


@pytest.mark.parametrize(
    "text",
    [*types.PLAIN_KINDS, *types.ID_KINDS, "list of aws.account", "list of choice of [a, b]"],
)
def test_every_type_is_its_own_text(text: str) -> None:
    """A type is written as it is read."""
    assert str(parse_type(text)) == text
    assert str(parse_type(f"  {text} ")) == text


def test_parts_of_a_type_can_be_asked_for() -> None:
    """Lists and choices say what they are of, and whether a provider has to resolve them."""
    listed = parse_type("list of okta.user")
    assert (listed.kind, listed.leaf, listed.is_id) == ("list", "okta.user", True)
    chosen = parse_type("choice of [a, b]")
    assert (chosen.kind, chosen.choices, chosen.is_id) == ("choice", ("a", "b"), False)
    assert not parse_type("list of text").is_id


@pytest.mark.parametrize(
    "text",
    [
        *("", "txt", "list", "list of", "list of list of text", "okta.role"),
        *("choice of []", "choice of [a, a]", "choice of [a,]"),
    ],
)
def test_what_is_no_type_is_refused(text: str) -> None:
    """The message names it, and a check records it."""
    with pytest.raises(ValueError, match=r"type|list|choice"):
        parse_type(text)
    problems = Problems()
    types.check(text, problems, None)
    assert [p.code for p in problems.all()] == ["IRK130"]


@pytest.mark.parametrize(
    ("type_", "raw", "expected"),
    [
        ("text", " a b ", "a b"),
        ("text", "true", "true"),
        ("int", 5, 5),
        ("int", "-12", -12),
        ("bool", True, True),
        ("bool", "yes", True),
        ("bool", "False", False),
        ("time", "2026-11-24T01:00:00Z", "2026-11-24T01:00:00.000Z"),
        ("time", "2026-11-24T01:00:00+02:00", "2026-11-23T23:00:00.000Z"),
        ("time", "24 hours ago", "2026-11-23T03:05:00.000Z"),
        ("duration", "1h30m", "1h30m"),
        ("ip", "2001:DB8:0::1", "2001:db8::1"),
        ("ip", "10.0.0.1", "10.0.0.1"),
        ("cidr", "10.0.0.0/8", "10.0.0.0/8"),
        ("okta.user", "mallory@acme.example", "mallory@acme.example"),
        ("okta.group", "Everyone But Me", "Everyone But Me"),
        ("aws.account", "012345678901", "012345678901"),
        ("aws.account", "prod", "prod"),
        ("aws.region", "us-gov-west-1", "us-gov-west-1"),
        ("aws.role", "arn:aws:iam::012345678901:role/x", "arn:aws:iam::012345678901:role/x"),
        ("aws.access_key", "AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("aws.instance", "i-0abcdef1234567890", "i-0abcdef1234567890"),
        ("list of int", "1, 2,3", [1, 2, 3]),
        ("list of int", [1, "2"], [1, 2]),
        ("list of int", 7, [7]),
        ("list of aws.account", "all", "all"),
        ("list of text", "all", ["all"]),
        ("list of text", "", []),
        ("choice of [a, b]", "a", "a"),
    ],
)
def test_good_values_are_normalised(type_: str, raw: Json, expected: Json) -> None:
    """Values from a file and from the command line end up alike."""
    result = coerce(parse_type(type_), raw, NOW)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("type_", "raw", "code"),
    [
        ("text", None, "IRK132"),
        ("text", "  ", "IRK132"),
        ("text", 5, "IRK133"),
        ("text", True, "IRK132"),
        ("text", ["a"], "IRK132"),
        ("text", {"a": 1}, "IRK132"),
        ("int", "x", "IRK132"),
        ("int", True, "IRK132"),
        ("int", "9999999999999999", "IRK132"),
        ("bool", "maybe", "IRK132"),
        ("bool", 1, "IRK132"),
        ("time", "yesterday", "IRK134"),
        ("time", "999999999999 weeks ago", "IRK134"),
        ("duration", "soon", "IRK132"),
        ("ip", "10.0.0", "IRK132"),
        ("cidr", "10.0.0.1/8", "IRK132"),
        ("aws.account", 123456789012, "IRK133"),
        ("aws.account", "1234", "IRK132"),
        ("aws.region", "mars", "IRK132"),
        ("aws.access_key", "nope", "IRK132"),
        ("aws.instance", "i-xyz", "IRK132"),
        ("okta.user", "a\nb", "IRK132"),
        ("choice of [alpha, beta]", "alpa", "IRK132"),
        ("list of int", ["x"], "IRK132"),
    ],
)
def test_bad_values_are_refused(type_: str, raw: Json, code: str) -> None:
    """Each with the name of the value and what is wrong."""
    found, summary = refusal(type_, raw)
    assert found == code
    assert summary.startswith("x")


def test_an_item_of_a_list_is_named_by_its_place() -> None:
    """Which one is wrong is said."""
    assert refusal("list of int", ["1", "b"]) == (
        "IRK132",
        "x[1] must be a whole number, not `b`",
    )


def test_a_time_without_offset_offers_both_readings() -> None:
    """Nobody guesses a time zone at three in the morning."""
    with pytest.raises(IrkitError) as caught:
        coerce(
            parse_type("time"),
            "2026-11-24T03:05",
            NOW,
            local=timezone(timedelta(hours=1)),
            name="x",
        )
    found = caught.value.diagnostics[0]
    assert found.summary == "x has no offset: `2026-11-24T03:05`"
    assert found.help == (
        "write 2026-11-24T03:05:00+00:00 if it is UTC, "
        "or 2026-11-24T03:05:00+01:00 if it is your local time"
    )


def test_a_time_without_offset_where_local_is_utc_offers_one() -> None:
    """The same reading is not offered twice."""
    with pytest.raises(IrkitError) as caught:
        coerce(parse_type("time"), "2026-11-24", NOW)
    assert caught.value.diagnostics[0].help == "write 2026-11-24T00:00:00+00:00 if it is UTC"


_ANY: st.SearchStrategy[Json] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=5))
)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([*types.PLAIN_KINDS, *types.ID_KINDS, "list of ip", "choice of [a, b]"]), _ANY
)
def test_a_normalised_value_is_normal(type_: str, raw: Json) -> None:
    """Coercing never raises anything else, and a second time changes nothing."""
    try:
        once = coerce(parse_type(type_), raw, NOW)
    except IrkitError:
        return
    assert coerce(parse_type(type_), once, NOW) == once
