"""What everybody or a strange account can reach, asked of a world in which things are open."""

from collections.abc import Iterator, Mapping
from typing import cast

import pytest
from by_hand import by_hand
from stage import DATA, PROD, SANDBOX, Hands, Stage, staged

from irkit.actions.base import Answer
from irkit.canonical import Json
from irkit.providers.retry import Patience
from irkit.world.faults import Fault, FaultKind
from irkit.world.fixtures.acme_small import OUTSIDE

BLOCK = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """A world in which things are open."""
    with staged() as stage:
        stage.world.tell("public-exposure")
        yield stage


def found(answer: Answer, kind: str) -> list[Mapping[str, Json]]:
    """Return the rows of one kind."""
    rows = cast("Mapping[str, list[Mapping[str, Json]]]", answer.value)
    return rows[kind]


def test_what_is_open_is_found_and_by_what(stage: Stage) -> None:
    """Buckets by policy, snapshots of disks and databases with whom, databases by address."""
    answer = stage.read("aws.inventory.exposure")
    assert answer.complete
    assert [(row["account"], row["name"], row["why"]) for row in found(answer, "buckets")] == [
        (PROD, "acme-website", ["policy"]),
        (DATA, "acme-exports", ["policy"]),
    ]
    shared = {str(row["name"])[:4]: row["shared_with"] for row in found(answer, "snapshots")}
    assert shared == {"arn:": [OUTSIDE], "snap": [OUTSIDE, "all"]}
    (database,) = found(answer, "databases")
    assert str(database["name"]).endswith(":db:orders")


def test_an_account_is_asked_alone(stage: Stage) -> None:
    """What is not asked about is not in the answer."""
    answer = stage.read("aws.inventory.exposure", account=SANDBOX)
    assert answer.value == {"buckets": [], "snapshots": [], "databases": []}


def test_a_list_for_everybody_is_open_until_it_is_ignored(stage: Stage) -> None:
    """A bucket's access list counts unless the bucket, or its account, ignores such lists."""
    with by_hand(stage, "s3", SANDBOX) as s3:
        s3.create_bucket(Bucket="by-list")
        s3.put_bucket_acl(Bucket="by-list", ACL="public-read")
        (row,) = found(stage.read("aws.inventory.exposure", account=SANDBOX), "buckets")
        assert (row["name"], row["why"]) == ("by-list", ["acl"])
        s3.put_public_access_block(Bucket="by-list", PublicAccessBlockConfiguration=BLOCK)
        assert found(stage.read("aws.inventory.exposure", account=SANDBOX), "buckets") == []


@pytest.mark.parametrize(
    ("operation", "kind"),
    [("s3:ListBuckets", "buckets"), ("ec2:DescribeRegions", "its regions could not be listed")],
)
def test_a_place_that_does_not_answer_is_a_gap(stage: Stage, operation: str, kind: str) -> None:
    """It is named, and the answer is not complete."""
    fault = Fault(kind=FaultKind.SERVER_ERROR_JSON, provider="aws", operation=operation, times=99)
    stage.world.faults.add(fault)

    async def work(hands: Hands) -> Answer:
        return await hands.read("aws.inventory.exposure", account=SANDBOX)

    answer = stage.do(work, patience=Patience(attempts=1))
    stage.world.faults.clear()
    assert not answer.complete
    assert any(kind in gap for gap in answer.gaps)
