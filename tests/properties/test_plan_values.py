"""Plans, parts and changes: their JSON is all there is of them, and a digest covers all of it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_values import changes, headers, json_values, late_values, parts, plans

from irkit.canonical import Json, canonical, digest, thaw
from irkit.model.change import PROVIDER_NOW, Change, fill_late, is_late, matches
from irkit.model.plan import Header, Part, Plan
from irkit.model.plan_reader import added_part_of, plan_of

NOW = "2026-03-01T12:00:00Z"
RESULTS = {"other": {"name": "the name"}}


@given(plans())
def test_a_plan_survives_its_json(plan: Plan) -> None:
    """What is read back has the same JSON and the same digest, byte for byte."""
    data = canonical(plan.to_json())
    back = Plan.from_json(json.loads(data))
    assert canonical(back.to_json()) == data
    assert back.digest == plan.digest


@given(plans())
def test_a_plan_in_chunks_is_the_same_plan(plan: Plan) -> None:
    """Written and read a step at a time, it has the bytes, the digests and the parts it had."""
    data = b"".join(plan.chunks())
    assert data == canonical(plan.to_json())
    back = plan_of(data.decode())
    assert b"".join(back.chunks()) == data
    for part, again in zip(plan.parts, back.parts, strict=True):
        header = plan.header.digest
        whole = digest({"header": header, "part": part.to_json()})
        assert part.digest(header) == again.digest(header) == whole


@given(parts())
def test_an_added_part_in_chunks_is_the_same_part(part: Part) -> None:
    """What the blob of a part holds is its canonical JSON, and is read back."""
    data = b"".join(part.content())
    assert data == canonical({"v": 1, "part": part.to_json()})
    assert canonical(added_part_of(data.decode()).to_json()) == canonical(part.to_json())


@given(plans(), st.data())
def test_another_text_is_no_plan(plan: Plan, data: st.DataObject) -> None:
    """A text that was cut short or has something in between is refused, never half read."""
    text = b"".join(plan.chunks()).decode()
    cut = data.draw(st.integers(0, len(text) - 1))
    with pytest.raises(ValueError):  # noqa: PT011  # whatever is wrong with it
        plan_of(text[:cut])
    with pytest.raises(ValueError):  # noqa: PT011
        plan_of(" " + text)


@given(parts(), headers())
def test_a_part_survives_its_json(part: Part, header: Header) -> None:
    """The digest that is signed is the same before and after."""
    back = Part.from_json(json.loads(canonical(part.to_json())))
    assert back.digest(header.digest) == part.digest(header.digest)
    assert back.signable == part.signable


@given(parts(), headers(), headers())
def test_an_approval_of_a_part_is_bound_to_its_header(
    part: Part, one: Header, other: Header
) -> None:
    """The same part under another header is another thing to sign."""
    same = canonical(one.to_json()) == canonical(other.to_json())
    assert (part.digest(one.digest) == part.digest(other.digest)) == same


@given(changes(), json_values())
def test_a_changes_digest_covers_what_would_be_written(change: Change, after: Json) -> None:
    """Another `after` is another digest."""
    other = replace(change, after=after)
    same = canonical(thaw(after)) == canonical(thaw(change.after))
    assert (other.digest == change.digest) == same


@given(changes(), st.text("abc[]", min_size=1, max_size=5))
def test_a_change_below_a_path_keeps_everything_but_its_ids(change: Change, path: str) -> None:
    """Ids and needs get the path in front; a late value follows its change."""
    below = change.under(path)
    assert below.id == f"{path}#{change.id}"
    assert below.needs == tuple(f"{path}#{need}" for need in change.needs)
    assert (below.target, below.verb, below.before) == (change.target, change.verb, change.before)
    results = {f"{path}#other": RESULTS["other"]}
    assert fill_late(below.after, NOW, results) == fill_late(change.after, NOW, RESULTS)


@given(late_values())
def test_what_is_filled_matches_what_was_planned(planned: Json) -> None:
    """A late value may become anything, and everything else stays."""
    filled = fill_late(planned, NOW, RESULTS)
    assert matches(planned, filled)
    assert fill_late(filled, "later", {}) == filled


@given(json_values())
def test_a_value_matches_itself(value: Json) -> None:
    """Where nothing is late, the found state is the planned one."""
    assert matches(value, thaw(value))


@given(json_values(), json_values())
def test_without_late_values_matching_is_being_equal(planned: Json, found: Json) -> None:
    """Two states match exactly when their canonical bytes are the same."""
    if not _late_somewhere(planned):
        assert matches(planned, found) == (canonical(planned) == canonical(found))


def _late_somewhere(value: Json) -> bool:
    if is_late(value):
        return True
    if isinstance(value, dict):
        return any(map(_late_somewhere, value.values()))
    return isinstance(value, list | tuple) and any(map(_late_somewhere, value))


@given(json_values())
def test_a_late_value_matches_anything(found: Json) -> None:
    """A cut-off that is the provider's clock is not known before."""
    assert matches({"since": PROVIDER_NOW}, {"since": found})
