"""The rules of a quorum, as examples and as properties."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irkit.model.approval import Decision
from irkit.model.quorum import Need, Tally, Vote, tally

NOW = datetime(2026, 11, 24, 3, 5, tzinfo=UTC)
HEADER, PART, OTHER = "sha256:h", "sha256:p", "sha256:o"
REQUESTER = "alice"


def vote(approver: str, index: int = 0, **changed: Any) -> Vote:
    """Return a valid approval of the part by somebody on call."""
    made = Vote(
        approver=approver,
        roles=("ir-oncall",),
        fingerprint=f"SHA256:{approver}",
        decision=Decision.APPROVE,
        header=HEADER,
        parts=(PART,),
        nb=NOW - timedelta(minutes=5),
        exp=NOW + timedelta(minutes=25),
        index=index,
    )
    return replace(made, **changed)


def count(need: Need | Sequence[Need], *votes: Vote, now: datetime = NOW) -> Tally:
    """Count `votes` for the part."""
    return tally(need, votes, part_digest=PART, header_digest=HEADER, requester=REQUESTER, now=now)


TWO = Need(need=2)


def test_enough_people() -> None:
    """Two approvals of two people are a quorum of two, in the order of their records."""
    result = count(TWO, vote("carol", 9), vote("bob", 4))
    assert result.reached
    assert (result.have, result.used, result.missing) == (("bob", "carol"), (4, 9), 0)


def test_nothing_is_needed() -> None:
    """A need of none is reached by nobody."""
    assert count(Need(need=0)).reached
    assert count(()).reached


def test_missing_names_who_may_still() -> None:
    """What is missing says how many, and which roles may give it."""
    result = count(Need(need=2, roles=("ir-lead", "ciso")), vote("bob", roles=("ir-lead",)))
    assert (result.reached, result.missing) == (False, 1)
    assert result.may_still == ("ir-lead", "ciso")
    assert count(TWO).may_still == ()


def test_same_person_twice_counts_once() -> None:
    """One person's second approval adds nothing."""
    assert count(TWO, vote("bob", 1), vote("bob", 2, fingerprint="SHA256:b2")).missing == 1


def test_same_key_twice_counts_once() -> None:
    """One key under two names is one person."""
    assert count(TWO, vote("bob", 1), vote("bobby", 2, fingerprint="SHA256:bob")).missing == 1


def test_requester_counts_unless_excluded() -> None:
    """Separation of duties applies exactly where the need says so."""
    assert count(Need(need=1), vote(REQUESTER)).reached
    assert not count(Need(need=1, exclude_requester=True), vote(REQUESTER)).reached


def test_roles_are_asked_for() -> None:
    """Any of the roles will do; none of them will not."""
    need = Need(need=1, roles=("ir-lead", "ir-oncall"))
    assert count(need, vote("bob")).reached
    assert not count(need, vote("bob", roles=("dev",))).reached


@pytest.mark.parametrize(
    "changed", [{"header": "sha256:x"}, {"parts": (OTHER,)}], ids=["header", "part"]
)
def test_other_plan_or_part_does_not_count(changed: dict[str, Any]) -> None:
    """An approval of anything else is none of this."""
    assert not count(Need(need=1), vote("bob", **changed)).reached


def test_window_is_half_open() -> None:
    """An approval counts from `nb` on, and not any more at `exp`."""
    one = vote("bob")
    need = Need(need=1)
    assert count(need, one, now=one.nb).reached
    assert not count(need, one, now=one.nb - timedelta(milliseconds=1)).reached
    assert count(need, one, now=one.exp - timedelta(milliseconds=1)).reached
    assert not count(need, one, now=one.exp).reached


def test_validity_of_the_need_shortens() -> None:
    """A need may ask for fresher approvals than the statement allows."""
    need = Need(need=1, valid=timedelta(minutes=5))
    one = vote("bob")
    assert not count(need, one).reached
    assert count(need, one, now=NOW - timedelta(seconds=1)).reached
    assert count(need, one, now=NOW - timedelta(seconds=1)).expires_at == NOW


def test_expiry_is_when_the_quorum_breaks() -> None:
    """With one approval more than needed, the quorum lasts until the second-last one ends."""
    votes = [vote(n, i, exp=NOW + timedelta(minutes=i)) for i, n in enumerate("abc", 1)]
    result = count(TWO, *votes)
    assert result.expires_at == NOW + timedelta(minutes=2)
    assert not count(TWO, *votes, now=result.expires_at).reached
    assert count(TWO, *votes, now=result.expires_at - timedelta(milliseconds=1)).reached


