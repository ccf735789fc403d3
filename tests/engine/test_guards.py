"""Guards: each refuses what it is for, lets the rest pass, and says what to do instead."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from engine_story import Story, planned, playbook

from irkit.engine.context import Refusal
from irkit.engine.guards import Guard, GuardFacts, guards, targets_of
from irkit.model.change import Change, Target
from irkit.model.plan import PlannedStep
from irkit.model.run import Run

OKTA = "okta:00o1"
KAI = "okta:00o1/okta.user/00u1one"
FACTS = GuardFacts(mode="drill", tenants=frozenset({OKTA}), worlds={"okta": True})
STEP = planned("cut.suspend", "one")


def _guard(name: str) -> Guard:
    return next(guard for guard in guards() if name == guard.NAME)


def _judge(
    name: str, facts: GuardFacts, step: PlannedStep = STEP, run: Run | None = None
) -> Refusal | None:
    return _guard(name).judge(step, run or Run(id="R", mode="drill"), facts)


def _code(refusal: Refusal | None) -> str:
    return refusal.code if refusal else ""


def _belonging(kind: str, owner: str) -> PlannedStep:
    target = Target(kind=kind, tenant=OKTA, id=f"{owner}/00T1", label="kai's")
    change = Change(id="cut.x#one", target=target, verb="revoke", before={}, after={})
    return replace(STEP, changes=(change,))


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.NAME)
def test_what_nothing_speaks_against_passes(guard: Guard) -> None:
    """In the right tenant and mode, on a principal nobody protects."""
    assert guard.judge(STEP, Run(id="R", mode="drill"), FACTS) is None


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.NAME)
def test_a_step_without_changes_touches_nothing(guard: Guard) -> None:
    """Where the goal already holds there is nothing to refuse."""
    facts = replace(FACTS, tenants=frozenset(), own={KAI: "it"}, protected={KAI: "it"})
    step = replace(STEP, changes=())
    assert guard.judge(step, Run(id="R", mode="drill"), facts) is None


def test_own_identity_is_no_target() -> None:
    """The refusal says that the run itself works with it."""
    refusal = _judge("own-identity", replace(FACTS, own={KAI: "it acts as this"}))
    assert refusal is not None
    assert refusal.code == "IRK301"
    assert "it acts as this" in refusal.summary


def test_what_belongs_to_the_own_identity_is_no_target_either() -> None:
    """A token of irkit's own user is irkit's."""
    facts = replace(FACTS, own={"okta:00o1/okta.user/00u9": "it acts as this"})
    assert _code(_judge("own-identity", facts, _belonging("okta.api_token", "00u9"))) == "IRK301"
    assert _judge("own-identity", facts, _belonging("okta.api_token", "00u8")) is None


def test_protected_principals_are_no_targets() -> None:
    """The refusal names the pattern that protects."""
    refusal = _judge("protected", replace(FACTS, protected={KAI: "okta.group: break-glass"}))
    assert refusal is not None
    assert refusal.code == "IRK302"
    assert "break-glass" in refusal.summary


def test_a_target_of_another_tenant_is_refused() -> None:
    """Only pinned orgs and accounts are touched."""
    refusal = _judge("tenant", replace(FACTS, tenants=frozenset({"okta:00o2"})))
    assert refusal is not None
    assert refusal.code == "IRK304"
    assert OKTA in refusal.summary


@pytest.mark.parametrize(
    ("mode", "is_world", "run_mode", "code"),
    [
        ("drill", True, "drill", ""),
        ("live", False, "live", ""),
        ("drill", False, "drill", "IRK305"),
        ("live", True, "live", "IRK305"),
        ("drill", True, "live", "IRK306"),
        ("live", False, "drill", "IRK306"),
        ("drill", True, "", ""),
    ],
)
def test_drill_and_live_stay_apart(mode: str, is_world: bool, run_mode: str, code: str) -> None:
    """Workspace, connection and run must all be of one kind."""
    facts = replace(FACTS, mode=mode, worlds={"okta": is_world})
    assert _code(_judge("drill", facts, run=Run(id="R", mode=run_mode))) == code


@pytest.mark.parametrize(("limit", "code"), [(0, "IRK303"), (1, ""), (2, "")])
def test_the_first_target_counts(limit: int, code: str) -> None:
    """A limit of one lets one pass."""
    facts = replace(FACTS, limits={"okta.user": limit})
    assert _code(_judge("blast-radius", facts)) == code


def test_a_target_reached_before_is_not_counted_twice() -> None:
    """Two steps on one user are one user."""
    facts, run = replace(FACTS, limits={"okta.user": 1}), Run(id="R", mode="drill")
    run.reach(STEP)
    assert _judge("blast-radius", facts, run=run) is None
    other = planned("cut.suspend2", "two")
    assert _code(_judge("blast-radius", facts, other, run)) == "IRK303"


@pytest.mark.parametrize(
    ("admins", "floor", "code"),
    [
        ({"00u1one", "00u2", "00u3"}, 2, ""),
        ({"00u1one", "00u2"}, 2, "IRK307"),
        ({"00u1one", "00u2"}, 1, ""),
        ({"00u2"}, 2, ""),
        (set(), 2, ""),
    ],
)
def test_enough_super_administrators_stay(admins: set[str], floor: int, code: str) -> None:
    """Exactly the floor may remain; who is none does not count."""
    facts = replace(FACTS, super_admins=frozenset(admins), admin_floor=floor)
    assert _code(_judge("super-admins", facts)) == code


def test_administrators_this_run_takes_already_are_gone() -> None:
    """Two steps that each leave enough may not leave too few together."""
    facts = replace(FACTS, super_admins=frozenset({"00u1one", "00u1two", "00u3", "00u4"}))
    facts = replace(facts, admin_floor=3)
    story = Story(playbook("  - do: okta.user.suspend\n    with: {user: kai}\n"))
    assert _judge("super-admins", facts, run=story.run) is None
    story.propose("cut", planned("cut.other", "two"))
    assert _code(_judge("super-admins", facts, run=story.run)) == "IRK307"


def test_giving_an_administrator_back_is_never_refused() -> None:
    """Undo and the other provider's steps take no administrator away."""
    facts = replace(FACTS, super_admins=frozenset({"00u1one"}))
    assert _judge("super-admins", facts, replace(STEP, undoes="cut.x#one")) is None
    assert _judge("super-admins", facts, replace(STEP, action="aws.iam_user.quarantine")) is None


