"""The access keys of one IAM user."""

from irkit.actions.arn import Principal
from irkit.actions.base import Applied, Readers, Writers
from irkit.actions.iam_principal import user_target
from irkit.actions.shape import entries, text
from irkit.actions.touches import owned
from irkit.canonical import Json, JsonObject
from irkit.model.change import Target


async def list_keys(readers: Readers, user: Principal) -> list[Json]:
    """Return the user's keys, oldest first: id, status and time of creation."""
    found: list[JsonObject] = []
    async for page in readers.aws.pages(
        "iam", "list_access_keys", {"UserName": user.name}, account=user.account
    ):
        found += entries(page.body, "AccessKeyMetadata")
    keys = [
        {
            "id": text(item, "AccessKeyId"),
            "status": text(item, "Status"),
            "created": text(item, "CreateDate"),
        }
        for item in found
    ]
    return [*sorted(keys, key=lambda key: (key["created"], key["id"]))]


def key_status(seen: JsonObject, key: str) -> str:
    """Return the status of `key` in what was seen, empty if the user has no such key."""
    for item in entries(seen, "keys"):
        if item["id"] == key:
            return text(item, "status")
    return ""


def key_target(seen: JsonObject, key: str) -> Target:
    """Return the key of the user that was seen, as a target."""
    user = user_target(seen)
    return owned("aws.access_key", user, key, f"{key} of {user.label}")


async def set_status(writers: Writers, user: Principal, key: str, status: str) -> Applied:
    """Switch a key on or off. Without the user's name IAM would look among the caller's own."""
    reply, _ = await writers.aws.send(
        "iam",
        "update_access_key",
        {"UserName": user.name, "AccessKeyId": key, "Status": status},
        account=user.account,
    )
    return Applied(request_ids=(reply.request_id,), status=reply.status)
