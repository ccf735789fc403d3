"""Take a principal's way into one EKS cluster: its access entry, with all that hangs on it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from irkit.actions.absent import or_none
from irkit.actions.arn import principal
from irkit.actions.aws_calls import all_of, sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import entries, entry, listed, text, texts
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb

_ABSENT: Final = ("ResourceNotFoundException",)


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAccess(Action):
    """Deletes one access entry, and makes it again with its policies."""

    spec: ClassVar[Spec] = Spec(
        id="aws.eks.remove_access",
        version=1,
        verb=Verb.DO,
        summary="Take a principal's access to an EKS cluster",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="aws.eks_access",
        permissions=Permissions(
            iam_read=(
                "eks:DescribeAccessEntry",
                "eks:DescribeCluster",
                "eks:ListAssociatedAccessPolicies",
            ),
            iam_write=(
                "eks:AssociateAccessPolicy",
                "eks:CreateAccessEntry",
                "eks:DeleteAccessEntry",
                "eks:TagResource",
            ),
        ),
        does_not_cut=(
            Kind.LONG_TERM_KEY,
            Kind.ROLE_SESSION,
            Kind.FEDERATED_ROLE_SESSION,
            Kind.INSTANCE_SESSION,
        ),
        visible_within=timedelta(minutes=2),
        in_doubt_wait=timedelta(seconds=10),
        closes_door=True,
        attack=("T1098.003", "T1078.004"),
        d3fend=("D3-AL",),
        gotchas=(
            "A token of the cluster that was issued before lives for up to 15 minutes.",
            "The ConfigMap aws-auth is a second way in: look at it, and at RBAC bindings.",
            "What the principal left running in the cluster goes on.",
            "Entries of nodes are refused: without one its machines leave the cluster.",
        ),
    )

    cluster: str = parameter("text", "The cluster's name")
    principal: str = parameter("text", "The principal's ARN, as the access entry has it")
    account: str = parameter("aws.account", "The cluster's account")
    region: str = parameter("aws.region", "The cluster's region", default="us-east-1")

    async def probe(self, readers: Readers) -> Seen:
        """Read the access entry and its policies; without one, whether the cluster is there.

        Raises:
            IrkitError: if there is no such cluster, or what was given can have no entry.
        """
        call = readers.aws.call(
            "eks",
            "describe_access_entry",
            self._named(),
            account=self.account,
            region=self.region,
        )
        reply = await or_none(call, _ABSENT)
        if reply is None:
            principal("user" if ":user/" in self.principal else "role", self.principal)
            await self._cluster(readers)
            return {"entry": None}
        found = entry(reply.body, "accessEntry")
        policies = await all_of(
            readers,
            "eks",
            "list_associated_access_policies",
            "associatedAccessPolicies",
            self._named(),
            account=self.account,
            region=self.region,
        )
        return {
            "entry": {
                "type": text(found, "type"),
                "username": text(found, "username"),
                "groups": listed(sorted(texts(found, "kubernetesGroups"))),
                "tags": found.get("tags") or {},
                "policies": _policies(policies),
            }
        }

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """Delete the entry, if there is one."""
        if seen["entry"] is None:
            return ()
        if text(seen, "entry", "type") != "STANDARD":
            raise cannot_reach(
                f"the access entry of {self.principal} is one of {text(seen, 'entry', 'type')}: "
                "without it the cluster's machines leave the cluster",
                "isolate the machines, or quarantine the role",
            )
        target = self._target()
        return (
            Change(
                id="remove-access",
                target=target,
                verb="delete access entry",
                before=self.state(seen, target),
                after={"entry": None},
            ),
        )

    def state(self, seen: Seen, target: Target) -> Json:  # noqa: ARG002 - there is one target
        """Return the whole entry, None without one."""
        return {"entry": seen["entry"]}

    def targets(self, seen: Seen) -> tuple[Target, ...]:  # noqa: ARG002 - it was given
        """Return the access."""
        return (self._target(),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:  # noqa: ARG002
        """Delete the entry; its policies go with it."""
        return await self._send(writers, "delete_access_entry", {})

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,
        writers: Writers,
    ) -> Applied:
        """Make the entry again where it is missing, and associate each of its policies."""
        was = entry(change.before, "entry")
        ids: tuple[str, ...] = ()
        if (await self.probe(readers))["entry"] is None:
            made = await self._send(
                writers,
                "create_access_entry",
                {
                    "kubernetesGroups": was["groups"],
                    "username": was["username"],
                    "tags": was["tags"],
                    "type": was["type"],
                },
            )
            ids = made.request_ids
        for policy in entries(was, "policies"):
            done = await self._send(writers, "associate_access_policy", policy)
            ids = (*ids, *done.request_ids)
        return Applied(request_ids=ids, status=200)

    async def _cluster(self, readers: Readers) -> None:
        """Return if the cluster is there: EKS says the same of one that is not and of no entry."""
        call = readers.aws.call(
            "eks",
            "describe_cluster",
            {"name": self.cluster},
            account=self.account,
            region=self.region,
        )
        if await or_none(call, _ABSENT) is None:
            place = f"look in account {self.account}, region {self.region}"
            raise no_such("EKS cluster", self.cluster, place)

    async def _send(self, writers: Writers, operation: str, more: JsonObject) -> Applied:
        return await sent(
            writers,
            "eks",
            operation,
            {**self._named(), **more},
            account=self.account,
            region=self.region,
        )

    def _named(self) -> dict[str, Json]:
        return {"clusterName": self.cluster, "principalArn": self.principal}

    def _target(self) -> Target:
        return Target(
            kind="aws.eks_access",
            tenant=f"aws:{self.account}",
            id=f"{self.region}:{self.cluster}:{self.principal}",
            label=f"{self.principal} in cluster {self.cluster}",
        )


def _policies(found: tuple[JsonObject, ...]) -> list[Json]:
    """Return the associations as they can be made again, sorted."""
    return [
        {
            "policyArn": text(item, "policyArn"),
            "accessScope": {
                "type": text(item, "accessScope", "type"),
                "namespaces": listed(sorted(texts(item, "accessScope", "namespaces"))),
            },
        }
        for item in sorted(found, key=lambda item: text(item, "policyArn"))
    ]
