"""What an intruder leaves in an org to come back by: each kind of thing, and where it is listed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from irkit.actions.base import Readers
from irkit.actions.okta_notes import Notes
from irkit.actions.shape import maybe_text, text
from irkit.canonical import Json, JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One kind of thing: its name, the collection it is in, and where its own name stands."""

    kind: str
    path: str
    name: tuple[str, ...] = ("name",)
    query: Mapping[str, str] | None = None


PLACES: Final = (
    Place(kind="identity provider", path="/api/v1/idps"),
    Place(kind="API token", path="/api/v1/api-tokens"),
    Place(kind="application", path="/api/v1/apps", name=("label",), query={"limit": "200"}),
    Place(kind="inline hook", path="/api/v1/inlineHooks"),
    Place(kind="event hook", path="/api/v1/eventHooks"),
    Place(kind="log stream", path="/api/v1/logStreams"),
    Place(kind="network zone", path="/api/v1/zones"),
    Place(kind="trusted origin", path="/api/v1/trustedOrigins"),
    Place(kind="group rule", path="/api/v1/groups/rules"),
    Place(kind="agent pool", path="/api/v1/agentPools"),
    Place(kind="API service integration", path="/integrations/api/v1/api-services"),
)

_POLICY_TYPES: Final = ("OKTA_SIGN_ON", "ACCESS_POLICY", "MFA_ENROLL", "PASSWORD", "IDP_DISCOVERY")
_SECRET: Final = frozenset({"client_secret", "password", "secret", "token"})
_SECRET_IN: Final = frozenset({"authScheme", "headers"})
"""Where a `value` is a secret; elsewhere it is an address or an expression."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One thing of the org; `record` is Okta's own, without secrets."""

    kind: str
    id: str
    name: str
    record: JsonObject

    @property
    def created(self) -> str:
        """When it was made, as Okta says, empty where it does not."""
        return maybe_text(self.record, "created") or maybe_text(self.record, "createdAt")

    @property
    def changed(self) -> str:
        """When it was last changed, as Okta says, empty where it does not."""
        return maybe_text(self.record, "lastUpdated")


async def things(readers: Readers, notes: Notes) -> list[Thing]:
    """Return everything of every kind, and the rules of policies."""
    found: list[Thing] = []
    for place in PLACES:
        for record in await notes.read(readers, place.path, place.query):
            name = maybe_text(record, *place.name) or text(record, "id")
            found.append(_thing(place.kind, record, name))
    for kind in _POLICY_TYPES:
        for policy in await notes.read(readers, "/api/v1/policies", {"type": kind}):
            found += await _rules(readers, notes, policy)
    return found


async def _rules(readers: Readers, notes: Notes, policy: JsonObject) -> list[Thing]:
    policy_id, name = text(policy, "id"), maybe_text(policy, "name")
    rules = await notes.read(readers, f"/api/v1/policies/{policy_id}/rules")
    return [
        _thing("policy", policy, name),
        *(_thing("policy rule", rule, f"{name}: {maybe_text(rule, 'name')}") for rule in rules),
    ]


def _thing(kind: str, record: JsonObject, name: str) -> Thing:
    kept = {key: without_secrets(value, key) for key, value in record.items() if key != "_links"}
    return Thing(kind=kind, id=text(record, "id"), name=name, record=kept)


def without_secrets(value: Json, key: str = "", *, inside: bool = False) -> Json:
    """Return `value` with what may be a secret replaced; the rest is evidence."""
    if isinstance(value, Mapping):
        inner = inside or key in _SECRET_IN
        return {name: without_secrets(item, name, inside=inner) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(item, key, inside=inside or key in _SECRET_IN) for item in value]
    hidden = key in _SECRET or (inside and key == "value")
    return "(left out)" if hidden and value else value


def counted(found: Iterable[Thing]) -> JsonObject:
    """Return how many there are of each kind."""
    counts: dict[str, Json] = {}
    for thing in found:
        before = counts.get(thing.kind, 0)
        counts[thing.kind] = (before if isinstance(before, int) else 0) + 1
    return counts
