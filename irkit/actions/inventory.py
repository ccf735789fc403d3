"""The pieces of an inventory sweep: one region, one account's identities, who made what."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeAlias

import anyio

from irkit.actions.aws_calls import HOME_REGION
from irkit.actions.base import Readers
from irkit.actions.cloudtrail import History
from irkit.actions.shape import entries, listed, maybe_text, text
from irkit.actions.trace.events import instances_of, key_of, user_of
from irkit.canonical import Json, JsonObject
from irkit.clock import parse_rfc3339
from irkit.providers.call import CallError

Collected: TypeAlias = AsyncIterator[dict[str, Json]]


@dataclass(slots=True, kw_only=True)
class Findings:
    """What was found, by kind, and where nothing could be."""

    found: dict[str, list[dict[str, Json]]] = field(default_factory=dict)
    regions: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)
    request_ids: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Json]:
        """Return the findings in a fixed order."""
        kinds = ("instances", "functions", "users", "keys", "roles")
        return {
            **{kind: listed(sorted(self.found.get(kind, []), key=_order)) for kind in kinds},
            "regions": listed(sorted(self.regions)),
        }

    async def keep_made_by(
        self, readers: Readers, accounts: Iterable[str], name: str, since: str
    ) -> None:
        """Leave out what CloudTrail does not say `name` made."""
        now = readers.aws.now()
        start = parse_rfc3339(since) if since else now - timedelta(days=90)
        history = History(
            readers=readers, since=start, until=now + timedelta(minutes=1), gaps=self.gaps
        )
        made: set[str] = set()
        for account in accounts:
            for event in await history.look_up(account, "Username", name):
                made |= _made(event)
        self.request_ids += history.request_ids
        for kind, items in self.found.items():
            self.found[kind] = [item for item in items if item["arn"] in made]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One sweep under way. `since` is RFC 3339, or empty for everything."""

    readers: Readers
    findings: Findings
    since: str


async def sweep_account(sweep: Sweep, account: str, limiter: anyio.CapacityLimiter) -> None:
    """List what there is in one account and in each of its regions."""
    findings = sweep.findings
    async with anyio.create_task_group() as group:
        group.start_soon(_sweep_global, sweep, account, limiter)
        for region in await regions_of(
            sweep.readers, account, gaps=findings.gaps, others=findings.left_out
        ):
            group.start_soon(_sweep_region, sweep, account, region, limiter)


async def regions_of(
    readers: Readers, account: str, *, gaps: list[str], others: set[str]
) -> tuple[str, ...]:
    """Return the regions to look at; what cannot be listed is a gap, what is left out is told."""
    try:
        others |= await left_out(readers, account)
        return await readers.aws.regions(account)
    except CallError as error:
        summary = error.diagnostics[0].summary
        gaps.append(f"{account}: its regions could not be listed: {summary}")
        return ()


async def left_out(readers: Readers, account: str) -> set[str]:
    """Return what to tell about enabled regions that are not looked at, if there are any."""
    regions = await readers.aws.regions_left_out(account)
    if not regions:
        return set()
    return {f"{len(regions)} enabled regions, by `regions` in irkit.yaml: {', '.join(regions)}"}


async def _sweep_region(
    sweep: Sweep, account: str, region: str, limiter: anyio.CapacityLimiter
) -> None:
    """List the machines and functions of one region."""
    async with limiter:
        instances = await _collect(
            sweep, "instances", _instances(sweep, account, region), account, region
        )
        functions = await _collect(
            sweep, "functions", _functions(sweep, account, region), account, region
        )
    if instances and functions:
        sweep.findings.regions.append(f"{account}/{region}")


async def _sweep_global(sweep: Sweep, account: str, limiter: anyio.CapacityLimiter) -> None:
    """List the users, keys and roles of one account."""
    async with limiter:
        users = await _listed(sweep, "users", _users(sweep, account), account)
        _keep(sweep, "users", users or [])
        await _collect(sweep, "keys", _keys(sweep, account, users), account)
        await _collect(sweep, "roles", _roles(sweep, account), account)


async def _collect(
    sweep: Sweep, kind: str, source: Collected, account: str, region: str = ""
) -> bool:
    """Add everything from `source`, or a gap; say which."""
    items = await _listed(sweep, kind, source, account, region)
    _keep(sweep, kind, items or [])
    return items is not None


