"""Groups a user is in as actions see them: which can be left, and which rules fill them."""

from irkit.actions.base import Readers
from irkit.actions.shape import listed, maybe_text, text, texts
from irkit.canonical import JsonObject


async def group_rules(readers: Readers) -> list[JsonObject]:
    """Return the org's group rules."""
    return await readers.okta.list("/api/v1/groups/rules")


def as_filled(group: JsonObject, rules: list[JsonObject]) -> JsonObject:
    """Return a group's id, name and kind, and the names of the active rules that fill it."""
    group_id = text(group, "id")
    filling = [
        maybe_text(rule, "name")
        for rule in rules
        if maybe_text(rule, "status") == "ACTIVE"
        and group_id in texts(rule, "actions", "assignUserToGroups", "groupIds")
    ]
    return {
        "id": group_id,
        "name": text(group, "profile", "name"),
        "kind": text(group, "type"),
        "rules": listed(sorted(filling)),
    }


def can_be_left(group: JsonObject) -> bool:
    """Say whether Okta takes anybody out of the group: only out of its own, and not Everyone."""
    return text(group, "kind") == "OKTA_GROUP"
