"""What runs and who exists, in every account and region: also where nobody usually looks.

A region that does not answer is a gap with a name. It is never shown as empty.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

import anyio

from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.inventory import Findings, Sweep, sweep_account
from irkit.actions.times import moment
from irkit.canonical import Json
from irkit.clock import rfc3339
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb

_AT_ONCE: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepInventory(Read):
    """Lists machines, functions, users, keys and roles."""

    spec: ClassVar[Spec] = Spec(
        id="aws.inventory.sweep",
        version=1,
        verb=Verb.READ,
        summary="List machines, functions and identities in all accounts and regions",
        needs=("aws",),
        permissions=Permissions(
            iam_read=(
                "cloudtrail:LookupEvents",
                "ec2:DescribeInstances",
                "ec2:DescribeRegions",
                "iam:ListAccessKeys",
                "iam:ListRoles",
                "iam:ListUsers",
                "lambda:ListFunctions",
            )
        ),
        reveals=(Kind.LONG_TERM_KEY, Kind.INSTANCE_SESSION, Kind.EXTERNAL_TRUST),
        attack=("T1535", "T1578.002", "T1496"),
        d3fend=("D3-AI",),
        gotchas=(
            "Regions that are not enabled are not swept.",
            "Regions that `regions` in irkit.yaml leaves out are named, and not swept.",
            "`created_by` rests on CloudTrail, which is up to 15 minutes late.",
        ),
        result={
            "type": "object",
            "properties": {
                "instances": {"type": "array"},
                "functions": {"type": "array"},
                "users": {"type": "array"},
                "keys": {"type": "array"},
                "roles": {"type": "array"},
                "regions": {"type": "array"},
            },
        },
    )

    account: str = parameter("aws.account", "One account; empty for all pinned ones", default="")
    since: str = parameter("time", "Only what was made since; empty for everything", default="")
    created_by: str = parameter(
        "text", "Only what this session name or user made, by CloudTrail", default=""
    )

    async def read(self, readers: Readers) -> Answer:
        """Sweep all places at once."""
        now = readers.aws.now()
        since = rfc3339(moment(self.since, now)) if self.since else ""
        findings = Findings()
        sweep = Sweep(readers=readers, findings=findings, since=since)
        limiter = anyio.CapacityLimiter(_AT_ONCE)
        accounts = (self.account,) if self.account else readers.aws.accounts()
        async with anyio.create_task_group() as group:
            for account in accounts:
                group.start_soon(sweep_account, sweep, account, limiter)
        if self.created_by:
            await findings.keep_made_by(readers, accounts, self.created_by, since)
        value: dict[str, Json] = findings.to_json()
        return Answer(
            value=value,
            raw=value,
            complete=not findings.gaps,
            gaps=tuple(sorted(findings.gaps)),
            left_out=tuple(sorted(findings.left_out)),
            request_ids=tuple(findings.request_ids),
            observed_through=rfc3339(now) if self.created_by else "",
        )
