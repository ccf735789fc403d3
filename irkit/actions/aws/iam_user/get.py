"""Who an IAM user is and what it holds: keys, groups, policies, devices, console access."""

from dataclasses import dataclass
from typing import ClassVar

from irkit.actions.absent import IAM, or_none
from irkit.actions.arn import Principal, principal
from irkit.actions.base import Answer, Read, Readers, parameter
from irkit.actions.iam_keys import list_keys
from irkit.actions.iam_principal import fetch_user
from irkit.actions.key_secret import last_used
from irkit.actions.shape import entries, listed, maybe_text, text, texts
from irkit.canonical import Json, JsonObject
from irkit.model.access.kinds import CredentialKind as Kind
from irkit.model.spec import Permissions, Spec, Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Get(Read):
    """Returns one IAM user."""

    spec: ClassVar[Spec] = Spec(
        id="aws.iam_user.get",
        version=1,
        verb=Verb.READ,
        summary="Look at an IAM user",
        needs=("aws",),
        target="aws.user",
        permissions=Permissions(
            iam_read=(
                "iam:GetAccessKeyLastUsed",
                "iam:GetLoginProfile",
                "iam:GetUser",
                "iam:ListAccessKeys",
                "iam:ListAttachedUserPolicies",
                "iam:ListGroupsForUser",
                "iam:ListMFADevices",
                "iam:ListUserPolicies",
            )
        ),
        reveals=(Kind.LONG_TERM_KEY,),
        d3fend=("D3-AM",),
        gotchas=("When a key was last used is known some hours late, and only for one service.",),
        result={
            "type": "object",
            "properties": {
                "arn": {"type": "string"},
                "name": {"type": "string"},
                "id": {"type": "string"},
                "account": {"type": "string"},
                "created_at": {"type": "string"},
                "password_last_used": {"type": "string"},
                "console": {"type": "boolean"},
                "keys": {"type": "array"},
                "groups": {"type": "array", "items": {"type": "string"}},
                "inline_policies": {"type": "array", "items": {"type": "string"}},
                "attached_policies": {"type": "array", "items": {"type": "string"}},
                "mfa_devices": {"type": "array"},
            },
        },
    )

    user: str = parameter("aws.user", "The user: ARN, or name with `account`")
    account: str = parameter("aws.account", "The account, where `user` is no ARN", default="")

    async def read(self, readers: Readers) -> Answer:
        """Read the user and all lists that belong to it."""
        user = principal("user", self.user, self.account)
        record = await fetch_user(readers, user)
        keys = [
            {**key, "last_used_at": await last_used(readers, user, text(key, "id"))}
            for key in entries({"keys": await list_keys(readers, user)}, "keys")
        ]
        groups = await _all(readers, user, "list_groups_for_user", "Groups")
        attached = await _all(readers, user, "list_attached_user_policies", "AttachedPolicies")
        devices = await _all(readers, user, "list_mfa_devices", "MFADevices")
        value: dict[str, Json] = {
            "arn": text(record, "Arn"),
            "name": user.name,
            "id": text(record, "UserId"),
            "account": user.account,
            "created_at": maybe_text(record, "CreateDate"),
            "password_last_used": maybe_text(record, "PasswordLastUsed"),
            "console": await _has_console(readers, user),
            "keys": listed(keys),
            "groups": listed(text(item, "GroupName") for item in groups),
            "inline_policies": listed(await _policy_names(readers, user)),
            "attached_policies": listed(text(item, "PolicyArn") for item in attached),
            "mfa_devices": listed(
                {
                    "serial": text(item, "SerialNumber"),
                    "enabled_at": maybe_text(item, "EnableDate"),
                }
                for item in devices
            ),
        }
        return Answer(value=value, raw={"user": record, **value})


async def _all(
    readers: Readers, user: Principal, operation: str, name: str
) -> tuple[JsonObject, ...]:
    found: list[JsonObject] = []
    async for page in readers.aws.pages(
        "iam", operation, {"UserName": user.name}, account=user.account
    ):
        found += entries(page.body, name)
    return tuple(found)


async def _policy_names(readers: Readers, user: Principal) -> tuple[str, ...]:
    names: list[str] = []
    async for page in readers.aws.pages(
        "iam", "list_user_policies", {"UserName": user.name}, account=user.account
    ):
        names += texts(page.body, "PolicyNames")
    return tuple(names)


async def _has_console(readers: Readers, user: Principal) -> bool:
    call = readers.aws.call(
        "iam", "get_login_profile", {"UserName": user.name}, account=user.account
    )
    return await or_none(call, IAM) is not None
