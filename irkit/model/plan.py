"""A plan as data: a header, and one part per phase; approvals sign the digests of both.

Header digest = digest of the header's JSON. Part digest = digest of `{"header": <header digest>,
"part": <part's JSON>}`. Plan digest = digest of `{"header": …, "parts": [<part digests>]}`. The
JSON forms here are what is signed, stored in the trail and shown; there is no other form.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from sys import intern
from typing import cast

from irkit.canonical import Json, JsonObject, canonical, digest, thaw
from irkit.model.change import Change, ChangeId
from irkit.model.spec import Blast, Effect, Reversal


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What the whole plan stands on. `observed_at` is RFC 3339; `actions` maps ids to versions."""

    playbook: str
    playbook_digest: str
    title: str
    inputs: JsonObject
    tenants: tuple[str, ...]
    mode: str
    policy: str
    guards: tuple[str, ...]
    irkit: str
    actions: Mapping[str, int]
    observed_at: str
    undoes: str = ""

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "playbook": self.playbook,
            "playbook_digest": self.playbook_digest,
            "title": self.title,
            "inputs": thaw(self.inputs),
            "tenants": list(self.tenants),
            "mode": self.mode,
            "policy": self.policy,
            "guards": list(self.guards),
            "irkit": self.irkit,
            "actions": dict(self.actions),
            "observed_at": self.observed_at,
            "undoes": self.undoes,
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "Header":
        """Read the JSON form back."""
        texts = cast("Mapping[str, str]", value)
        return cls(
            playbook=texts["playbook"],
            playbook_digest=texts["playbook_digest"],
            title=texts["title"],
            inputs=cast("JsonObject", value["inputs"]),
            tenants=tuple(cast("list[str]", value["tenants"])),
            mode=texts["mode"],
            policy=texts["policy"],
            guards=tuple(cast("list[str]", value["guards"])),
            irkit=texts["irkit"],
            actions=cast("Mapping[str, int]", value["actions"]),
            observed_at=texts["observed_at"],
            undoes=texts["undoes"],
        )

    @property
    def digest(self) -> str:
        """Return the header's digest."""
        return digest(self.to_json())


