"""Commitments: one value, one place and one salt open one, and nothing else does."""

from hypothesis import assume, given
from hypothesis import strategies as st
from random_values import KEY, json_objects, json_values

from irkit.canonical import Json, canonical, thaw
from irkit.trail.redaction import SALT_SIZE, Opening, commitments, redact

SALT = st.binary(min_size=SALT_SIZE, max_size=SALT_SIZE)


@given(json_values(), KEY, SALT)
def test_an_opening_opens_its_commitment_and_survives_the_way(
    value: Json, name: str, salt: bytes
) -> None:
    """What is handed over as bytes is the same opening, and fits."""
    opening = Opening(path=f"/{name}", value=value, salt=salt)
    again = Opening.decode(opening.encode())
    assert again.opens(opening.commitment())
    assert thaw(again.value) == thaw(value)


@given(json_values(), json_values(), SALT, SALT)
def test_no_other_value_and_no_other_salt_opens_it(
    value: Json, other: Json, salt: bytes, other_salt: bytes
) -> None:
    """A guess of the value without its salt confirms nothing, and neither does the reverse."""
    assume(canonical(value) != canonical(other) and salt != other_salt)
    commitment = Opening(path="/value", value=value, salt=salt).commitment()
    assert not Opening(path="/value", value=other, salt=salt).opens(commitment)
    assert not Opening(path="/value", value=value, salt=other_salt).opens(commitment)
    assert not Opening(path="/raw", value=value, salt=salt).opens(commitment)


@given(json_objects(), st.data())
def test_redacting_touches_nothing_else(body: dict[str, Json], data: st.DataObject) -> None:
    """Each chosen field becomes a commitment that its opening opens; the others stay."""
    named = {name: value for name, value in body.items() if "/" not in name and "~" not in name}
    assume(named)
    chosen = data.draw(st.lists(st.sampled_from(sorted(named)), unique=True))
    left, openings = redact(body, [f"/{name}" for name in chosen])
    assert left.keys() == body.keys()
    assert {name for name, _ in commitments(left)} >= set(chosen)
    for name, opening in zip(chosen, openings, strict=True):
        assert opening.opens(left[name])
        assert opening.value == body[name]
    assert all(left[name] == body[name] for name in body if name not in chosen)
