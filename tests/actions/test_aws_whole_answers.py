"""A list that AWS gives page by page is read to its end, or is an error: never a shorter list."""

import json
from collections.abc import Iterator

import pytest
from aws_hands import iam_of
from stage import PROD, Hands, Stage, staged

from irkit.actions.shape import at, entries
from irkit.providers.call import CallError

MANY = 101
"""One more than IAM puts on a page."""

LOOK = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "ec2:Describe*", "Resource": "*"},
    }
)
ROLE = f"arn:aws:iam::{PROD}:role/Developer"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world in which a role has more policies than one page of them."""
    with staged() as stage:
        with iam_of(stage) as iam:
            for number in range(MANY):
                policy = iam.create_policy("", "/", LOOK, f"p{number}", [])
                iam.attach_role_policy(policy.arn, "Developer")
        yield stage


def test_the_setup_of_a_role_has_all_its_policies(stage: Stage) -> None:
    """Evidence that leaves out what is on the second page would be false, and not say so."""
    answer = stage.read("aws.evidence.collect_config", resource=ROLE)
    part = at(answer.value, "parts", "list_attached_role_policies")
    assert answer.complete
    assert len(entries(part, "AttachedPolicies")) > MANY - 1
    assert at(part, "IsTruncated") is False


def test_one_page_of_many_is_no_answer(stage: Stage) -> None:
    """Whoever asks for one answer and gets a page is told, whichever list it is."""

    async def work(hands: Hands) -> None:
        await hands.readers.aws.call(
            "iam", "list_attached_role_policies", {"RoleName": "Developer"}, account=PROD
        )

    with pytest.raises(CallError) as caught:
        stage.do(work)
    assert caught.value.diagnostics[0].code == "IRK528"
