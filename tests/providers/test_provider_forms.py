"""Answers as JSON that can be signed: no floats, no lost digits, no secrets."""

import io
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import Json, canonical
from irkit.providers.aws.json_form import take_secrets, to_json
from irkit.providers.json_text import decode
from irkit.secret import MASK, Secret

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.decimals()
    | st.text(st.characters(codec="utf-8"))
    | st.binary()
    | st.datetimes(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(VALUES)
def test_whatever_the_sdk_decodes_has_a_canonical_form(value: object) -> None:
    """Evidence can be hashed whatever AWS sends."""
    assert canonical(to_json(value))


def test_aws_values_have_one_spelling() -> None:
    """Times are RFC 3339, bytes are base64, fractions stay text, metadata is left out."""
    moment = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
    found = to_json(
        {
            "At": moment,
            "Naive": moment.replace(tzinfo=None),
            "Bytes": b"\x00\x01",
            "Stream": io.BytesIO(b"hi"),
            "Fraction": Decimal("0.5"),
            "Huge": 2**60,
            "ResponseMetadata": {"RequestId": "x"},
        }
    )
    assert found == {
        "At": "2026-11-24T03:05:00.000Z",
        "Naive": "2026-11-24T03:05:00.000Z",
        "Bytes": "AAE=",
        "Stream": "aGk=",
        "Fraction": "0.5",
        "Huge": str(2**60),
    }


def test_secrets_are_taken_out_without_touching_the_original() -> None:
    """A mask stands where the secret was; a path that is not there is no secret."""
    result = {"A": {"Key": "k", "Secret": "s"}, "B": "b"}
    masked, secrets = take_secrets(result, ("A.Secret", "A.Missing", "X.Y", "B.C"))
    assert masked == {"A": {"Key": "k", "Secret": MASK}, "B": "b"}
    assert secrets == {"A.Secret": Secret("s")}
    assert result["A"] == {"Key": "k", "Secret": "s"}


@given(st.integers() | st.floats())
def test_json_text_never_becomes_a_float(number: float) -> None:
    """Any number Okta writes is an exact integer or its own text."""
    found = decode(f'{{"n":{number}}}'.replace("inf", "Infinity").replace("nan", "NaN"))
    assert isinstance(found, dict)
    assert canonical(found)


def test_a_number_longer_than_python_converts_stays_text() -> None:
    """Thousands of digits are no error."""
    digits = "9" * 5000
    found: Json = decode(f"[{digits}]")
    assert found == [digits]


def test_deep_nesting_is_an_error_and_not_a_crash() -> None:
    """A hostile answer is refused."""
    try:
        decode("[" * 200_000)
    except ValueError as error:
        assert str(error)  # noqa: PT017 - both readings of the input are refusals
    else:
        raise AssertionError
