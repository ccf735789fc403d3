"""Editing `roles.yaml` in place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.diagnostics import IrkitError
from irkit.engine import roles_file
from irkit.workspace import approvers

FLOW = """\
irkit: 1   # the format
roles:     # who has which
  ir-oncall: [alice@acme, bob@acme]   # by phone
  ir-lead: []
"""
BLOCK = """\
irkit: 1
roles:
  ir-oncall:
    - alice@acme   # first
    - bob@acme
  ir-lead: bob@acme
people:
  # at night
  bob@acme: {name: Bob, reach: "+1 555 0100"}
"""


def roles(text: str) -> dict[str, tuple[str, ...]]:
    """Return the roles a text says."""
    found, problems = approvers.decode(text.encode(), "roles.yaml")
    assert found is not None, problems
    return dict(found.roles)


@pytest.mark.parametrize("text", [FLOW, BLOCK])
@pytest.mark.parametrize("role", ["ir-oncall", "ir-lead", "new"])
def test_a_member_is_added_and_nothing_else_changes(text: str, role: str) -> None:
    """Each way of writing a list is extended in its own style."""
    edited = roles_file.with_member(text, role, "carol@acme")
    expected = roles(text)
    expected[role] = (*expected.get(role, ()), "carol@acme")
    assert roles(edited) == expected
    assert all(comment in edited for comment in ("# by phone",) if comment in text)
    assert text.count("#") == edited.count("#")


def test_adding_whoever_is_there_changes_nothing() -> None:
    """The same text comes back."""
    assert roles_file.with_member(FLOW, "ir-oncall", "bob@acme") == FLOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (FLOW, {"ir-oncall": ("alice@acme",), "ir-lead": ()}),
        (BLOCK, {"ir-oncall": ("alice@acme",), "ir-lead": ()}),
    ],
)
def test_a_member_is_taken_out_everywhere(text: str, expected: dict[str, tuple[str, ...]]) -> None:
    """Roles and what is said of the person go; other people stay."""
    edited = roles_file.without(text, "bob@acme")
    assert roles(edited) == expected
    assert "bob" not in edited


def test_the_last_of_a_block_leaves_an_empty_list() -> None:
    """A role without members is kept as a role."""
    edited = roles_file.without("irkit: 1\nroles:\n  r:\n    - a@x\n", "a@x")
    assert roles(edited) == {"r": ()}


@pytest.mark.parametrize("text", ["irkit: 1\nroles: {}\n", "irkit: 1\nroles: {a: [b@x]}\n"])
def test_a_role_is_added_to_roles_in_braces(text: str) -> None:
    """The one-line form is extended as well."""
    assert roles(roles_file.with_member(text, "new", "c@x"))["new"] == ("c@x",)


def test_what_cannot_be_edited_safely_is_left_alone() -> None:
    """A bracket in a comment confuses the edit, which is noticed and refused."""
    text = "irkit: 1\nroles:\n  r: [a@x, b@x  # not ]\n      ]\n"
    with pytest.raises(IrkitError, match="IRK466"):
        roles_file.without(text, "b@x")


_names = st.from_regex(r"[!-~]{1,12}", fullmatch=True).filter(lambda name: "," not in name)
_roles = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True).filter(
    lambda role: role not in {"true", "false", "null"}
)


@given(st.lists(st.tuples(_roles, _names), max_size=8), st.sampled_from([FLOW, BLOCK]))
def test_any_members_go_in_and_come_out_again(edits: list[tuple[str, str]], text: str) -> None:
    """Whatever the names, the file says exactly who has which role."""
    expected = {role: list(members) for role, members in roles(text).items()}
    for role, name in edits:
        text = roles_file.with_member(text, role, name)
        if name not in expected.setdefault(role, []):
            expected[role].append(name)
    assert roles(text) == {role: tuple(members) for role, members in expected.items()}
    for _, name in edits:
        text = roles_file.without(text, name)
    gone = {name for _, name in edits}
    assert roles(text) == {
        role: tuple(member for member in members if member not in gone)
        for role, members in expected.items()
    }
