"""Cut a whole subnet off, at once and without memory: the one thing that ends tracked flows too."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such, still_used
from irkit.actions.shape import at, entries, maybe_text, text
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Blast, Effect, Permissions, Reversal, Spec, Verb

_ACL: Final = "aws.network_acl"
_CLOSED: Final = "closed"
_ABSENT: Final = ("InvalidSubnetID.NotFound", "InvalidSubnetId.Malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class NaclDeny(Action):
    """Associates one subnet with a network ACL that lets nothing through."""

    spec: ClassVar[Spec] = Spec(
        id="aws.subnet.nacl_deny",
        version=1,
        verb=Verb.DO,
        summary="Cut a whole subnet off the network",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        blast=Blast.MANY,
        target="aws.subnet",
        permissions=Permissions(
            iam_read=("ec2:DescribeNetworkAcls", "ec2:DescribeSubnets"),
            iam_write=(
                "ec2:CreateNetworkAcl",
                "ec2:CreateTags",
                "ec2:DeleteNetworkAcl",
                "ec2:ReplaceNetworkAclAssociation",
            ),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=30),
        before_evidence=True,
        attack=("T1021.007",),
        d3fend=("D3-NTF",),
        gotchas=(
            "Every machine in the subnet is cut off, innocent ones too: take it back soon.",
            "Traffic within the subnet does not pass it.",
            "Load balancers, databases and endpoints in the subnet are cut as well.",
        ),
    )

    subnet: str = parameter("text", "The subnet: ARN, or id (subnet-…) with `account`")
    account: str = parameter("aws.account", "The account, where `subnet` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `subnet` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read the subnet's ACL, and irkit's of its network."""
        where, subnet = self._place()
        asked: dict[str, Json] = {"SubnetIds": [subnet]}
        found = await where.find(readers, "ec2", "describe_subnets", asked, _ABSENT)
        records = entries(found, "Subnets")
        if not records:
            raise no_such("subnet", subnet, f"look in {where.account}/{where.region}")
        vpc = text(records[0], "VpcId")
        ours = await _ours(readers, where, vpc)
        association = await _association(readers, where, subnet)
        acl = text(association, "NetworkAclId")
        state = "absent" if ours is None else _judge(ours)
        # One that somebody gave rules goes by its id, as any other does: it shuts nothing off.
        mine = ours is not None and state == _CLOSED and text(ours, "NetworkAclId") == acl
        return {
            "tenant": where.tenant,
            "subnet": subnet,
            "label": where.arn("ec2", f"subnet/{subnet}"),
            "vpc": vpc,
            "ours": state,
            "acl": _name(vpc) if mine else acl,
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Make the ACL where it is missing, then put the subnet behind it.

        Raises:
            IrkitError: if irkit's ACL was given rules that let something through.
        """
        name = _name(text(seen, "vpc"))
        if seen["ours"] == "open":
            raise cannot_reach(
                f"{name} lets something through: somebody changed it",
                "find out who, and delete its rules; irkit does not use it as it is",
            )
        changes: list[Change] = []
        if seen["ours"] == "absent":
            target = self._acl(seen)
            changes.append(
                Change(
                    id="make-acl",
                    target=target,
                    verb="make network ACL",
                    before=self.state(seen, target),
                    after={"acl": _CLOSED},
                )
            )
        if seen["acl"] != name:
            target = self._subnet(seen)
            changes.append(
                Change(
                    id="cut-off",
                    target=target,
                    verb="cut off",
                    before=self.state(seen, target),
                    after={"acl": name},
                    needs=tuple(change.id for change in changes),
                )
            )
        return tuple(changes)

    def state(self, seen: Seen, target: Target) -> Json:
        """Return the subnet's ACL, or what irkit's lets through."""
        return {"acl": seen["ours" if target.kind == _ACL else "acl"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the subnet."""
        return (self._subnet(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Make the ACL, or put the subnet behind it."""
        where, subnet = self._place()
        vpc = change.target.id.partition("/")[0]
        if change.target.kind == _ACL:
            return await _make(writers, where, vpc)
        seen = await self.probe(readers)
        ours = await _ours(readers, where, text(seen, "vpc"))
        if ours is None:
            raise no_such("network ACL", text(change.after, "acl"), "it is gone: plan again")
        return await _associate(readers, writers, where, subnet, text(ours, "NetworkAclId"))

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Give the subnet its ACL back, or delete irkit's if nothing uses it."""
        where, subnet = self._place()
        if change.target.kind != _ACL:
            return await _associate(readers, writers, where, subnet, text(change.before, "acl"))
        ours = await _ours(readers, where, change.target.id.partition("/")[0])
        if ours is None:
            return Applied()
        users = [text(item, "SubnetId") for item in entries(ours, "Associations")]
        if users:
            raise still_used(text(ours, "NetworkAclId"), ", ".join(users))
        return await where.send(
            writers, "ec2", "delete_network_acl", {"NetworkAclId": ours["NetworkAclId"]}
        )

    def _place(self) -> tuple[Where, str]:
        return named("ec2", "subnet/", self.subnet, self.account, self.region)

    def _subnet(self, seen: Seen) -> Target:
        return Target(
            kind="aws.subnet",
            tenant=text(seen, "tenant"),
            id=text(seen, "subnet"),
            label=text(seen, "label"),
        )

    def _acl(self, seen: Seen) -> Target:
        vpc = text(seen, "vpc")
        tenant = text(seen, "tenant")
        return Target(kind=_ACL, tenant=tenant, id=f"{vpc}/quarantine", label=_name(vpc))


def _name(vpc: str) -> str:
    return f"irkit-quarantine-{vpc}"


def _judge(acl: JsonObject) -> str:
    allows = any(at(item, "RuleAction") == "allow" for item in entries(acl, "Entries"))
    return "open" if allows else _CLOSED


async def _ours(readers: Readers, where: Where, vpc: str) -> "JsonObject | None":
    found = await _acls(readers, where, {"tag:Name": _name(vpc), "vpc-id": vpc})
    return next(iter(found), None)


async def _association(readers: Readers, where: Where, subnet: str) -> JsonObject:
    for acl in await _acls(readers, where, {"association.subnet-id": subnet}):
        for item in entries(acl, "Associations"):
            if maybe_text(item, "SubnetId") == subnet:
                return item
    raise no_such("network ACL of subnet", subnet, "every subnet has one: look again")


async def _acls(readers: Readers, where: Where, filters: dict[str, str]) -> tuple[JsonObject, ...]:
    asked: Json = [{"Name": name, "Values": [value]} for name, value in filters.items()]
    return await where.listed(
        readers, "ec2", "describe_network_acls", "NetworkAcls", {"Filters": asked}
    )


async def _make(writers: Writers, where: Where, vpc: str) -> Applied:
    tags: Json = [{"ResourceType": "network-acl", "Tags": [{"Key": "Name", "Value": _name(vpc)}]}]
    return await where.send(
        writers, "ec2", "create_network_acl", {"VpcId": vpc, "TagSpecifications": tags}
    )


async def _associate(
    readers: Readers, writers: Writers, where: Where, subnet: str, acl: str
) -> Applied:
    """Put a subnet behind an ACL; the association has another id after each time."""
    association = await _association(readers, where, subnet)
    return await where.send(
        writers,
        "ec2",
        "replace_network_acl_association",
        {
            "AssociationId": text(association, "NetworkAclAssociationId"),
            "NetworkAclId": acl,
        },
    )