@dataclass(frozen=True, slots=True, kw_only=True)
class PartNeed:
    """The approvals one part needs: the strictest of playbook, `irkit.yaml` and classes."""

    need: int = 0
    roles: tuple[str, ...] = ()
    exclude_requester: bool = False
    valid_s: int = 3600

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "need": self.need,
            "roles": list(self.roles),
            "exclude_requester": self.exclude_requester,
            "valid_s": self.valid_s,
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "PartNeed":
        """Read the JSON form back."""
        return cls(
            need=cast("int", value["need"]),
            roles=tuple(cast("list[str]", value["roles"])),
            exclude_requester=cast("bool", value["exclude_requester"]),
            valid_s=cast("int", value["valid_s"]),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStep:
    """One `do` for one item, resolved: the action, its arguments, and its changes.

    `path` is the step's id with the keys of its loops (`contain-aws.deny_session[9f3a01bc]`).
    `already` are targets at which the goal holds. `undoes` names the change taken back, if any.
    `overrides` are guards that refused the step and that the approvers of its part override.
    """

    path: str
    action: str
    version: int
    connection: str
    arguments: JsonObject
    title: str
    effect: Effect
    reversal: Reversal
    blast: Blast
    because: str = ""
    changes: tuple[Change, ...] = ()
    already: tuple[str, ...] = ()
    undoes: ChangeId = ""
    overrides: tuple[str, ...] = ()

    @property
    def cuts(self) -> bool:
        """Say whether it takes something away; gathering evidence only adds."""
        return self.reversal not in {Reversal.READ, Reversal.ADDITIVE}

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "path": self.path,
            "action": self.action,
            "version": self.version,
            "connection": self.connection,
            "arguments": thaw(self.arguments),
            "title": self.title,
            "effect": str(self.effect),
            "reversal": str(self.reversal),
            "blast": str(self.blast),
            "because": self.because,
            "changes": [change.to_json() for change in self.changes],
            "already": list(self.already),
            "undoes": self.undoes,
            **({"overrides": list(self.overrides)} if self.overrides else {}),
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "PlannedStep":
        """Read the JSON form back."""
        texts = cast("Mapping[str, str]", value)
        return cls(
            path=texts["path"],
            action=intern(texts["action"]),
            version=cast("int", value["version"]),
            connection=intern(texts["connection"]),
            arguments=cast("JsonObject", value["arguments"]),
            title=intern(texts["title"]),
            effect=Effect(texts["effect"]),
            reversal=Reversal(texts["reversal"]),
            blast=Blast(texts["blast"]),
            because=intern(texts["because"]),
            changes=tuple(map(Change.from_json, cast("list[JsonObject]", value["changes"]))),
            already=tuple(cast("list[str]", value["already"])),
            undoes=texts["undoes"],
            overrides=tuple(cast("list[str]", value.get("overrides") or ())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """A step that cannot be planned yet, and why."""

    path: str
    why: str

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {"path": self.path, "why": self.why}

    @classmethod
    def from_json(cls, value: JsonObject) -> "Unknown":
        """Read the JSON form back."""
        texts = cast("Mapping[str, str]", value)
        return cls(path=texts["path"], why=texts["why"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one approval covers: the changes of one phase, or a supplement to it (`phase+1`)."""

    id: str
    phase: str
    need: PartNeed
    steps: tuple[PlannedStep, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    hold: str = "watch"

    @property
    def changes(self) -> Iterator[Change]:
        """Yield the part's changes in order."""
        for step in self.steps:
            yield from step.changes

    @property
    def signable(self) -> bool:
        """Say whether the part may be signed: it has changes and nothing unknown."""
        return not self.unknowns and any(step.changes for step in self.steps)

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "id": self.id,
            "phase": self.phase,
            "need": self.need.to_json(),
            "steps": [step.to_json() for step in self.steps],
            "unknowns": [unknown.to_json() for unknown in self.unknowns],
            "hold": self.hold,
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "Part":
        """Read the JSON form back."""
        return cls(
            id=cast("str", value["id"]),
            phase=cast("str", value["phase"]),
            need=PartNeed.from_json(cast("JsonObject", value["need"])),
            steps=tuple(map(PlannedStep.from_json, cast("list[JsonObject]", value["steps"]))),
            unknowns=tuple(map(Unknown.from_json, cast("list[JsonObject]", value["unknowns"]))),
            hold=cast("str", value["hold"]),
        )

    def chunks(self) -> Iterator[bytes]:
        """Yield the canonical bytes of the JSON form, a step at a time: parts may be large."""
        yield b'{"hold":%b,"id":%b' % (canonical(self.hold), canonical(self.id))
        yield b',"need":%b,"phase":%b' % (canonical(self.need.to_json()), canonical(self.phase))
        yield b',"steps":'
        yield from _list(canonical(step.to_json()) for step in self.steps)
        yield b',"unknowns":'
        yield from _list(canonical(unknown.to_json()) for unknown in self.unknowns)
        yield b"}"

    def content(self) -> Iterator[bytes]:
        """Yield what the blob of a part holds that is added to a plan."""
        yield b'{"part":'
        yield from self.chunks()
        yield b',"v":1}'

    def digest(self, header_digest: str) -> str:
        """Return the part's digest under a header."""
        hashed = hashlib.sha256(b'{"header":%b,"part":' % canonical(header_digest))
        for chunk in self.chunks():
            hashed.update(chunk)
        hashed.update(b"}")
        return f"sha256:{hashed.hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The whole plan."""

    header: Header
    parts: tuple[Part, ...] = field(default=())

    def to_json(self) -> JsonObject:
        """Return the JSON form: the content of a plan's blob."""
        return {
            "v": 1,
            "header": self.header.to_json(),
            "parts": [part.to_json() for part in self.parts],
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "Plan":
        """Read the JSON form back."""
        return cls(
            header=Header.from_json(cast("JsonObject", value["header"])),
            parts=tuple(map(Part.from_json, cast("list[JsonObject]", value["parts"]))),
        )

    def chunks(self) -> Iterator[bytes]:
        """Yield the canonical bytes of the JSON form, a step at a time."""
        yield b'{"header":%b,"parts":' % canonical(self.header.to_json())
        for number, part in enumerate(self.parts):
            yield b"," if number else b"["
            yield from part.chunks()
        yield b'],"v":1}' if self.parts else b'[],"v":1}'

    @property
    def digest(self) -> str:
        """Return the digest of the whole plan."""
        header = self.header.digest
        digests: list[Json] = [part.digest(header) for part in self.parts]
        return digest({"header": header, "parts": digests})

    @property
    def changes(self) -> Iterator[Change]:
        """Yield every change of every part in order."""
        for part in self.parts:
            yield from part.changes


def _list(items: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the bytes of a JSON list of `items`."""
    before = b"["
    for item in items:
        yield before + item
        before = b","
    yield b"[]" if before == b"[" else b"]"
