"""What everybody or a strange account can reach, in every account and region.

A place that does not answer is a gap with a name. It is never shown as closed.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Final

import anyio

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.exposure import (
    Found,
    public_buckets,
    public_databases,
    shared_database_snapshots,
    shared_disks,
)
from irkit.actions.inventory import regions_of
from irkit.actions.shape import listed, text
from irkit.canonical import Json
from irkit.model.spec import Permissions, Spec, Verb
from irkit.providers.call import CallError

_AT_ONCE: Final = 16
_EVERYWHERE: Final = "us-east-1"
_KINDS: Final = ("buckets", "snapshots", "databases")
Source = Callable[[Readers, str, str], Found]
_SOURCES: Final[tuple[tuple[str, Source], ...]] = (
    ("snapshots", shared_disks),
    ("snapshots", shared_database_snapshots),
    ("databases", public_databases),
)


@dataclass(slots=True, kw_only=True)
class _Sweep:
    """One sweep under way."""

    readers: Readers
    found: dict[str, list[dict[str, Json]]] = field(
        default_factory=lambda: {kind: [] for kind in _KINDS}
    )
    gaps: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    limiter: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_AT_ONCE))

    async def take(self, kind: str, source: Source, account: str, region: str) -> None:
        """Keep what a source yields of one place, or say that it could not be seen."""
        async with self.limiter:
            try:
                async for row in source(self.readers, account, region):
                    self.found[kind].append(row)
            except CallError as error:
                summary = error.diagnostics[0].summary
                self.gaps.append(f"{account}/{region}: {kind}: {summary}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure(Read):
    """Lists public buckets and databases, and snapshots and images that others can use."""

    spec: ClassVar[Spec] = Spec(
        id="aws.inventory.exposure",
        version=1,
        verb=Verb.READ,
        summary="List what everybody or a strange account can reach",
        needs=("aws",),
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeImageAttribute",
                "ec2:DescribeImages",
                "ec2:DescribeRegions",
                "ec2:DescribeSnapshotAttribute",
                "ec2:DescribeSnapshots",
                "rds:DescribeDBInstances",
                "rds:DescribeDBSnapshotAttributes",
                "rds:DescribeDBSnapshots",
                "s3:GetAccountPublicAccessBlock",
                "s3:GetBucketAcl",
                "s3:GetBucketPolicyStatus",
                "s3:GetBucketPublicAccessBlock",
                "s3:ListAllMyBuckets",
            ),
            only={"ec2:DescribeImageAttribute": "the account has images of its own"},
        ),
        attack=("T1530", "T1537", "T1190"),
        d3fend=("D3-AI",),
        gotchas=(
            "An object's own access list is not looked at: block public access covers those.",
            "Regions that `regions` in irkit.yaml leaves out are named, and not looked at.",
            "Strange is every account that is not pinned in irkit.yaml, a supplier's too.",
            "A database with a public address is listed whatever its security groups let in.",
            "Snapshots of clusters, and shares by other services, are not looked for.",
            "Each snapshot and image is asked for: thousands of them take minutes.",
        ),
        result={
            "type": "object",
            "properties": {
                "buckets": {"type": "array"},
                "snapshots": {"type": "array"},
                "databases": {"type": "array"},
            },
        },
    )

    account: str = parameter("aws.account", "One account; empty for all pinned ones", default="")

    async def read(self, readers: Readers) -> Answer:
        """Sweep all places at once."""
        sweep = _Sweep(readers=readers)
        accounts = (self.account,) if self.account else readers.aws.accounts()
        async with anyio.create_task_group() as group:
            for account in accounts:
                group.start_soon(sweep.take, "buckets", public_buckets, account, _EVERYWHERE)
                for region in await regions_of(
                    readers, account, gaps=sweep.gaps, others=sweep.left_out
                ):
                    for kind, source in _SOURCES:
                        group.start_soon(sweep.take, kind, source, account, region)
        value: dict[str, Json] = {
            kind: listed(sorted(rows, key=_order)) for kind, rows in sweep.found.items()
        }
        return Answer(
            value=value,
            raw=value,
            complete=not sweep.gaps,
            gaps=tuple(sorted(sweep.gaps)),
            left_out=tuple(sorted(sweep.left_out)),
        )


def _order(row: Json) -> tuple[str, str]:
    return (text(row, "account"), text(row, "name"))
