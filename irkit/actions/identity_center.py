"""One person in IAM Identity Center: the instance, their account assignments, their groups."""

from dataclasses import dataclass
from typing import Final

from irkit.actions.absent import or_none
from irkit.actions.aws_calls import all_of
from irkit.actions.base import Readers
from irkit.actions.refusal import cannot_reach, no_such
from irkit.actions.shape import listed, maybe_text, text
from irkit.canonical import Json, JsonObject

_ABSENT: Final = ("ResourceNotFoundException",)


async def see_person(readers: Readers, user: str, account: str, region: str) -> JsonObject:
    """Return the instance, the person's name, direct assignments and group memberships.

    Raises:
        IrkitError: if there is no instance in that account and region, or no such user.
    """
    place = _Place(readers=readers, account=account, region=region)
    instances = await place.all_of("sso-admin", "list_instances", "Instances", {})
    if len(instances) != 1:
        raise cannot_reach(
            f"IAM Identity Center has no instance in account {account}, region {region}",
            "give the account and region where it is administered",
        )
    instance, store = (text(instances[0], key) for key in ("InstanceArn", "IdentityStoreId"))
    return {
        "account": account,
        "instance": instance,
        "store": store,
        "name": await place.name_of(store, user),
        "assignments": await place.assignments(instance, user),
        "groups": await place.groups(store, user),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where Identity Center is administered."""

    readers: Readers
    account: str
    region: str

    async def all_of(
        self, service: str, operation: str, name: str, given: JsonObject
    ) -> tuple[JsonObject, ...]:
        return await all_of(
            self.readers, service, operation, name, given, account=self.account, region=self.region
        )

    async def name_of(self, store: str, user: str) -> str:
        call = self.readers.aws.call(
            "identitystore",
            "describe_user",
            {"IdentityStoreId": store, "UserId": user},
            account=self.account,
            region=self.region,
        )
        reply = await or_none(call, _ABSENT)
        if reply is None:
            raise no_such("user of IAM Identity Center", user, "give the user's id, not the name")
        return maybe_text(reply.body, "UserName")

    async def assignments(self, instance: str, user: str) -> list[Json]:
        found = await self.all_of(
            "sso-admin",
            "list_account_assignments_for_principal",
            "AccountAssignments",
            {"InstanceArn": instance, "PrincipalId": user, "PrincipalType": "USER"},
        )
        return listed(
            {"account": text(item, "AccountId"), "permission_set": text(item, "PermissionSetArn")}
            for item in found
            if text(item, "PrincipalType") == "USER"  # those of groups are listed as well
        )

    async def groups(self, store: str, user: str) -> list[Json]:
        found = await self.all_of(
            "identitystore",
            "list_group_memberships_for_member",
            "GroupMemberships",
            {"IdentityStoreId": store, "MemberId": {"UserId": user}},
        )
        return listed(
            {"group": text(item, "GroupId"), "membership": text(item, "MembershipId")}
            for item in found
        )
