"""Plans, parts and changes: their JSON is all there is of them, and a digest covers all of it."""

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from random_values import changes, headers, json_values, late_values, parts, plans

from irkit.canonical import Json, canonical, thaw
from irkit.model.change import PROVIDER_NOW, Change, fill_late, is_late, matches
from irkit.model.plan import Header, Part, Plan

NOW = "2026-03-01T12:00:00Z"
RESULTS = {"other": {"name": "the name"}}


@given(plans())
def test_a_plan_survives_its_json(plan: Plan) -> None:
    """What is read back has the same JSON and the same digest, byte for byte."""
    data = canonical(plan.to_json())
    back = Plan.from_json(json.loads(data))
    assert canonical(back.to_json()) == data
    assert back.digest == plan.digest


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
