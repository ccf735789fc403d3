"""What came of a role: who entered it, and what they did from there."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

import pytest
from stage import PROD, Stage, staged

from irkit.world.stories.ci_secret_leak import FURTHER_ROLE, MADE_USER, ROLE, SECRET


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world in which somebody runs the pipeline who must not."""
    with staged() as stage:
        stage.world.tell("ci-secret-leak")
        yield stage


def traced(stage: Stage, role: str) -> Mapping[str, Any]:
    """Trace one role of the production account."""
    answer = stage.read("aws.iam_role.trace", role=f"arn:aws:iam::{PROD}:role/{role}")
    assert answer.complete
    return cast("Mapping[str, Any]", answer.value)


def test_all_that_came_of_the_role_is_found(stage: Stage) -> None:
    """Its session, the role entered from it, the key made, and the secret that was read."""
    found = traced(stage, ROLE)
    assert [item["name"] for item in found["sessions"]] == ["GitHubActions"]
    assert found["chained_roles"] == [f"arn:aws:iam::{PROD}:role/{FURTHER_ROLE}"]
    assert [item["user"].rpartition("/")[2] for item in found["keys_created"]] == [MADE_USER]
    assert [item["name"] for item in found["secrets_read"]] == [SECRET]


def test_what_was_done_before_it_was_entered_is_not(stage: Stage) -> None:
    """A role further on has its own session alone."""
    found = traced(stage, FURTHER_ROLE)
    assert [item["name"] for item in found["sessions"]] == ["migrate"]
    assert found["keys_created"] == found["secrets_read"] == []
