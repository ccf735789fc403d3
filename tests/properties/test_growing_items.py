"""Properties of looks that are repeated: nothing that was seen is lost, nothing is new twice."""

from hypothesis import given
from hypothesis import strategies as st

from irkit.canonical import Json
from irkit.engine.items import identity, merged

NAMES = st.sampled_from(["a", "b", "c"])
SESSIONS = st.fixed_dictionaries(
    {"name": NAMES, "keys": st.lists(NAMES, unique=True), "roles": st.lists(NAMES, unique=True)}
)
LOOKS = st.lists(
    SESSIONS | NAMES,
    unique_by=lambda item: item if isinstance(item, str) else f"named {item['name']}",
)


@given(old=LOOKS, new=LOOKS)
def test_nothing_that_was_seen_is_lost(old: list[Json], new: list[Json]) -> None:
    """Items keep their places, and their lists begin as they were."""
    items, _ = merged(old, new)
    for before, after in zip(old, items, strict=False):
        assert identity(after) == identity(before)
        if isinstance(before, dict):
            assert isinstance(after, dict)
            assert after["keys"][: len(before["keys"])] == before["keys"]
    assert len(items) >= len(old)


@given(old=LOOKS, new=LOOKS)
def test_what_is_new_is_taken_over_once(old: list[Json], new: list[Json]) -> None:
    """A look says what it saw, and the same look again says nothing more."""
    items, changed = merged(old, new)
    found = {str(identity(item)): item for item in items}
    for seen in new:
        kept = found[str(identity(seen))]
        if isinstance(seen, dict):
            assert isinstance(kept, dict)
            assert set(seen["keys"]) <= set(kept["keys"])
    assert (changed == 0) == (items == old)
    assert merged(items, new) == (items, 0)


def test_a_session_that_made_a_key_is_the_same_session() -> None:
    """Only what is listed has grown; another session comes behind."""
    old: list[Json] = [{"name": "kai", "keys": ["AKIA1"]}]
    new: list[Json] = [{"name": "eve", "keys": []}, {"name": "kai", "keys": ["AKIA2"]}]
    assert merged(old, new) == (
        [{"name": "kai", "keys": ["AKIA1", "AKIA2"]}, {"name": "eve", "keys": []}],
        2,
    )
    assert identity(old[0]) == identity(new[1])


def test_what_a_session_is_known_by_may_be_said() -> None:
    """A field that a later look cannot tell makes no other session, and is not forgotten."""
    old: list[Json] = [{"seat": "ASIA1", "orphan": False, "keys": []}]
    new: list[Json] = [{"seat": "ASIA1", "orphan": None, "keys": ["AKIA1"]}]
    assert merged(old, new, by=("seat",)) == (
        [{"seat": "ASIA1", "orphan": False, "keys": ["AKIA1"]}],
        1,
    )
    assert len(merged(old, new)[0]) == 2
