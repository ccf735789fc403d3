"""Cut a machine off the network, established connections included, and keep it for evidence.

A change of security groups does not end connections that are already tracked. Every interface
therefore passes through a group that allows everything, which makes its flows untracked, and then
into one that allows nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.ec2_groups import (
    OPEN,
    QUARANTINE,
    Fence,
    delete_group,
    fence_state,
    group_target,
    make_group,
    see_groups,
)
from irkit.actions.ec2_instances import (
    interface_target,
    interfaces,
    locate,
    see_instance,
    set_groups,
)
from irkit.actions.refusal import no_such
from irkit.actions.shape import entries, text, texts
from irkit.actions.touches import own_id
from irkit.canonical import Json, JsonObject, thaw
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolate(Action):
    """Puts every interface of one instance behind a group that lets nothing through."""

    spec: ClassVar[Spec] = Spec(
        id="aws.ec2_instance.isolate",
        version=1,
        verb=Verb.DO,
        summary="Cut an EC2 instance off the network",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="aws.network_interface",
        permissions=Permissions(
            iam_read=(
                "ec2:DescribeInstances",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeRegions",
                "ec2:DescribeSecurityGroups",
            ),
            iam_write=(
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:CreateSecurityGroup",
                "ec2:DeleteSecurityGroup",
                "ec2:ModifyNetworkInterfaceAttribute",
                "ec2:RevokeSecurityGroupEgress",
                "ec2:RevokeSecurityGroupIngress",
            ),
            only={"ec2:RevokeSecurityGroupIngress": "somebody opened irkit's quarantine group"},
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=30),
        in_doubt_wait=timedelta(seconds=10),
        before_evidence=True,
        attack=("T1021.007", "T1537"),
        d3fend=("D3-NI",),
        gotchas=(
            "Credentials of the machine's role that were copied away still work elsewhere.",
            "Systems Manager, file systems and endpoints in the same network are cut as well.",
            "In an Auto Scaling group the machine is soon replaced as unhealthy.",
            "For a moment every interface is open to its network: flows end only that way.",
        ),
    )

    instance: str = parameter("aws.instance", "The instance: ARN, or id (i-…)")
    account: str = parameter("aws.account", "The account, where it is known", default="")
    region: str = parameter("aws.region", "The region, where it is known", default="")

    async def probe(self, readers: Readers) -> Seen:
        """Find the instance; read its interfaces and irkit's two groups in each network."""
        place = await locate(readers, self.instance, self.account, self.region)
        seen = await see_instance(readers, place)
        networks = sorted({text(item, "vpc") for item in interfaces(seen)})
        return {**seen, "fences": await see_groups(readers, place, networks)}

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Make the groups where they are missing, then move each interface."""
        moves = [item for item in interfaces(seen) if not _isolated(seen, item)]
        networks = sorted({text(item, "vpc") for item in moves})
        made = {
            fence.change_id: self._fence_change(seen, fence)
            for vpc in networks
            for fence in (Fence(vpc=vpc, name=OPEN), Fence(vpc=vpc, name=QUARANTINE))
            if fence_state(seen, fence) != fence.goal
        }
        return (*made.values(), *(self._move(seen, item, made) for item in moves))

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the interface's groups, or what irkit's group lets through."""
        if target.kind == "aws.security_group":
            return {"group": fence_state(seen, _fence(target))}
        for item in interfaces(seen):
            if text(item, "id") == own_id(target):
                return {"groups": _named(seen, item)}
        return {"groups": None}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the interfaces."""
        return tuple(interface_target(seen, item) for item in interfaces(seen))

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Make one group, or move one interface through the open group into the closed one."""
        place = await locate(readers, self.instance, self.account, self.region)
        if change.target.kind == "aws.security_group":
            return await make_group(readers, writers, place, _fence(change.target))
        seen = await self.probe(readers)
        item = next(i for i in interfaces(seen) if text(i, "id") == own_id(change.target))
        opened = _group_id(seen, Fence(vpc=text(item, "vpc"), name=OPEN))
        closed = _group_id(seen, Fence(vpc=text(item, "vpc"), name=QUARANTINE))
        made: tuple[str, ...] = ()
        if texts(item, "groups") != (opened,):  # else it was interrupted there, and goes on
            made = (await set_groups(writers, place, text(item, "id"), (opened,))).request_ids
        last = await set_groups(writers, place, text(item, "id"), (closed,))
        return Applied(request_ids=(*made, *last.request_ids), status=last.status)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Give the interface its groups back, or delete the group if it was made and is unused."""
        place = await locate(readers, self.instance, self.account, self.region)
        if change.target.kind != "aws.security_group":
            return await set_groups(
                writers, place, own_id(change.target), texts(change.before, "groups")
            )
        fence = _fence(change.target)
        if change.before == {"group": "absent"}:
            return await delete_group(readers, writers, place, fence)
        return Applied()

    def resumable(self, change: Change, seen: Seen) -> bool:
        """Go on from a group that has not its rules yet, or an interface in the open group."""
        found = thaw(self.state(seen, change.target))
        if change.target.kind == "aws.security_group":
            return found == {"group": "unfinished"}
        names = {Fence(vpc=text(item, "vpc"), name=OPEN).group_name for item in interfaces(seen)}
        return any(found == {"groups": [name]} for name in names)

    def _fence_change(self, seen: Seen, fence: Fence) -> Change:
        target = group_target(seen, fence)
        return Change(
            id=fence.change_id,
            target=target,
            verb="make security group",
            before=self.state(seen, target),
            after={"group": fence.goal},
        )

    def _move(self, seen: Seen, item: JsonObject, made: dict[str, Change]) -> Change:
        vpc = text(item, "vpc")
        target = interface_target(seen, item)
        return Change(
            id=text(item, "id"),
            target=target,
            verb="isolate",
            before=self.state(seen, target),
            after={"groups": [Fence(vpc=vpc, name=QUARANTINE).group_name]},
            needs=tuple(name for name in made if name.endswith(vpc)),
        )


def _fence(target: Target) -> Fence:
    vpc, _, name = target.id.partition("/")
    return Fence(vpc=vpc, name=name)


def _group_id(seen: Seen, fence: Fence) -> str:
    for group in entries(seen, "fences"):
        if _fence_of(group) == fence:
            return text(group, "id")
    raise no_such("security group", fence.group_name, "it was deleted since planning: plan again")


def _named(seen: Seen, item: JsonObject) -> list[Json]:
    """Return the interface's groups: irkit's own by name, because they may not exist yet.

    A group of irkit's that somebody gave other rules goes by its id, as any other group does.
    """
    fences = ((group, _fence_of(group)) for group in entries(seen, "fences"))
    names = {
        group["id"]: fence.group_name for group, fence in fences if group["state"] == fence.goal
    }
    return [names.get(group, group) for group in texts(item, "groups")]


def _fence_of(group: JsonObject) -> Fence:
    return Fence(vpc=text(group, "vpc"), name=text(group, "name"))


def _isolated(seen: Seen, item: JsonObject) -> bool:
    fence = Fence(vpc=text(item, "vpc"), name=QUARANTINE)
    closed = fence_state(seen, fence) == fence.goal
    return closed and _named(seen, item) == [fence.group_name]
