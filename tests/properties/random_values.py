"""Random values for property tests: JSON as irkit keeps it, plans, and their parts."""

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from irkit.canonical import MAX_INTEGER, Json, JsonObject
from irkit.model.change import PROVIDER_NOW, Change, Target, result_of
from irkit.model.plan import Header, Part, PartNeed, Plan, PlannedStep, Unknown
from irkit.model.spec import Blast, Effect, Reversal

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
NAME = st.text("abcdefgh-", min_size=1, max_size=8)
KEY = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=6)


def json_values() -> SearchStrategy[Json]:
    """Return JSON values: no floats, ASCII keys, integers within reach."""
    scalars = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT
    return st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.lists(inner, max_size=4).map(tuple)
            | st.dictionaries(KEY, inner, max_size=4)
        ),
        max_leaves=12,
    )


def json_objects() -> SearchStrategy[JsonObject]:
    """Return JSON objects."""
    return st.dictionaries(KEY, json_values(), max_size=3)


def late_values() -> SearchStrategy[Json]:
    """Return JSON values with late values in them, too."""
    leaf = (
        st.just(PROVIDER_NOW)
        | st.builds(result_of, st.just("other"), st.just("name"))
        | TEXT
        | st.integers(0, 9)
    )
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAME, inner, max_size=3),
        max_leaves=8,
    )


def targets() -> SearchStrategy[Target]:
    """Return targets."""
    return st.builds(
        Target,
        kind=st.sampled_from(["okta.user", "aws.role"]),
        tenant=st.sampled_from(["okta:00o1", "aws:111122223333"]),
        id=NAME,
        label=TEXT,
    )


def changes() -> SearchStrategy[Change]:
    """Return changes."""
    return st.builds(
        Change,
        id=NAME,
        target=targets(),
        verb=NAME,
        before=json_values(),
        after=late_values(),
        saved=json_values(),
        needs=st.lists(NAME, max_size=2).map(tuple),
    )


def steps() -> SearchStrategy[PlannedStep]:
    """Return planned steps."""
    return st.builds(
        PlannedStep,
        path=NAME,
        action=NAME,
        version=st.integers(1, 9),
        connection=NAME,
        arguments=json_objects(),
        title=TEXT,
        effect=st.sampled_from(Effect),
        reversal=st.sampled_from(Reversal),
        blast=st.sampled_from(Blast),
        because=TEXT,
        changes=st.lists(changes(), max_size=2).map(tuple),
        already=st.lists(TEXT, max_size=2).map(tuple),
        undoes=NAME,
    )


def parts() -> SearchStrategy[Part]:
    """Return parts."""
    return st.builds(
        Part,
        id=NAME,
        phase=NAME,
        need=st.builds(
            PartNeed,
            need=st.integers(0, 3),
            roles=st.lists(NAME, max_size=2).map(tuple),
            exclude_requester=st.booleans(),
            valid_s=st.integers(1, 86_400),
        ),
        steps=st.lists(steps(), max_size=2).map(tuple),
        unknowns=st.lists(st.builds(Unknown, path=NAME, why=TEXT), max_size=2).map(tuple),
        hold=st.sampled_from(["watch", "reassert"]),
    )


def headers() -> SearchStrategy[Header]:
    """Return headers."""
    return st.builds(
        Header,
        playbook=NAME,
        playbook_digest=TEXT,
        title=TEXT,
        inputs=json_objects(),
        tenants=st.lists(NAME, max_size=2).map(tuple),
        mode=st.sampled_from(["live", "drill"]),
        policy=TEXT,
        guards=st.lists(NAME, max_size=2).map(tuple),
        irkit=TEXT,
        actions=st.dictionaries(NAME, st.integers(1, 9), max_size=2),
        observed_at=TEXT,
        undoes=NAME,
    )


def plans() -> SearchStrategy[Plan]:
    """Return plans."""
    return st.builds(Plan, header=headers(), parts=st.lists(parts(), max_size=2).map(tuple))
