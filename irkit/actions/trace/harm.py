"""What single CloudTrail events did beyond identities: capacity, data, keys, secrets.

Each is a row of the list that a containing action takes it from. Events that carry an error are
attempts and did nothing.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from irkit.actions.shape import entries, listed, maybe_text
from irkit.actions.trace.events import succeeded
from irkit.canonical import Json, JsonObject

_CAPACITY: Final = ("groups", "spot_requests", "fleets")


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One thing that was touched: the list it belongs to, where it is, and what it is called.

    `part` is what of it was touched, where only a part was: a grant on a key.
    """

    kind: str
    account: str
    region: str
    name: str
    part: str = ""


def harm_of(event: JsonObject) -> tuple[Harm, ...]:
    """Return what the event did."""
    found = _EVENTS.get(maybe_text(event, "eventName"))
    if found is None or not succeeded(event):
        return ()
    account, region = maybe_text(event, "recipientAccountId"), maybe_text(event, "awsRegion")
    return tuple(
        Harm(kind=found.kind, account=account, region=region, name=name, part=part)
        for name, part in found.names(event)
        if name
    )


def harm_to_json(harm: Iterable[Harm]) -> dict[str, Json]:
    """Return the lists, each thing once, as actions take them."""
    every = sorted(set(harm), key=lambda item: (item.account, item.region, item.name, item.part))
    return {
        "capacity_made": listed(_capacity([item for item in every if item.kind in _CAPACITY])),
        "secrets_read": listed(_things(every, "secrets_read")),
        "kms_keys": listed(_keys(every)),
        "buckets_changed": listed(_things(every, "buckets_changed")),
        "snapshots_shared": listed(_things(every, "snapshots_shared")),
    }


def _things(harm: Iterable[Harm], kind: str) -> Iterator[dict[str, Json]]:
    for item in harm:
        if item.kind == kind:
            yield _placed(item, "name", item.name)


def _keys(harm: Iterable[Harm]) -> Iterator[dict[str, Json]]:
    """Yield each key with the grants that were made on it."""
    keys = [item for item in harm if item.kind == "kms_keys"]
    for name in dict.fromkeys((item.account, item.region, item.name) for item in keys):
        mine = [item for item in keys if (item.account, item.region, item.name) == name]
        grants = [item.part for item in mine if item.part]
        yield {**_placed(mine[0], "name", mine[0].name), "grants": listed(grants)}


def _capacity(harm: list[Harm]) -> Iterator[dict[str, Json]]:
    """Yield each region with what starts machines there."""
    for account, region in dict.fromkeys((item.account, item.region) for item in harm):
        here = [item for item in harm if (item.account, item.region) == (account, region)]
        named = {kind: [item.name for item in here if item.kind == kind] for kind in _CAPACITY}
        kinds = {kind: listed(names) for kind, names in named.items()}
        yield {"account": account, "region": region, **kinds}


def _placed(item: Harm, key: str, value: str) -> dict[str, Json]:
    return {"account": item.account, "region": item.region, key: value}


Names = Callable[[JsonObject], Iterable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class _Event:
    """What to read of one operation's event."""

    kind: str
    names: Names


def _asked(key: str) -> Names:
    """Read a name from the request."""

    def find(event: JsonObject) -> Iterable[tuple[str, str]]:
        yield maybe_text(event, "requestParameters", key), ""

    return find


def _spot(event: JsonObject) -> Iterable[tuple[str, str]]:
    for item in entries(event, "responseElements", "spotInstanceRequestSet", "items"):
        yield maybe_text(item, "spotInstanceRequestId"), ""


def _fleet(event: JsonObject) -> Iterable[tuple[str, str]]:
    wrapped = maybe_text(event, "responseElements", "CreateFleetResponse", "fleetId")
    yield wrapped or maybe_text(event, "responseElements", "fleetId"), ""


def _grant(event: JsonObject) -> Iterable[tuple[str, str]]:
    key = maybe_text(event, "requestParameters", "keyId")
    yield key, maybe_text(event, "responseElements", "grantId")


def _database(kind: str, key: str) -> Names:
    """Read the snapshot of a database, whose ARN tells it from one of a disk."""

    def find(event: JsonObject) -> Iterable[tuple[str, str]]:
        name = maybe_text(event, "requestParameters", key)
        account, region = maybe_text(event, "recipientAccountId"), maybe_text(event, "awsRegion")
        yield f"arn:aws:rds:{region}:{account}:{kind}:{name}" if name else "", ""

    return find


_EVENTS: Final[Mapping[str, _Event]] = MappingProxyType(
    {
        "CreateAutoScalingGroup": _Event("groups", _asked("autoScalingGroupName")),
        "RequestSpotInstances": _Event("spot_requests", _spot),
        "CreateFleet": _Event("fleets", _fleet),
        "GetSecretValue": _Event("secrets_read", _asked("secretId")),
        "ScheduleKeyDeletion": _Event("kms_keys", _asked("keyId")),
        "DisableKey": _Event("kms_keys", _asked("keyId")),
        "CreateGrant": _Event("kms_keys", _grant),
        "PutBucketLifecycle": _Event("buckets_changed", _asked("bucketName")),
        "PutBucketLifecycleConfiguration": _Event("buckets_changed", _asked("bucketName")),
        "PutBucketReplication": _Event("buckets_changed", _asked("bucketName")),
        "PutBucketVersioning": _Event("buckets_changed", _asked("bucketName")),
        "ModifySnapshotAttribute": _Event("snapshots_shared", _asked("snapshotId")),
        "ModifyImageAttribute": _Event("snapshots_shared", _asked("imageId")),
        "ModifyDBSnapshotAttribute": _Event(
            "snapshots_shared", _database("snapshot", "dBSnapshotIdentifier")
        ),
        "ModifyDBClusterSnapshotAttribute": _Event(
            "snapshots_shared", _database("cluster-snapshot", "dBClusterSnapshotIdentifier")
        ),
    }
)