def test_denial_wins_whenever_it_comes() -> None:
    """A denial before or after enough approvals stops the part."""
    for index in (0, 9):
        denial = vote("dave", index, decision=Decision.DENY)
        result = count(TWO, vote("bob", 4), vote("carol", 5), denial)
        assert (result.reached, result.denied_by) == (False, ("dave",))


def test_denial_of_another_part_does_not_matter() -> None:
    """A denial concerns the parts it names."""
    denial = vote("dave", 9, decision=Decision.DENY, parts=(OTHER,))
    assert count(Need(need=1), vote("bob", 4), denial).reached


@pytest.mark.parametrize("index", [0, 9])
def test_revocation_takes_ones_own_back(index: int) -> None:
    """A revocation cancels that person's approvals, earlier and later, and nobody else's."""
    taken_back = vote("bob", index, decision=Decision.REVOKE)
    result = count(TWO, vote("bob", 4), vote("carol", 5), taken_back)
    assert (result.have, result.missing) == (("carol",), 1)


def test_break_glass_is_not_a_quorum() -> None:
    """An approval given alone never counts towards a need."""
    assert not count(Need(need=1), vote("bob", break_glass=True)).reached


def test_every_need_is_met() -> None:
    """Of several needs each has to be met; one person may serve two of them."""
    lead = Need(need=1, roles=("ir-lead",))
    assert not count((TWO, lead), vote("bob", 1), vote("carol", 2)).reached
    both = count((TWO, lead), vote("bob", 1), vote("carol", 2, roles=("ir-lead",)))
    assert both.reached
    assert both.used == (1, 2)


PEOPLE = st.sampled_from(("alice", "bob", "carol", "dave"))
VOTES = st.lists(
    st.builds(
        vote,
        PEOPLE,
        st.integers(0, 30),
        decision=st.sampled_from(Decision),
        roles=st.sampled_from(((), ("ir-oncall",), ("ir-lead",), ("ir-lead", "ir-oncall"))),
        parts=st.sampled_from(((PART,), (OTHER,), (PART, OTHER))),
        exp=st.integers(-3, 30).map(lambda m: NOW + timedelta(minutes=m)),
        break_glass=st.booleans(),
    ),
    max_size=7,
    unique_by=lambda v: v.index,
)
NEEDS = st.builds(
    Need,
    need=st.integers(0, 3),
    roles=st.sampled_from(((), ("ir-lead",), ("ir-lead", "ir-oncall"))),
    exclude_requester=st.booleans(),
    valid=st.sampled_from((None, timedelta(minutes=4), timedelta(minutes=20))),
)


@given(NEEDS, VOTES)
def test_order_of_arrival_does_not_matter(need: Need, votes: list[Vote]) -> None:
    """The result depends on the records' indexes, not on the order they are handed over in."""
    results = {count(need, *order) for order in list(permutations(votes))[:24]}
    assert len(results) == 1


@given(NEEDS, VOTES)
def test_used_approvals_are_enough_by_themselves(need: Need, votes: list[Vote]) -> None:
    """The approvals named as used give the same quorum alone, and are distinct people's."""
    result = count(need, *votes)
    used = [v for v in votes if v.index in result.used]
    assert len({v.approver for v in used}) == len(used)
    if result.reached:
        assert count(need, *used).reached
        assert len(used) >= need.need


@given(NEEDS, VOTES, PEOPLE)
def test_another_approval_never_hurts(need: Need, votes: list[Vote], person: str) -> None:
    """One more approval at the end never undoes a quorum."""
    before = count(need, *votes)
    after = count(need, *votes, vote(person, 99))
    assert after.reached or not before.reached


@given(NEEDS, VOTES, PEOPLE)
def test_another_denial_always_stops(need: Need, votes: list[Vote], person: str) -> None:
    """One denial stops any quorum."""
    result = count(need, *votes, vote(person, 99, decision=Decision.DENY))
    assert not result.reached
    assert person in result.denied_by


@given(NEEDS, VOTES)
def test_quorum_holds_until_it_expires(need: Need, votes: list[Vote]) -> None:
    """A reached quorum is one until just before its end and none at it."""
    result = count(need, *votes)
    if result.reached and result.expires_at is not None:
        just_before = result.expires_at - timedelta(microseconds=1)
        assert count(need, *votes, now=max(NOW, just_before)).reached
        assert not count(need, *votes, now=result.expires_at).reached


@given(NEEDS, VOTES)
def test_missing_is_zero_exactly_when_nothing_is_short(need: Need, votes: list[Vote]) -> None:
    """`missing` and `reached` tell the same story, denials apart."""
    result = count(need, *votes)
    assert result.reached == (result.missing == 0 and not result.denied_by)
