"""A sweep tells where it did not look, and why: refused, throttled to the end, left out."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from stage import PROD, Hands, Stage, staged

from irkit.actions.base import Answer
from irkit.actions.inventory import left_out
from irkit.providers.retry import Patience
from irkit.world.aws.call_limits import CallLimit
from irkit.world.faults import Fault, FaultKind

ONCE = Patience(attempts=1)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world without an intruder, for tests that only look."""
    with staged(intruder=False) as made:
        yield made


@pytest.fixture(autouse=True)
def as_usual(stage: Stage) -> Iterator[None]:
    """Each test starts with a world that works and has no limits."""
    yield
    stage.world.faults.clear()
    stage.world.aws.cloud.limits.limits = ()


def swept(stage: Stage, patience: Patience | None = None, **settings: Any) -> Answer:
    """Sweep one account."""

    async def work(hands: Hands) -> Answer:
        return await hands.read("aws.inventory.sweep", account=PROD)

    return stage.do(work, patience=patience, **settings)


def regions_in(answer: Answer) -> list[str]:
    """Return the places that were seen."""
    return cast("dict[str, list[str]]", answer.value)["regions"]


def test_what_is_throttled_for_a_while_is_seen_all_the_same(stage: Stage) -> None:
    """The account answers less than it is asked; the sweep asks again, and misses nothing."""
    busy = Fault(kind=FaultKind.THROTTLED, provider="aws", operation="iam:ListRoles", times=2)
    stage.world.faults.add(busy)
    before = len(stage.world.calls.all())
    answer = swept(stage, patience=Patience(first_pause=0.01))
    assert answer.complete
    refused = [call for call in stage.world.calls.since(before) if call.status >= 400]
    assert [call.operation for call in refused] == ["iam:ListRoles"] * 2


def test_what_is_throttled_to_the_end_is_a_gap(stage: Stage) -> None:
    """Each region that never answered is told by name and is not among those that were seen."""
    never = CallLimit(pattern="lambda:List*", burst=0, per_second=0)
    stage.world.aws.cloud.limits.limits = (never,)
    answer = swept(stage, patience=ONCE, regions=("us-east-1", "eu-west-1"))
    assert regions_in(answer) == []
    assert [gap.partition(": AWS")[0] for gap in answer.gaps] == [
        f"{PROD}/eu-west-1: functions",
        f"{PROD}/us-east-1: functions",
    ]


def test_an_account_that_refuses_is_a_gap_in_every_kind_it_hides(stage: Stage) -> None:
    """Without its users an account's keys are not known either, and that is told."""
    refused = Fault(kind=FaultKind.FORBIDDEN_EMPTY, provider="aws", operation="iam:ListUsers")
    stage.world.faults.add(refused)
    answer = swept(stage, patience=ONCE)
    assert not answer.complete
    assert [gap.split(": ")[:2] for gap in answer.gaps] == [[PROD, "keys"], [PROD, "users"]]


def test_regions_that_are_left_out_are_named_and_are_no_gap(stage: Stage) -> None:
    """What irkit.yaml narrows a sweep to is a decision, and is told with the answer."""
    answer = swept(stage, regions=("us-east-1",))
    assert answer.complete
    assert regions_in(answer) == [f"{PROD}/us-east-1"]
    (told,) = answer.left_out
    assert "enabled regions, by `regions` in irkit.yaml: " in told
    assert "eu-central-1" in told
    assert "us-east-1" not in told


def test_nothing_is_left_out_where_all_regions_are_looked_into(stage: Stage) -> None:
    """With `regions: all` there is nothing to tell."""

    async def work(hands: Hands) -> set[str]:
        return await left_out(hands.readers, PROD)

    assert stage.do(work, regions="all") == set()