def test_the_targets_of_a_step_include_their_owners_once() -> None:
    """A token and its user; the user of two tokens is one."""
    one = _belonging("okta.api_token", "00u9").changes[0]
    two = replace(one, id="cut.x#two", target=replace(one.target, id="00u9/00T2"))
    found = targets_of(replace(STEP, changes=(one, two)))
    assert [target.kind for target in found] == ["okta.api_token", "okta.user", "okta.api_token"]


def test_every_guard_has_a_page_for_its_refusal_and_a_row_in_the_reference() -> None:
    """Whoever is refused can read why, and what to do if it happened all the same."""
    docs = Path(__file__).parents[2] / "docs"
    table = (docs / "reference" / "guards.md").read_text()
    for guard in guards():
        module = Path(str(getattr(guard, "__file__", "")))
        codes = re.findall(r'code="(IRK\d{3})"', module.read_text())
        assert codes, guard.NAME
        assert f"| `{guard.NAME}` |" in table
        for code in codes:
            assert (docs / "diagnostics" / f"{code}.md").is_file()
            assert f"({code}.md)" in table.replace("../diagnostics/", "")
            tests = (path.read_text() for path in Path(__file__).parent.glob("test_*guards*.py"))
            assert any(f'"{guard.NAME}"' in text for text in tests), f"no test tries {guard.NAME}"
