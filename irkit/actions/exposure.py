"""What everybody, or an account that is nobody's here, can reach: the pieces of a sweep for it."""

from collections.abc import AsyncIterator, Iterable
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.s3_buckets import of_bucket
from irkit.actions.shape import at, entries, listed, maybe_text, text, texts
from irkit.actions.where import Where
from irkit.canonical import Json, JsonObject

_EVERYBODY: Final = ("/AllUsers", "/AuthenticatedUsers")
_NO_POLICY: Final = ("NoSuchBucketPolicy",)
_NO_BLOCK: Final = ("NoSuchPublicAccessBlockConfiguration",)
_BLOCK: Final = "PublicAccessBlockConfiguration"

Found = AsyncIterator[dict[str, Json]]


async def public_buckets(readers: Readers, account: str, region: str) -> Found:  # noqa: ARG001 - buckets are global
    """Yield the buckets of an account that everybody can reach, and by what."""
    home = Where(account=account)
    whole = at(
        await home.find(
            readers, "s3control", "get_public_access_block", {"AccountId": account}, _NO_BLOCK
        ),
        _BLOCK,
    )
    for bucket in await home.listed(readers, "s3", "list_buckets", "Buckets"):
        name = text(bucket, "Name")
        given = of_bucket(home, name)
        own = at(
            await home.find(readers, "s3", "get_public_access_block", given, _NO_BLOCK), _BLOCK
        )
        status = await home.find(readers, "s3", "get_bucket_policy_status", given, _NO_POLICY)
        by_policy = at(status, "PolicyStatus", "IsPublic") is True
        grants = entries(await home.read(readers, "s3", "get_bucket_acl", given), "Grants")
        why = [
            word
            for word, open_, switch in (
                ("policy", by_policy, "RestrictPublicBuckets"),
                ("acl", any(map(_for_everybody, grants)), "IgnorePublicAcls"),
            )
            if open_ and not any(at(block, switch) is True for block in (own, whole))
        ]
        if why:
            yield {"account": account, "name": name, "why": listed(why)}


async def shared_disks(readers: Readers, account: str, region: str) -> Found:
    """Yield the snapshots and images of one region that others can use, and who they are."""
    where = Where(account=account, region=region)
    own = frozenset(readers.aws.accounts())
    given: dict[str, Json] = {"OwnerIds": ["self"]}
    for item in await where.listed(readers, "ec2", "describe_snapshots", "Snapshots", given):
        name = text(item, "SnapshotId")
        asked: dict[str, Json] = {"SnapshotId": name, "Attribute": "createVolumePermission"}
        body = await where.read(readers, "ec2", "describe_snapshot_attribute", asked)
        for row in _shared(where, name, _others(entries(body, "CreateVolumePermissions"), own)):
            yield row
    given = {"Owners": ["self"]}
    for item in await where.listed(readers, "ec2", "describe_images", "Images", given):
        name = text(item, "ImageId")
        asked = {"ImageId": name, "Attribute": "launchPermission"}
        body = await where.read(readers, "ec2", "describe_image_attribute", asked)
        for row in _shared(where, name, _others(entries(body, "LaunchPermissions"), own)):
            yield row


async def shared_database_snapshots(readers: Readers, account: str, region: str) -> Found:
    """Yield the database snapshots of one region that others can restore, and who they are."""
    where = Where(account=account, region=region)
    own = frozenset(readers.aws.accounts())
    given: dict[str, Json] = {"SnapshotType": "manual"}
    for item in await where.listed(readers, "rds", "describe_db_snapshots", "DBSnapshots", given):
        asked: dict[str, Json] = {"DBSnapshotIdentifier": text(item, "DBSnapshotIdentifier")}
        body = await where.read(readers, "rds", "describe_db_snapshot_attributes", asked)
        attributes = entries(body, "DBSnapshotAttributesResult", "DBSnapshotAttributes")
        who = (
            value
            for attribute in attributes
            if maybe_text(attribute, "AttributeName") == "restore"
            for value in texts(attribute, "AttributeValues")
        )
        for row in _shared(where, text(item, "DBSnapshotArn"), [w for w in who if w not in own]):
            yield row


async def public_databases(readers: Readers, account: str, region: str) -> Found:
    """Yield the databases of one region that have a public address."""
    where = Where(account=account, region=region)
    for item in await where.listed(readers, "rds", "describe_db_instances", "DBInstances"):
        if at(item, "PubliclyAccessible") is True:
            yield {"account": account, "region": region, "name": text(item, "DBInstanceArn")}


def _shared(where: Where, name: str, who: Iterable[str]) -> Iterable[dict[str, Json]]:
    others = sorted(set(who))
    if others:
        yield {
            "account": where.account,
            "region": where.region,
            "name": name,
            "shared_with": listed(others),
        }


def _others(permissions: Iterable[JsonObject], own: frozenset[str]) -> Iterable[str]:
    keys = ("UserId", "Group", "OrganizationArn", "OrganizationalUnitArn")
    named = (maybe_text(item, key) for item in permissions for key in keys)
    return [who for who in named if who and who not in own]


def _for_everybody(grant: JsonObject) -> bool:
    return maybe_text(grant, "Grantee", "URI").endswith(_EVERYBODY)
