"""Stop what starts machines: Auto Scaling groups, spot requests and fleets, each named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.auto_scaling import SIZES, see_group, setting_target
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such, no_way_back
from irkit.actions.shape import at, entries, entry, maybe_text, text, texts
from irkit.actions.touches import own_id, owner_id
from irkit.actions.where import HOME, Where
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_LAUNCH: Final = "Launch"
_NONE: Final[Json] = {"min": 0, "max": 0, "desired": 0}
_SPOT, _FLEET = "aws.spot_request", "aws.fleet"
_OPEN: Final = frozenset({"open", "active", "disabled", "submitted", "modifying"})
"""A disabled spot request starts its stopped machine again."""

_AT_ONCE: Final = "instant"
"""A fleet that started its machines at once and starts no others; they would go with it."""

_REQUESTS: Final = {
    _SPOT: (
        "describe_spot_instance_requests",
        "SpotInstanceRequests",
        "SpotInstanceRequestId",
        "spot-instance-request-id",
        "State",
    ),
    _FLEET: ("describe_fleets", "Fleets", "FleetId", "", "FleetState"),
}
"""How each kind of request is read: operation, list, id, filter, state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopCapacity(Action):
    """Empties groups and keeps them from launching; cancels requests."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2.stop_capacity",
        version=1,
        verb=Verb.DO,
        summary="Stop Auto Scaling groups, spot requests and fleets from starting machines",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.LOSSY,
        blast=Blast.MANY,
        target="aws.auto_scaling_group_setting",
        permissions=Permissions(
            iam_read=(
                "autoscaling:DescribeAutoScalingGroups",
                "ec2:DescribeFleets",
                "ec2:DescribeSpotInstanceRequests",
            ),
            iam_write=(
                "autoscaling:ResumeProcesses",
                "autoscaling:SuspendProcesses",
                "autoscaling:UpdateAutoScalingGroup",
                "ec2:CancelSpotInstanceRequests",
                "ec2:DeleteFleets",
            ),
            only={
                "autoscaling:DescribeAutoScalingGroups": "it is an Auto Scaling group",
                "autoscaling:ResumeProcesses": "it is an Auto Scaling group",
                "autoscaling:SuspendProcesses": "it is an Auto Scaling group",
                "autoscaling:UpdateAutoScalingGroup": "it is an Auto Scaling group",
                "ec2:CancelSpotInstanceRequests": "it is a spot request",
                "ec2:DeleteFleets": "it is a fleet",
                "ec2:DescribeFleets": "it is a fleet",
                "ec2:DescribeSpotInstanceRequests": "it is a spot request",
            },
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(minutes=2),
        before_evidence=True,
        attack=("T1496", "T1578.002", "T1535"),
        d3fend=("D3-HS",),
        gotchas=(
            "A group that is set to nothing deletes its machines: put one in standby first.",
            "Cancelled requests cannot be given back; their machines go on running.",
            "An instant fleet starts nothing more and is left: its machines would go with it.",
            "Miners come back by ECS, Batch, SageMaker and Lambda as well: sweep first.",
        ),
    )

    account: str = parameter("aws.account", "The account")
    region: str = parameter("aws.region", "The region", default=HOME)
    groups: tuple[str, ...] = parameter("list of text", "Auto Scaling groups by name", default=())
    spot_requests: tuple[str, ...] = parameter(
        "list of text", "Spot instance requests (sir-…)", default=()
    )
    fleets: tuple[str, ...] = parameter("list of text", "Fleets (fleet-…)", default=())

    async def probe(self, readers: Readers) -> Seen:
        """Read every group and request that is named.

        Raises:
            IrkitError: if one of them is not there.
        """
        where = self._where
        return {
            "tenant": where.tenant,
            "groups": [await see_group(readers, where, name) for name in sorted(self.groups)],
            "requests": [
                *[await self._request(readers, _SPOT, name) for name in sorted(self.spot_requests)],
                *[await self._request(readers, _FLEET, name) for name in sorted(self.fleets)],
            ],
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Suspend launches, set sizes to nothing, cancel requests.

        Raises:
            IrkitError: if nothing is named.
        """
        if not entries(seen, "groups") and not entries(seen, "requests"):
            raise cannot_reach(
                "nothing is named that could be stopped",
                "give `groups`, `spot_requests` or `fleets`: `aws.inventory.sweep` finds what runs",
            )
        changes = [
            Change(
                id=f"{text(group, 'name')}-{setting}",
                target=(target := setting_target(group, setting)),
                verb=f"stop {setting}",
                before=self.state(seen, target),
                after={setting: goal},
                saved={"group": group["name"]},
            )
            for group in entries(seen, "groups")
            for setting, goal in (("launches", False), ("sizes", _NONE))
        ] + [
            Change(
                id=text(request, "id"),
                target=(target := _request_target(seen, request)),
                verb="cancel",
                before=self.state(seen, target),
                after={"open": False},
            )
            for request in entries(seen, "requests")
        ]
        return tuple(change for change in changes if change.before != change.after)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return a group's sizes, whether it launches, or whether a request is open."""
        if target.kind in _REQUESTS:
            found = [item for item in entries(seen, "requests") if item["id"] == target.id]
            return {"open": found[0]["open"] if found else None}
        for group in entries(seen, "groups"):
            if text(group, "id") == owner_id(target):
                setting = own_id(target)
                launches = _LAUNCH not in texts(group, "suspended")
                return {setting: launches if setting == "launches" else group["sizes"]}
        return {own_id(target): None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return every group's settings and every request."""
        groups = (setting_target(group, "sizes") for group in entries(seen, "groups"))
        return (*groups, *(_request_target(seen, item) for item in entries(seen, "requests")))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Make one call for one group or request."""
        if change.target.kind == _SPOT:
            given: Json = {"SpotInstanceRequestIds": [change.target.id]}
            return await self._where.send(
                writers, "ec2", "cancel_spot_instance_requests", {**entry(given)}
            )
        if change.target.kind == _FLEET:
            given = {"FleetIds": [change.target.id], "TerminateInstances": False}
            return await self._where.send(writers, "ec2", "delete_fleets", {**entry(given)})
        return await self._set(writers, change, change.after)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Give a group its sizes and launches back; requests stay cancelled."""
        if change.target.kind in _REQUESTS:
            raise no_way_back(self.spec.id, "make the request anew, from its launch template")
        return await self._set(writers, change, change.before)

    @property
    def _where(self) -> Where:
        return Where(account=self.account, region=self.region)

    async def _request(self, readers: Readers, kind: str, name: str) -> JsonObject:
        operation, items, id_, filter_, state = _REQUESTS[kind]
        given: dict[str, Json] = {"FleetIds": [name]}
        if filter_:
            given = {"Filters": [{"Name": filter_, "Values": [name]}]}
        body = await self._where.read(readers, "ec2", operation, given)
        for item in entries(body, items):
            if text(item, id_) == name:
                starts = text(item, state) in _OPEN and maybe_text(item, "Type") != _AT_ONCE
                return {"kind": kind, "id": name, "open": starts}
        raise no_such(kind, name, f"look in {self.account}/{self.region}")

    async def _set(self, writers: Writers, change: Change, value: Json) -> Applied:
        name = text(change.saved, "group")
        given: dict[str, Json] = {"AutoScalingGroupName": name}
        if own_id(change.target) == "sizes":
            sizes: Mapping[str, Json] = entry(value, "sizes")
            given |= {theirs: sizes[ours] for ours, theirs in SIZES.items()}
            return await self._where.send(
                writers, "autoscaling", "update_auto_scaling_group", {**given}
            )
        operation = "resume_processes" if at(value, "launches") else "suspend_processes"
        given["ScalingProcesses"] = [_LAUNCH]
        return await self._where.send(writers, "autoscaling", operation, {**given})


def _request_target(seen: Seen, request: JsonObject) -> Target:
    name = text(request, "id")
    return Target(kind=text(request, "kind"), tenant=text(seen, "tenant"), id=name, label=name)
