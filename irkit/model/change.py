"""A change: one write call on one target, with what is there before and what shall be after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from sys import intern
from typing import TypeAlias, cast

from irkit.canonical import Json, JsonObject, digest, thaw

ChangeId: TypeAlias = str

LATE = "$late"
"""The one key of a late value's JSON object: a value known only when the change is made."""

PROVIDER_NOW: Json = {LATE: "provider_now"}
"""The provider's clock at the moment of writing, as RFC 3339 text in whole seconds."""


def result_of(change: ChangeId, output: str) -> Json:
    """Return the late value that stands for an output of another change of the same part."""
    return {LATE: "result_of", "change": change, "output": output}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is changed. `id` never changes meaning (an Okta user id, an IAM unique id, an ENI id).

    `tenant` is `okta:<org id>` or `aws:<account id>`; `label` is the name people know, such as a
    login or an ARN.
    """

    kind: str
    tenant: str
    id: str
    label: str

    @property
    def key(self) -> str:
        """Return the text that is equal for the same thing and different for any other."""
        return f"{self.tenant}/{self.kind}/{self.id}"

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"kind": self.kind, "tenant": self.tenant, "id": self.id, "label": self.label}

    @classmethod
    def from_json(cls, value: JsonObject) -> "Target":
        """Read the JSON form back."""
        fields = cast("Mapping[str, str]", value)
        return cls(
            kind=intern(fields["kind"]),
            tenant=intern(fields["tenant"]),
            id=fields["id"],
            # Often the same text twice; once is enough.
            label=fields["id"] if fields["id"] == fields["label"] else fields["label"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One planned write.

    `id` is unique in its step item when an action makes it (`suspend`, `eni-1`) and becomes unique
    in the plan when the planner puts the step's path in front. `saved` is what undo needs beyond
    `before`. `needs` are changes that must have been made first.
    """

    id: ChangeId
    target: Target
    verb: str
    before: Json
    after: Json
    saved: Json = None
    needs: tuple[ChangeId, ...] = ()

    def to_json(self) -> JsonObject:
        """Return the JSON form, which is what a part's digest covers."""
        return {
            "id": self.id,
            "target": self.target.to_json(),
            "verb": self.verb,
            "before": thaw(self.before),
            "after": thaw(self.after),
            "saved": thaw(self.saved),
            "needs": list(self.needs),
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "Change":
        """Read the JSON form back."""
        return cls(
            id=cast("str", value["id"]),
            target=Target.from_json(cast("JsonObject", value["target"])),
            verb=intern(cast("str", value["verb"])),
            before=value["before"],
            after=value["after"],
            saved=value["saved"],
            needs=tuple(cast("list[str]", value["needs"])),
        )

    @property
    def digest(self) -> str:
        """Return the digest that an intent names."""
        return digest(self.to_json())

    def under(self, prefix: str) -> "Change":
        """Return the change with ids that are unique in the plan."""
        late = _prefix_late(self.after, prefix)
        return replace(
            self,
            id=f"{prefix}#{self.id}",
            after=late,
            needs=tuple(f"{prefix}#{need}" for need in self.needs),
        )


def is_late(value: Json) -> bool:
    """Say whether `value` is a placeholder that is filled when the change is made."""
    return isinstance(value, Mapping) and LATE in value


def fill_late(value: Json, now: str, results: Mapping[ChangeId, JsonObject]) -> Json:
    """Return `value` with every late placeholder filled.

    Raises:
        KeyError: if a result it needs is not there yet.
    """
    if isinstance(value, Mapping):
        if value.get(LATE) == "provider_now":
            return now
        if value.get(LATE) == "result_of":
            return results[cast("str", value["change"])][cast("str", value["output"])]
        return {key: fill_late(item, now, results) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [fill_late(item, now, results) for item in value]
    return value


def matches(planned: Json, found: Json) -> bool:
    """Say whether `found` is what was planned, where a late value may be anything."""
    if is_late(planned):
        return True
    if isinstance(planned, Mapping):
        return (
            isinstance(found, Mapping)
            and planned.keys() == found.keys()
            and all(matches(planned[key], found[key]) for key in planned)
        )
    if isinstance(planned, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(planned) == len(found)
            and all(map(matches, planned, found))
        )
    return type(planned) is type(found) and planned == found


def _prefix_late(value: Json, prefix: str) -> Json:
    if isinstance(value, Mapping):
        if value.get(LATE) == "result_of":
            return {**value, "change": f"{prefix}#{value['change']}"}
        return {key: _prefix_late(item, prefix) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_prefix_late(item, prefix) for item in value]
    return value
