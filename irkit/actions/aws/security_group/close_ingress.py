"""Close what a security group lets in: from anywhere, or from one network."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import ClassVar, Final

from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.networks import Network, network, within
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import at, entries, listed, maybe_text, text
from irkit.actions.where import HOME, Where, named
from irkit.canonical import Json, JsonObject, canonical, thaw
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

ANYWHERE: Final = "anywhere"

_WIDEST: Final = {4: 8, 6: 16}
"""Whatever is wider lets in anybody: two halves of all addresses are as open as the whole."""

_BY_ID: Final = ("sg-", "pl-")
_EVERYTHING: Final = "-1"
_ABSENT: Final = ("InvalidGroup.NotFound", "InvalidGroupId.Malformed")


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIngress(Action):
    """Takes rules out of one group, and puts them back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.security_group.close_ingress",
        version=1,
        verb=Verb.DO,
        summary="Close what a security group lets in",
        needs=("aws",),
        effect=Effect.IDEMPOTENT,
        reversal=Reversal.EXACT,
        target="aws.security_group",
        permissions=Permissions(
            iam_read=("ec2:DescribeSecurityGroupRules", "ec2:DescribeSecurityGroups"),
            iam_write=(
                "ec2:AuthorizeSecurityGroupIngress",
                "ec2:CreateTags",
                "ec2:RevokeSecurityGroupIngress",
            ),
        ),
        does_not_cut=(Kind.INSTANCE_SESSION, Kind.ROLE_SESSION, Kind.LONG_TERM_KEY),
        visible_within=timedelta(seconds=30),
        attack=("T1190", "T1021.007"),
        d3fend=("D3-NTF",),
        gotchas=(
            "Connections that are open already stay open: isolate the machine to end them.",
            "Everything that uses the group loses the port, customers included.",
            "An interface can be in several groups, and another one may let the same in.",
            "`anywhere` is every network wider than an IPv4 /8 or an IPv6 /16.",
            "What a prefix list holds is not looked at: name it (pl-…) to close it.",
        ),
    )

    group: str = parameter("text", "The security group: ARN, or id (sg-…) with `account`")
    port: int = parameter("int", "The port to close; 0 for every port", default=0)
    source: str = parameter(
        "text", "From where: `anywhere`, a network (CIDR), sg-… or pl-…", default=ANYWHERE
    )
    account: str = parameter("aws.account", "The account, where `group` is no ARN", default="")
    region: str = parameter("aws.region", "The region, where `group` is no ARN", default=HOME)

    async def probe(self, readers: Readers) -> Seen:
        """Read the rules for what comes in."""
        where, group = self._place()
        found = await where.find(
            readers, "ec2", "describe_security_groups", {"GroupIds": [group]}, _ABSENT
        )
        if not entries(found, "SecurityGroups"):
            raise no_such("security group", group, f"look in {where.account}/{where.region}")
        rules = [_meaning(rule) for rule in await _rules(readers, where, group)]
        return {
            "tenant": where.tenant,
            "id": group,
            "label": where.arn("ec2", f"security-group/{group}"),
            "ingress": listed(sorted(rules, key=canonical)),
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Take out the rules that let in what shall not come in.

        Raises:
            IrkitError: if a rule for a wider network lets it in all the same.
        """
        self._refuse_wider(seen)
        kept = [rule for rule in entries(seen, "ingress") if not self._lets_in(rule)]
        if len(kept) == len(entries(seen, "ingress")):
            return ()
        target = self._target(seen)
        return (
            Change(
                id="close",
                target=target,
                verb="close ingress",
                before=self.state(seen, target),
                after={"ingress": listed(kept)},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return what the group lets in."""
        return {"ingress": seen["ingress"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the group."""
        return (self._target(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """Take the rules out, each by its id: their text has more than one spelling."""
        where, group = self._place()
        gone = [thaw(rule) for rule in _taken(change)]
        ids = [
            text(rule, "SecurityGroupRuleId")
            for rule in await _rules(readers, where, group)
            if thaw(_meaning(rule)) in gone
        ]
        return await where.send(
            writers,
            "ec2",
            "revoke_security_group_ingress",
            {"GroupId": group, "SecurityGroupRuleIds": listed(ids)},
        )

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Put back the rules that are missing: one call for those that have the same tags."""
        where, group = self._place()
        there = [thaw(_meaning(rule)) for rule in await _rules(readers, where, group)]
        missing = [rule for rule in _taken(change) if thaw(rule) not in there]
        done = Applied()
        for tags, rules in _by_tags(missing):
            given: dict[str, Json] = {
                "GroupId": group,
                "IpPermissions": listed(map(_permission, rules)),
            }
            if tags:
                given["TagSpecifications"] = [
                    {"ResourceType": "security-group-rule", "Tags": listed(tags)}
                ]
            sent = await where.send(writers, "ec2", "authorize_security_group_ingress", {**given})
            done = Applied(request_ids=(*done.request_ids, *sent.request_ids), status=sent.status)
        return done

    def _lets_in(self, rule: JsonObject) -> bool:
        source, theirs, asked = text(rule, "source"), _network_of(rule), self._asked()
        if self.source == ANYWHERE:
            meant = theirs is not None and theirs.prefixlen < _WIDEST[theirs.version]
        elif theirs is not None and asked is not None:
            meant = within(theirs, asked)
        else:
            meant = source == self.source
        return meant and self._opens(rule)

    def _opens(self, rule: JsonObject) -> bool:
        """Say whether a rule opens the port that is meant."""
        first, last = at(rule, "from"), at(rule, "to")
        every = self.port == 0 or text(rule, "protocol") == _EVERYTHING
        return every or (
            isinstance(first, int) and isinstance(last, int) and first <= self.port <= last
        )

    def _asked(self) -> "Network | None":
        """Return the network that is meant, None where it is no single one.

        Raises:
            IrkitError: if `source` names nothing that a rule could let in.
        """
        if self.source == ANYWHERE or self.source.startswith(_BY_ID):
            return None
        return network(self.source)

    def _refuse_wider(self, seen: Seen) -> None:
        """Refuse where a rule for more than what is meant lets it in.

        Raises:
            IrkitError: naming the wider network.
        """
        asked = self._asked()
        if asked is None:
            return
        for rule in entries(seen, "ingress"):
            theirs = _network_of(rule)
            wider = theirs is not None and theirs != asked and within(asked, theirs)
            if wider and self._opens(rule):
                raise cannot_reach(
                    f"{text(seen, 'label')} lets {self.source} in all the same, by a rule for "
                    f"{theirs}",
                    f"close that one: `source: {theirs}`",
                )

    def _place(self) -> tuple[Where, str]:
        return named("ec2", "security-group/", self.group, self.account, self.region)

    def _target(self, seen: Seen) -> Target:
        return Target(
            kind="aws.security_group",
            tenant=text(seen, "tenant"),
            id=text(seen, "id"),
            label=text(seen, "label"),
        )


async def _rules(readers: Readers, where: Where, group: str) -> tuple[JsonObject, ...]:
    found = await where.listed(
        readers,
        "ec2",
        "describe_security_group_rules",
        "SecurityGroupRules",
        {"Filters": [{"Name": "group-id", "Values": [group]}]},
    )
    return tuple(rule for rule in found if not at(rule, "IsEgress"))


def _network_of(rule: JsonObject) -> "Network | None":
    """Return the network that a rule lets in, None for a group or a prefix list."""
    source = text(rule, "source")
    return None if source.startswith(_BY_ID) else network(source)


def _meaning(rule: JsonObject) -> JsonObject:
    """Return a rule without its id, which is another one after it was put back."""
    source = (
        maybe_text(rule, "CidrIpv4")
        or maybe_text(rule, "CidrIpv6")
        or maybe_text(rule, "PrefixListId")
        or maybe_text(rule, "ReferencedGroupInfo", "GroupId")
    )
    return {
        "protocol": text(rule, "IpProtocol"),
        "from": at(rule, "FromPort"),
        "to": at(rule, "ToPort"),
        "source": source,
        "owner": maybe_text(rule, "ReferencedGroupInfo", "UserId"),
        "description": maybe_text(rule, "Description"),
        "tags": listed(sorted(entries(rule, "Tags"), key=canonical)),
    }


def _taken(change: Change) -> Iterator[JsonObject]:
    kept = [thaw(rule) for rule in entries(change.after, "ingress")]
    return (rule for rule in entries(change.before, "ingress") if thaw(rule) not in kept)


def _by_tags(
    rules: Iterable[JsonObject],
) -> Iterator[tuple[tuple[JsonObject, ...], list[JsonObject]]]:
    """Yield the rules that have the same tags, with these: AWS tags all rules of one call."""
    ordered = sorted(rules, key=lambda rule: canonical(rule["tags"]))
    for _, group in groupby(ordered, key=lambda rule: canonical(rule["tags"])):
        same = [*group]
        yield entries(same[0], "tags"), same


def _permission(rule: JsonObject) -> JsonObject:
    """Return a rule in the form that AWS takes."""
    source, owner = text(rule, "source"), text(rule, "owner")
    described: dict[str, Json] = {}
    if text(rule, "description"):
        described["Description"] = rule["description"]
    ports = {"FromPort": rule["from"], "ToPort": rule["to"]}
    permission: dict[str, Json] = {
        "IpProtocol": rule["protocol"],
        **{name: port for name, port in ports.items() if port is not None},
    }
    if source.startswith("sg-"):
        pair: dict[str, Json] = {"GroupId": source, **described}
        if owner:
            pair["UserId"] = owner
        return {**permission, "UserIdGroupPairs": [pair]}
    if source.startswith("pl-"):
        return {**permission, "PrefixListIds": [{"PrefixListId": source, **described}]}
    if ":" in source:
        return {**permission, "Ipv6Ranges": [{"CidrIpv6": source, **described}]}
    return {**permission, "IpRanges": [{"CidrIp": source, **described}]}
