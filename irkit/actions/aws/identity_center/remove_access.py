"""Take a person's accounts and groups in IAM Identity Center."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from irkit.actions.aws_calls import sent
from irkit.actions.base import Action, Applied, Readers, Seen, Writers, parameter
from irkit.actions.identity_center import see_person
from irkit.actions.shape import entries, text
from irkit.actions.touches import own_id, owned
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.change import Change, Target
from irkit.model.spec import Effect, Permissions, Reversal, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveAccess(Action):
    """Ends each assignment and membership, and gives them back."""

    spec: ClassVar[Spec] = Spec(
        id="aws.identity_center.remove_access",
        version=1,
        verb=Verb.DO,
        summary="Take a person's accounts and groups in IAM Identity Center",
        needs=("aws",),
        effect=Effect.PROBEABLE,
        reversal=Reversal.EXACT,
        target="aws.identity_center_access",
        permissions=Permissions(
            iam_read=(
                "identitystore:DescribeUser",
                "identitystore:ListGroupMembershipsForMember",
                "sso:ListAccountAssignmentsForPrincipal",
                "sso:ListInstances",
            ),
            iam_write=(
                "identitystore:CreateGroupMembership",
                "identitystore:DeleteGroupMembership",
                "sso:CreateAccountAssignment",
                "sso:DeleteAccountAssignment",
            ),
        ),
        does_not_cut=(Kind.FEDERATED_ROLE_SESSION, Kind.CONSOLE_SESSION, Kind.CHAINED_ROLE_SESSION),
        visible_within=timedelta(minutes=5),
        in_doubt_wait=timedelta(seconds=30),
        closes_door=True,
        attack=("T1078.004",),
        d3fend=("D3-AL",),
        gotchas=(
            "Role sessions go on for up to 12 hours: deny the user by aws.org.scp_deny_principal.",
            "The portal session goes on, to no use: end it by hand (docs/how-to/by-hand.md).",
            "Groups that Okta provisions come back by themselves: remove them in Okta first.",
            "Assignments are made and taken in the background, which takes minutes.",
        ),
    )

    user: str = parameter("text", "The user's id in the identity store")
    account: str = parameter("aws.account", "The account that administers Identity Center")
    region: str = parameter("aws.region", "The region of Identity Center", default="us-east-1")

    async def probe(self, readers: Readers) -> Seen:
        """Read the person's assignments and groups."""
        return await see_person(readers, self.user, self.account, self.region)

    def plan(self, seen: Seen) -> tuple[Change, ...]:
        """End each of them."""
        return (
            *(self._change(seen, item, "assignment") for item in entries(seen, "assignments")),
            *(self._change(seen, item, "group") for item in entries(seen, "groups")),
        )

    def state(self, seen: Seen, target: Target) -> Json:
        """Return whether the person has the assignment or is in the group."""
        return {"given": own_id(target) in {_own(item) for item in _all(seen)}}

    def targets(self, seen: Seen) -> tuple[Target, ...]:
        """Return the assignments and memberships, or the person without any."""
        found = tuple(self._target(seen, item) for item in _all(seen))
        return found or (self._person(seen),)

    async def apply(self, change: Change, readers: Readers, writers: Writers) -> Applied:
        """End the assignment or membership."""
        if own_id(change.target).startswith("assignment:"):
            given = self._assignment(change)
            return await self._send(writers, "sso-admin", "delete_account_assignment", given)
        seen = await self.probe(readers)
        group = text(change.saved, "group")
        membership = next(
            text(item, "membership") for item in entries(seen, "groups") if item["group"] == group
        )
        given = {"IdentityStoreId": text(change.saved, "store"), "MembershipId": membership}
        return await self._send(writers, "identitystore", "delete_group_membership", given)

    async def undo(
        self,
        change: Change,
        applied: Applied,  # noqa: ARG002
        readers: Readers,  # noqa: ARG002
        writers: Writers,
    ) -> Applied:
        """Give the assignment or membership back."""
        if own_id(change.target).startswith("assignment:"):
            given = self._assignment(change)
            return await self._send(writers, "sso-admin", "create_account_assignment", given)
        member: dict[str, Json] = {
            "IdentityStoreId": text(change.saved, "store"),
            "GroupId": text(change.saved, "group"),
            "MemberId": {"UserId": self.user},
        }
        return await self._send(writers, "identitystore", "create_group_membership", member)

    def _change(self, seen: Seen, item: JsonObject, what: str) -> Change:
        place = {"instance": seen["instance"], "store": seen["store"]}
        return Change(
            id=_own(item).replace(":", "-"),
            target=self._target(seen, item),
            verb=f"end {what}",
            before={"given": True},
            after={"given": False},
            saved={**place, **item},
        )

    def _assignment(self, change: Change) -> dict[str, Json]:
        return {
            "InstanceArn": text(change.saved, "instance"),
            "TargetId": text(change.saved, "account"),
            "TargetType": "AWS_ACCOUNT",
            "PermissionSetArn": text(change.saved, "permission_set"),
            "PrincipalType": "USER",
            "PrincipalId": self.user,
        }

    async def _send(
        self, writers: Writers, service: str, operation: str, given: dict[str, Json]
    ) -> Applied:
        return await sent(
            writers, service, operation, given, account=self.account, region=self.region
        )

    def _person(self, seen: Seen) -> Target:
        return Target(
            kind="aws.identity_center_user",
            tenant=f"aws:{self.account}",
            id=self.user,
            label=f"{text(seen, 'name')} in Identity Center",
        )

    def _target(self, seen: Seen, item: JsonObject) -> Target:
        person = self._person(seen)
        label = f"{_own(item)} of {person.label}"
        return owned("aws.identity_center_access", person, _own(item), label)


def _all(seen: Seen) -> tuple[JsonObject, ...]:
    return (*entries(seen, "assignments"), *entries(seen, "groups"))


def _own(item: JsonObject) -> str:
    """Return what tells an assignment or membership from the person's others."""
    if "group" in item:
        return f"group:{text(item, 'group')}"
    return f"assignment:{text(item, 'account')}:{text(item, 'permission_set').rpartition('/')[2]}"
