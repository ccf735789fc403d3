"""`seats: {okta_session: dead}`: what the intruder still has, tried from the intruder's side.

A kind alone means every seat of it; `long_term_key/svc-backup` means those of one user.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from irkit.canonical import JsonObject
from irkit.decode import choice, shown, unknown, wrong
from irkit.diagnostics import Span
from irkit.model.access.kinds import CredentialKind
from irkit.proving.testing.expectations import Reading
from irkit.proving.testing.seen import Check, Seen, Tried
from irkit.yaml_strict import MappingNode, Node


class Life(StrEnum):
    """Whether a credential works. What could not be found out is neither."""

    DEAD = "dead"
    ALIVE = "alive"


KEY: Final = "seats"
ALL: Final = "all"
_KINDS: Final = (ALL, *(str(kind) for kind in CredentialKind))
SCHEMA: Final[JsonObject] = {
    "type": "object",
    "minProperties": 1,
    "propertyNames": {"pattern": f"^({'|'.join(_KINDS)})(/.+)?$"},
    "additionalProperties": {"enum": [str(word) for word in Life]},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Every seat of one kind (and user) is dead, or alive; there is at least one."""

    kind: str
    life: Life
    span: Span

    @property
    def about(self) -> str:
        """Return which seats."""
        return f"seats: {self.kind}"

    def judge(self, seen: Seen) -> Check:
        """Look at each seat of the kind."""
        kind, _, user = self.kind.partition("/")
        of_kind = [
            seat for seat in seen.seats if kind in {ALL, seat.kind} and user in {"", seat.user}
        ]
        others = [seat for seat in of_kind if seat.state != self.life]
        return Check(
            about=self.about,
            holds=bool(of_kind) and not others,
            expected=str(self.life),
            found=told(others) if of_kind else "the intruder holds no such seat",
            span=self.span,
        )


def told(seats: Sequence[Tried]) -> str:
    """Say how seats stand."""
    return ", ".join(f"{seat.state}: {seat.label}" for seat in seats) or "as expected"


def read(node: Node, reading: Reading) -> tuple[Wanted, ...]:
    """Read the kinds and how each of them is to stand."""
    if not isinstance(node, MappingNode):
        wrong(node, reading.problems, f"`{KEY}`", "a mapping of kinds to dead or alive")
        return ()
    found = []
    for kind, life in node.items:
        word, _, _ = kind.text.partition("/")
        if word not in _KINDS:
            summary = f"{shown(word)} is no kind of credential"
            unknown(reading.problems, "IRK105", summary, kind, _KINDS)
        what = f"`{kind.text}`"
        found.append(
            Wanted(
                kind=kind.text,
                life=choice(life, reading.problems, what, Life, Life.DEAD),
                span=kind.span,
            )
        )
    return tuple(found)
