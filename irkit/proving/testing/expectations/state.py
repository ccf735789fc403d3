"""`state: {okta.user: {kai@acme.example: {status: SUSPENDED}}}`: the provider's own state after it.

Asked of the simulated provider, never of the run. A value stands for itself; `unchanged` is what it
was before the run, `{has: X}` and `{lacks: X}` look into a list.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irkit.canonical import Json, JsonObject, canonical, thaw
from irkit.decode import plain, shown, unknown, wrong
from irkit.diagnostics import Span
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Seen
from irkit.yaml_strict import MappingNode, Node, ScalarNode

KEY: Final = "state"
UNCHANGED: Final = "unchanged"
WHOLE: Final = ""
"""The attribute that stands for all of them."""


class Look(StrEnum):
    """How a value is compared."""

    IS = "is"
    HAS = "has"
    LACKS = "lacks"
    UNCHANGED = "unchanged"


ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "okta.user": (
        *("status", "sessions", "refresh_tokens", "factors", "admin_roles"),
        *("api_tokens", "groups"),
    ),
    "okta.idp": ("status", "users"),
    "okta.zone": ("status", "addresses"),
    "aws.user": ("inline", "attached", "keys", "groups", "boundary", "console"),
    "aws.role": ("inline", "attached", "trust", "boundary"),
    "aws.access_key": ("status", "user"),
    "aws.instance": ("state", "security_groups"),
    "aws.account": ("public_buckets", "public_snapshots"),
    "aws.auto_scaling_group": ("sizes", "suspended"),
    "aws.bucket": ("public_access", "versions", "lifecycle", "replication"),
    "aws.database": ("public", "protected"),
    "aws.kms_key": ("state", "grants"),
    "aws.root": ("password", "keys", "certificates", "mfa"),
    "aws.saml_provider": ("certificate",),
    "aws.secret": ("policy", "current"),
    "aws.snapshot": ("shared",),
}
"""What can be asked of each kind of thing."""

_VALUE: Final[JsonObject] = {
    "anyOf": [
        {"type": ["string", "integer", "boolean", "null"]},
        {"type": "array", "items": {"type": ["string", "integer"]}},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": {"enum": ["has", "lacks"]},
        },
    ]
}
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": False,
    "properties": {
        kind: {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "anyOf": [
                    {"const": UNCHANGED},
                    {
                        "type": "object",
                        "minProperties": 1,
                        "additionalProperties": False,
                        "properties": dict.fromkeys(names, _VALUE),
                    },
                ]
            },
        }
        for kind, names in ATTRIBUTES.items()
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One attribute of one thing is so; or the whole thing is as it was."""

    kind: str
    name: str
    attribute: str
    look: Look
    value: Json = None
    span: Span

    @property
    def about(self) -> str:
        """Return what is looked at."""
        return f"{self.kind} {self.name}{f': {self.attribute}' if self.attribute else ''}"

    def judge(self, seen: Seen) -> Check:
        """Ask the provider's state."""
        name = seen.named(self.name)
        before, after = _thing(seen.start.named, self.kind, name), None
        after = _thing(seen.after.named, self.kind, name)
        if after is None:
            near = _near(seen.after.named, self.kind)
            found, holds = f"there is none; there is {near}", False
        else:
            was, now = _part(before, self.attribute), _part(after, self.attribute)
            found, holds = _said(now), self._holds(was, now)
        return Check(
            about=self.about,
            holds=holds,
            expected=self._expected(),
            found=found,
            span=self.span,
            where="" if holds else seen.about(name),
        )

    def _holds(self, was: Json, now: Json) -> bool:
        match self.look:
            case Look.UNCHANGED:
                return _same(was, now)
            case Look.HAS:
                return self.value in _members(now)
            case Look.LACKS:
                return self.value not in _members(now)
            case Look.IS:
                return _same(self.value, now)

    def _expected(self) -> str:
        match self.look:
            case Look.UNCHANGED:
                return "as before the run"
            case Look.HAS | Look.LACKS:
                return f"{self.look} {_said(self.value)}"
            case Look.IS:
                return _said(self.value)


def _thing(state: JsonObject, kind: str, name: str) -> Json:
    of_kind = state.get(kind)
    return of_kind.get(name) if isinstance(of_kind, Mapping) else None


def _part(thing: Json, attribute: str) -> Json:
    if attribute == WHOLE or not isinstance(thing, Mapping):
        return thing
    return thing.get(attribute)


def _near(state: JsonObject, kind: str) -> str:
    of_kind = state.get(kind)
    names = list(of_kind) if isinstance(of_kind, Mapping) else []
    few = 8
    return ", ".join(names[:few]) + (" …" if len(names) > few else "") or "nothing of this kind"


def _members(value: Json) -> tuple[Json, ...]:
    if isinstance(value, Mapping):
        return tuple(value)
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def _same(one: Json, other: Json) -> bool:
    """Compare; the order of a list of texts means nothing at a provider."""
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return sorted(map(str, one)) == sorted(map(str, other))
    return canonical({"v": one}) == canonical({"v": other})


def _said(value: Json) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key}: {_said(item)}' for key, item in value.items())}}}"
    return (
        {None: "null", True: "true", False: "false"}.get(value, str(value))
        if (value is None or isinstance(value, bool))
        else str(value)
    )


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read kinds, names and attributes."""
    return tuple(
        wanted
        for kind, things in _pairs(node, reading, f"`{KEY}`", ATTRIBUTES)
        for name, thing in _pairs(things, reading, f"`{kind.text}`", None)
        for wanted in _thing_of(kind, name, thing, reading)
    )


def _pairs(
    node: Node, reading: Reading, what: str, known: Mapping[str, object] | None
) -> Iterator[tuple[ScalarNode, Node]]:
    if not isinstance(node, MappingNode):
        wrong(node, reading.problems, what, "a mapping")
        return
    for key, value in node.items:
        if known is not None and key.text not in known:
            summary = f"{shown(key.text)} is nothing that {what} can look at"
            unknown(reading.problems, "IRK105", summary, key, known)
            continue
        yield key, value


def _thing_of(
    kind: ScalarNode, name: ScalarNode, thing: Node, reading: Reading
) -> Iterator[Wanted]:
    if isinstance(thing, ScalarNode) and thing.value == UNCHANGED:
        yield Wanted(
            kind=kind.text, name=name.text, attribute=WHOLE, look=Look.UNCHANGED, span=name.span
        )
        return
    known = dict.fromkeys(ATTRIBUTES[kind.text])
    for attribute, value in _pairs(thing, reading, f"`{name.text}`", known):
        look, wanted = _look(value, reading)
        yield Wanted(
            kind=kind.text,
            name=name.text,
            attribute=attribute.text,
            look=look,
            value=wanted,
            span=attribute.span,
        )


def _look(node: Node, reading: Reading) -> tuple[Look, Json]:
    if isinstance(node, MappingNode):
        for word, value in node.items[:1]:
            if len(node.items) == 1 and word.text in {Look.HAS, Look.LACKS}:
                return Look(word.text), thaw(plain(value))
        wrong(node, reading.problems, "a value", "a constant, a list, `{has: …}` or `{lacks: …}`")
        return Look.IS, None
    if isinstance(node, ScalarNode) and node.value == UNCHANGED:
        return Look.UNCHANGED, None
    return Look.IS, thaw(plain(node))
