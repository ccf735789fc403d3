"""Residual access as arithmetic, and which names are visible where."""

from hypothesis import given
from hypothesis import strategies as st
from language_text import HEAD, decoded

from irkit.lang.names import trace
from irkit.lang.residual import EXPIRES, MINTS, residual
from irkit.lang.uses import bound, used
from irkit.model.access.kinds import CredentialKind as Kind

KINDS = st.frozensets(st.sampled_from(list(Kind)))


def kinds(against: set[Kind], cuts: set[Kind], *, federated: bool = False) -> list[Kind]:
    """Return the kinds that are left."""
    return [item.kind for item in residual(against, cuts, federated=federated)]


def test_what_a_cut_credential_minted_lives_on() -> None:
    """Deactivating a key leaves every session made with it."""
    assert kinds({Kind.LONG_TERM_KEY}, {Kind.LONG_TERM_KEY}) == [
        Kind.GET_SESSION_TOKEN,
        Kind.GET_FEDERATION_TOKEN,
        Kind.ROLE_SESSION,
        Kind.CHAINED_ROLE_SESSION,
    ]


def test_residuals_say_what_leads_to_them_and_whether_they_end() -> None:
    """An open residual has no end, the other names its longest life."""
    left = {item.kind: item for item in residual({Kind.OKTA_OAUTH_TOKEN}, set())}
    assert left[Kind.OKTA_OAUTH_TOKEN].expires is None
    assert left[Kind.OKTA_OAUTH_TOKEN].via is None
    assert left[Kind.OKTA_ACCESS_TOKEN].via is Kind.OKTA_OAUTH_TOKEN
    assert left[Kind.OKTA_ACCESS_TOKEN].expires == EXPIRES[Kind.OKTA_ACCESS_TOKEN]


def test_federation_adds_the_way_into_aws() -> None:
    """Only where Okta leads there."""
    assert Kind.FEDERATED_ROLE_SESSION not in kinds({Kind.OKTA_SESSION}, set())
    assert Kind.FEDERATED_ROLE_SESSION in kinds({Kind.OKTA_SESSION}, set(), federated=True)


@given(KINDS, KINDS, st.booleans())
def test_residual_access_is_monotone(
    against: frozenset[Kind], cuts: frozenset[Kind], federated: bool
) -> None:
    """What is cut is never left, what is against and not cut always is, and cuts only help."""
    left = set(kinds(set(against), set(cuts), federated=federated))
    assert left.isdisjoint(cuts)
    assert against - cuts <= left
    assert left <= set(kinds(set(against), set(), federated=federated))
    for kind in left & MINTS.keys():
        assert MINTS[kind] <= left | cuts


NAMES = (
    HEAD
    + """\
steps:
  - phase: A
    steps:
      - {read: a, as: one}
      - {read: a, as: two, when: one.x}
      - parallel:
          - {read: a, as: three}
          - {read: a, as: four}
      - for_each: {k: one.all}
        steps: [{read: a, as: inner}]
        rescue: [{report: r}]
      - {id: late, report: x}
  - {phase: B, needs: [], background: true, steps: [{id: free, read: a, as: five}]}
  - {phase: C, steps: [{id: after, report: x}]}
  - {phase: D, needs: [A, C], steps: [{id: end, report: x}]}
always: [{id: last, report: x}]
"""
)


def test_names_are_certain_or_possible() -> None:
    """Certain is what every way to a step binds."""
    names = trace(decoded(NAMES))
    late = names.at["late"]
    assert late.certain == {"inputs", "now", "one", "three", "four"}
    assert late.possible == {"two", "inner"}
    assert "k" in names.at["a.for-each.a"].certain
    assert "error" in names.at["a.for-each.rescue.report"].certain
    assert "inner" in names.at["a.for-each.rescue.report"].possible
    assert names.at["free"].certain == {"inputs", "now"}
    assert names.at["after"].certain == {"inputs", "now", "one", "three", "four"}
    assert "five" in names.at["after"].possible
    assert names.at["end"] == names.at["after"]
    assert names.at["last"].certain == {"inputs", "now"}
    assert {"one", "five"} <= names.at["last"].possible
    assert {"one", "five"} <= names.end.certain


def test_branches_of_a_parallel_do_not_see_each_other() -> None:
    """What runs beside is not there yet."""
    names = trace(decoded(NAMES))
    assert "three" not in names.at["a.parallel.a-2"].certain


def test_used_and_bound_names_of_steps() -> None:
    """What phases are connected by."""
    phase = decoded(NAMES).phases[0]
    assert bound(phase.steps) == {"one", "two", "three", "four", "inner"}
    assert used(phase.steps) == {"one"}