async def _listed(
    sweep: Sweep, kind: str, source: Collected, account: str, region: str = ""
) -> list[dict[str, Json]] | None:
    """Return everything from `source`; None, and a gap, where it does not come to its end."""
    items: list[dict[str, Json]] = []
    try:
        async for item in source:
            items.append({"account": account, "region": region, **item})  # noqa: PERF401
    except CallError as error:
        place = f"{account}/{region}" if region else account
        sweep.findings.gaps.append(f"{place}: {kind}: {error.diagnostics[0].summary}")
        return None
    return items


def _keep(sweep: Sweep, kind: str, items: list[dict[str, Json]]) -> None:
    recent = [item for item in items if str(item["created_at"]) >= sweep.since]
    sweep.findings.found.setdefault(kind, []).extend(recent)


async def _instances(sweep: Sweep, account: str, region: str) -> Collected:
    async for body in _pages(sweep, "ec2", "describe_instances", account, region):
        for reservation in entries(body, "Reservations"):
            for item in entries(reservation, "Instances"):
                name = text(item, "InstanceId")
                yield {
                    "id": name,
                    "arn": f"arn:aws:ec2:{region}:{account}:instance/{name}",
                    "created_at": maybe_text(item, "LaunchTime"),
                    "state": maybe_text(item, "State", "Name"),
                    "type": maybe_text(item, "InstanceType"),
                    "profile": maybe_text(item, "IamInstanceProfile", "Arn"),
                }


async def _functions(sweep: Sweep, account: str, region: str) -> Collected:
    async for body in _pages(sweep, "lambda", "list_functions", account, region):
        for item in entries(body, "Functions"):
            yield {
                "id": text(item, "FunctionName"),
                "arn": text(item, "FunctionArn"),
                "created_at": _changed_at(maybe_text(item, "LastModified")),
                "role": maybe_text(item, "Role"),
            }


async def _users(sweep: Sweep, account: str) -> Collected:
    async for body in _pages(sweep, "iam", "list_users", account):
        for item in entries(body, "Users"):
            yield {
                "id": text(item, "UserId"),
                "arn": text(item, "Arn"),
                "name": text(item, "UserName"),
                "created_at": maybe_text(item, "CreateDate"),
            }


async def _keys(sweep: Sweep, account: str, users: Iterable[dict[str, Json]] | None) -> Collected:
    if users is None:
        sweep.findings.gaps.append(f"{account}: keys: whose they are could not be listed")
    for user in users or ():
        given: dict[str, Json] = {"UserName": user["name"]}
        async for body in _pages(sweep, "iam", "list_access_keys", account, given=given):
            for item in entries(body, "AccessKeyMetadata"):
                yield {
                    "id": text(item, "AccessKeyId"),
                    "arn": text(item, "AccessKeyId"),
                    "user": user["arn"],
                    "status": text(item, "Status"),
                    "created_at": maybe_text(item, "CreateDate"),
                }


async def _roles(sweep: Sweep, account: str) -> Collected:
    async for body in _pages(sweep, "iam", "list_roles", account):
        for item in entries(body, "Roles"):
            yield {
                "id": text(item, "RoleId"),
                "arn": text(item, "Arn"),
                "name": text(item, "RoleName"),
                "created_at": maybe_text(item, "CreateDate"),
                "trust": item.get("AssumeRolePolicyDocument"),
            }


async def _pages(
    sweep: Sweep,
    service: str,
    operation: str,
    account: str,
    region: str = HOME_REGION,
    *,
    given: "dict[str, Json] | None" = None,
) -> AsyncIterator[Json]:
    async for page in sweep.readers.aws.pages(
        service, operation, given, account=account, region=region
    ):
        sweep.findings.request_ids.append(page.request_id)
        yield page.body


def _made(event: JsonObject) -> set[str]:
    """Return ARNs (and key ids) of what an event made."""
    key = key_of(event)
    role = maybe_text(event, "responseElements", "role", "arn")
    function = maybe_text(event, "responseElements", "functionArn")
    made = {user_of(event), role, function, *instances_of(event)}
    return (made | {text(key, "id")} if key else made) - {""}


def _changed_at(text_: str) -> str:
    """Return Lambda's time, which has an offset without a colon, in the usual form."""
    return text_.replace("+0000", "Z")


def _order(item: Json) -> tuple[str, str, str]:
    return (text(item, "account"), text(item, "region"), text(item, "id"))
