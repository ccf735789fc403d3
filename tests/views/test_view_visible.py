"""Text that others wrote cannot hide anything on a screen."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.model.change import PROVIDER_NOW, result_of
from irkit.model.visible import ascii_only, value_text, visible

_HIDING = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    """No control, format, surrogate or private character survives."""
    assert not {unicodedata.category(char) for char in visible(text)} & _HIDING


@given(st.text())
def test_signed_text_is_printable_ascii(text: str) -> None:
    """What is signed holds nothing but printable ASCII."""
    assert all(" " <= char <= "~" for char in ascii_only(text))


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays_as_it_is(text: str) -> None:
    """Printable ASCII is not touched."""
    assert visible(text) == text
    assert ascii_only(text) == text


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\u202eb", "a\\u202eb"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("one\ntwo", "one\\ntwo"),
        ("\U000e0041", "\\U000e0041"),
        ("filler\u3164", "filler\\u3164"),
        ("variation\ufe0f", "variation\\ufe0f"),
        ("no\u00a0break", "no\\xa0break"),
        ("José", "José"),
    ],
)
def test_hidden_characters_show_as_escapes(given_: str, shown: str) -> None:
    """Each way to hide something becomes a readable escape; letters stay letters."""
    assert visible(given_) == shown


def test_look_alike_letters_show_in_signed_text() -> None:
    """A Cyrillic letter in a login is not taken for a Latin one."""
    assert ascii_only("\u0430dmin") == "\\u0430dmin"


def test_late_values_are_said_in_words() -> None:
    """A value that is filled later is never shown as if it were one."""
    assert value_text(PROVIDER_NOW) == "<the provider's clock when it is written>"
    assert value_text({"key": result_of("rotate", "id")}) == '{"key": "<id of rotate>"}'


def test_lists_and_numbers_are_shown_as_json() -> None:
    """Values inside a list keep their own forms, late ones among them."""
    assert value_text(["a", 1, True, None, PROVIDER_NOW]) == (
        '["a", 1, true, null, "<the provider\'s clock when it is written>"]'
    )


def test_empty_and_absent_values_differ() -> None:
    """An empty text is not mistaken for no value."""
    assert value_text("") == '""'
    assert value_text(None) == "none"
