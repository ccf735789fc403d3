"""Before and after: only what differs, each place on its own."""

from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import Json, canonical
from irkit.model.change import PROVIDER_NOW
from irkit.model.difference import Difference, differences

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text("abc", max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)


def _kinds(before: Json, after: Json) -> list[tuple[str, str]]:
    return [(item.path, str(item.kind)) for item in differences(before, after)]


@given(JSON)
def test_the_same_state_has_no_difference(value: Json) -> None:
    """A state compared with itself shows nothing."""
    assert list(differences(value, value)) == []


@given(JSON, JSON)
def test_different_states_always_show(before: Json, after: Json) -> None:
    """Two states that are not the same always show at least one difference."""
    assert bool(list(differences(before, after))) is (canonical(before) != canonical(after))


def test_only_the_keys_that_differ_are_told() -> None:
    """What stays the same is left out."""
    before: Json = {"a": 1, "b": {"c": 2, "d": 3}}
    after: Json = {"a": 1, "b": {"c": 4, "e": 5}}
    assert _kinds(before, after) == [("b.c", "changed"), ("b.d", "removed"), ("b.e", "added")]


def test_items_of_lists_come_and_go_one_by_one() -> None:
    """A list shows the items that were added and removed, not the whole of it."""
    found = list(differences({"groups": ["a", "b"]}, {"groups": ["b", "c"]}))
    assert [(item.path, item.before, item.after) for item in found] == [
        ("groups[]", "a", None),
        ("groups[]", None, "c"),
    ]


def test_a_new_order_is_a_change() -> None:
    """The same items in another order are told as a change of the list."""
    (found,) = differences(["a", "b"], ["b", "a"])
    assert found.kind is Difference.CHANGED


def test_a_thing_made_from_nothing_shows_each_key() -> None:
    """Before null, every key of the new object is an addition."""
    assert _kinds(None, {"a": 1, "b": 2}) == [("a", "added"), ("b", "added")]
    assert _kinds({"a": 1}, None) == [("a", "removed")]


def test_a_late_value_is_one_place() -> None:
    """A placeholder is not taken apart."""
    (found,) = differences({"at": None}, {"at": PROVIDER_NOW})
    assert (found.path, found.after) == ("at", PROVIDER_NOW)
