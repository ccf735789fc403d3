"""What an approver signs: a canonical statement about one plan, and nothing else.

The statement names the digests of the plan's header and of the parts it covers, so it is good for
no other plan, run, mode, policy or time, and the size and root of the trail the approver was shown,
so that every approver is also a witness of the history before.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self, TypeAlias, cast

from irkit.canonical import CanonicalError, Json, JsonObject, canonical, parse
from irkit.clock import parse_rfc3339, rfc3339

LIVE_NAMESPACE: Final = "irkit.approval.v1"
DRILL_NAMESPACE: Final = "irkit.drill-approval.v1"
STATEMENT_TYPE: Final = "irkit.approval/v1"
LIVE: Final = "live"
DRILL: Final = "drill"

Digest: TypeAlias = str

_DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}")
_ROOT: Final = re.compile(r"[A-Za-z0-9+/]{43}=")
_TEXTS: Final = (
    "type",
    "origin",
    "mode",
    "header",
    "policy",
    "decision",
    "approver",
    "requester",
    "nonce",
    "nb",
    "exp",
    "display",
)
_FIELDS: Final = frozenset((*_TEXTS, "v", "run", "parts", "trail"))
_DIGESTS: Final = ("header", "policy", "display")


class StatementError(ValueError):
    """Bytes that are no statement; the message says why."""


class Decision(StrEnum):
    """What is said: a denial stops everyone, a revocation takes one's own approval back."""

    APPROVE = "approve"
    DENY = "deny"
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailView:
    """The head of the trail an approver was shown; `root` is base64."""

    size: int
    root: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One decision of one person. `run` is None when it is about a new policy.

    Valid from `nb` up to, not including, `exp`. `display` is the digest of the exact text shown.
    """

    origin: str
    run: str | None
    mode: str
    header: Digest
    parts: tuple[Digest, ...]
    policy: Digest
    decision: Decision
    approver: str
    requester: str
    nonce: str
    nb: datetime
    exp: datetime
    display: Digest
    trail: TrailView

    @property
    def namespace(self) -> str:
        """The SSHSIG namespace this statement is signed in."""
        return namespace_of(self.mode)

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "v": 1,
            "type": STATEMENT_TYPE,
            "origin": self.origin,
            "run": self.run,
            "mode": self.mode,
            "header": self.header,
            "parts": list(self.parts),
            "policy": self.policy,
            "decision": str(self.decision),
            "approver": self.approver,
            "requester": self.requester,
            "nonce": self.nonce,
            "nb": rfc3339(self.nb),
            "exp": rfc3339(self.exp),
            "display": self.display,
            "trail": {"size": self.trail.size, "root": self.trail.root},
        }

    def canonical(self) -> bytes:
        """Return the bytes that are signed."""
        return canonical(self.to_json())

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Read signed bytes strictly: no other spelling of a statement is accepted.

        Raises:
            StatementError: if they are not the canonical bytes of a statement.
        """
        try:
            statement = cls.from_json(parse(data))
        except CanonicalError as error:
            raise StatementError(str(error)) from error
        if statement.canonical() != data:
            raise StatementError("a time is not written as RFC 3339 UTC with milliseconds")
        return statement

    @classmethod
    def from_json(cls, value: Json) -> Self:
        """Read the JSON form.

        Raises:
            StatementError: if a field is missing, unknown or malformed.
        """
        if not isinstance(value, Mapping) or value.keys() != _FIELDS:
            raise StatementError("a statement has exactly the known fields")
        if value["v"] != 1 or value["type"] != STATEMENT_TYPE:
            raise StatementError("not a statement of a known version")
        for name in _TEXTS:
            if not isinstance(value[name], str) or not value[name]:
                raise StatementError(f"{name} is not a text")
        texts = cast("Mapping[str, str]", value)
        for name in _DIGESTS:
            if not _DIGEST.fullmatch(texts[name]):
                raise StatementError(f"{name} is not a digest")
        if texts["mode"] not in (LIVE, DRILL):
            raise StatementError("mode is neither live nor drill")
        try:
            return cls._build(value, texts)
        except ValueError as error:
            raise StatementError(str(error)) from error

    @classmethod
    def _build(cls, value: JsonObject, texts: Mapping[str, str]) -> Self:
        run = value["run"]
        if not isinstance(run, str | None) or run == "":
            raise StatementError("run is neither a text nor null")
        nb, exp = parse_rfc3339(texts["nb"]), parse_rfc3339(texts["exp"])
        if nb >= exp:
            raise StatementError("exp is not after nb")
        return cls(
            origin=texts["origin"],
            run=run,
            mode=texts["mode"],
            header=texts["header"],
            parts=_parts(value["parts"]),
            policy=texts["policy"],
            decision=Decision(texts["decision"]),
            approver=texts["approver"],
            requester=texts["requester"],
            nonce=texts["nonce"],
            nb=nb,
            exp=exp,
            display=texts["display"],
            trail=_trail(value["trail"]),
        )


def namespace_of(mode: str) -> str:
    """Return the SSHSIG namespace of approvals in `mode`; a drill's are good for nothing else."""
    return DRILL_NAMESPACE if mode == DRILL else LIVE_NAMESPACE


def _parts(value: Json) -> tuple[Digest, ...]:
    if not isinstance(value, list | tuple) or not value:
        raise StatementError("parts names no part")
    parts = tuple(str(part) for part in value)
    if not all(isinstance(part, str) and _DIGEST.fullmatch(part) for part in value):
        raise StatementError("a part is not a digest")
    if len(set(parts)) != len(parts):
        raise StatementError("a part is named twice")
    return parts


def _trail(value: Json) -> TrailView:
    if not isinstance(value, Mapping) or value.keys() != {"size", "root"}:
        raise StatementError("trail has size and root")
    size, root = value["size"], value["root"]
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise StatementError("trail.size is not a positive count")
    if not isinstance(root, str) or not _ROOT.fullmatch(root):
        raise StatementError("trail.root is not a base64 hash")
    return TrailView(size=size, root=root)
