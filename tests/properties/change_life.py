"""The life of one change as its records tell it: what may follow what, and where it leads."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from irkit.canonical import Json
from irkit.model.run import Stage

Fields: TypeAlias = Mapping[str, Json]
Move: TypeAlias = tuple[str, Fields, Stage]
"""A record's type, its body besides the change, and the stage it leads to."""

_FROM_PLANNED: Final[tuple[Move, ...]] = (
    ("step.intent", {"attempt": 1, "resolved": {"status": "OFF"}}, Stage.IN_FLIGHT),
    ("step.drifted", {"found": {}}, Stage.DRIFTED),
    ("step.skipped", {"outcome": "already", "why": "so already"}, Stage.ALREADY),
    ("step.skipped", {"outcome": "skipped", "why": "not needed"}, Stage.SKIPPED),
    ("guard.refused", {"code": "IRK303", "summary": "no"}, Stage.REFUSED),
)
_FROM_FLIGHT: Final[tuple[Move, ...]] = (
    ("step.result", {"outcome": "changed", "outputs": {"a": 1}}, Stage.MADE),
    ("step.result", {"outcome": "failed", "error": "no"}, Stage.FAILED),
    ("step.result", {"outcome": "retry", "error": "later"}, Stage.PLANNED),
    ("step.result", {"outcome": "unknown", "error": "reset"}, Stage.IN_DOUBT),
)
_SETTLED: Final[tuple[Move, ...]] = (
    ("step.settled", {"verdict": "applied"}, Stage.MADE),
    ("step.settled", {"verdict": "not_applied", "why": "as before"}, Stage.PLANNED),
    ("step.settled", {"verdict": "not_applied", "give_up": True}, Stage.FAILED),
    ("step.settled", {"verdict": "ask", "why": "cannot be seen"}, Stage.ASK),
)
MOVES: Final[Mapping[Stage, tuple[Move, ...]]] = {
    Stage.PLANNED: _FROM_PLANNED,
    Stage.IN_FLIGHT: (*_FROM_FLIGHT, *_SETTLED),
    Stage.IN_DOUBT: _SETTLED,
    Stage.ASK: (
        ("change.resolved", {"decision": "applied", "by": "alice"}, Stage.MADE),
        ("change.resolved", {"decision": "retry", "by": "alice"}, Stage.PLANNED),
        ("change.resolved", {"decision": "skip", "why": "by hand"}, Stage.SKIPPED),
    ),
    Stage.MADE: (
        ("step.verified", {"how": "state"}, Stage.VERIFIED),
        ("step.verify_failed", {"how": "state", "why": "no", "found": {}}, Stage.UNVERIFIED),
    ),
}
ACTIVE: Final = frozenset({Stage.IN_FLIGHT, Stage.IN_DOUBT, Stage.ASK, Stage.MADE})
ASIDE: Final[tuple[tuple[str, Fields], ...]] = (
    ("step.read", {"step": "look", "action": "x", "value": [1], "digest": ""}),
    ("approval", {"statement": {}, "sig": ""}),
    ("step.asked", {"step": "ask", "to": "lead", "text": "?", "until": "2026-03-01T13:00:00Z"}),
    ("answer", {"step": "ask", "values": {}, "silent": True, "by": ""}),
    ("run.state", {"state": "paused"}),
    ("run.state", {"state": "running"}),
    ("hold.checked", {"look": 0, "lost": [], "unknown": [], "seats": {}, "last": False}),
    ("step.skipped", {"step": "other", "outcome": "failed", "why": "no"}),
    ("step.verified", {"step": "other", "how": "check"}),
    ("targets.added", {"step": "loop", "targets": ["a"]}),
    ("run.stopped", {"why": "stopped"}),
    ("unheard.of", {"change": "nobody"}),
)
