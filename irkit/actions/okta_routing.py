"""Routing rules: which of them send people to an identity provider."""

from irkit.actions.base import Readers
from irkit.actions.shape import entries, maybe_text, text
from irkit.canonical import Json, JsonObject


async def routed_to(readers: Readers, idp: str) -> list[Json]:
    """Return the names and ids of the active routing rules that lead to the provider `idp`."""
    rules: list[JsonObject] = []
    for policy in await readers.okta.list("/api/v1/policies", {"type": "IDP_DISCOVERY"}):
        rules += await readers.okta.list(f"/api/v1/policies/{text(policy, 'id')}/rules")
    return [
        f"{maybe_text(rule, 'name')} ({text(rule, 'id')})"
        for rule in rules
        if maybe_text(rule, "status") == "ACTIVE" and idp in _leads_to(rule)
    ]


def _leads_to(rule: JsonObject) -> set[str]:
    return {maybe_text(item, "id") for item in entries(rule, "actions", "idp", "providers")}
