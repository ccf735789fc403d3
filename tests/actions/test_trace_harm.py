"""What single events say was done to capacity, data, keys and secrets."""

from collections.abc import Mapping

import pytest

from irkit.actions.trace.harm import Harm, harm_of, harm_to_json
from irkit.canonical import Json


def event(
    name: str,
    asked: Mapping[str, Json],
    answered: Mapping[str, Json] | None = None,
    error: str = "",
) -> Mapping[str, Json]:
    """Return an event of the account 1, in eu-west-1."""
    return {
        "eventName": name,
        "awsRegion": "eu-west-1",
        "recipientAccountId": "1",
        "requestParameters": asked,
        "responseElements": answered,
        **({"errorCode": error} if error else {}),
    }


SPOT: Mapping[str, Json] = {
    "spotInstanceRequestSet": {"items": [{"spotInstanceRequestId": "sir-1"}]}
}
EVENTS = [
    (event("CreateAutoScalingGroup", {"autoScalingGroupName": "g"}), "groups", "g", ""),
    (event("RequestSpotInstances", {}, SPOT), "spot_requests", "sir-1", ""),
    (event("CreateFleet", {}, {"fleetId": "fleet-1"}), "fleets", "fleet-1", ""),
    (
        event("CreateFleet", {}, {"CreateFleetResponse": {"fleetId": "fleet-1"}}),
        "fleets",
        "fleet-1",
        "",
    ),
    (event("GetSecretValue", {"secretId": "s"}), "secrets_read", "s", ""),
    (event("ScheduleKeyDeletion", {"keyId": "k"}), "kms_keys", "k", ""),
    (event("CreateGrant", {"keyId": "k"}, {"grantId": "gr"}), "kms_keys", "k", "gr"),
    (event("PutBucketLifecycle", {"bucketName": "b"}), "buckets_changed", "b", ""),
    (event("ModifySnapshotAttribute", {"snapshotId": "snap-1"}), "snapshots_shared", "snap-1", ""),
    (
        event("ModifyDBSnapshotAttribute", {"dBSnapshotIdentifier": "d"}),
        "snapshots_shared",
        "arn:aws:rds:eu-west-1:1:snapshot:d",
        "",
    ),
]


@pytest.mark.parametrize(("said", "kind", "name", "part"), EVENTS)
def test_an_event_says_what_was_touched(
    said: Mapping[str, Json], kind: str, name: str, part: str
) -> None:
    """Each operation has its list, and the name is where CloudTrail has it."""
    (found,) = harm_of(said)
    assert found == Harm(kind=kind, account="1", region="eu-west-1", name=name, part=part)


def test_an_attempt_is_no_harm() -> None:
    """What was refused, is of another kind, or names nothing did nothing."""
    assert harm_of(event("ScheduleKeyDeletion", {"keyId": "k"}, error="AccessDenied")) == ()
    assert harm_of(event("DescribeKey", {"keyId": "k"})) == ()
    assert harm_of(event("ScheduleKeyDeletion", {})) == ()


def test_lists_are_what_actions_take() -> None:
    """Each thing once: capacity by region, keys with their grants."""
    said = [said for said, *_ in EVENTS]
    found = harm_to_json(item for one in (*said, *said) for item in harm_of(one))
    place = {"account": "1", "region": "eu-west-1"}
    assert found == {
        "capacity_made": [
            {**place, "groups": ["g"], "spot_requests": ["sir-1"], "fleets": ["fleet-1"]}
        ],
        "secrets_read": [{**place, "name": "s"}],
        "kms_keys": [{**place, "name": "k", "grants": ["gr"]}],
        "buckets_changed": [{**place, "name": "b"}],
        "snapshots_shared": [
            {**place, "name": "arn:aws:rds:eu-west-1:1:snapshot:d"},
            {**place, "name": "snap-1"},
        ],
    }
