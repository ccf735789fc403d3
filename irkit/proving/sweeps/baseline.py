"""The case a sweep starts from, played with nothing going wrong: what all is held against."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from irkit.canonical import Json, thaw
from irkit.diagnostics import Diagnostic, IrkitError
from irkit.engine.walk import Book
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.results import judged
from irkit.proving.testing.seen import Ended, Seen, differing
from irkit.proving.testing.suite import Suite
from irkit.world.calls import Call

_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
_DRAWN: Final = re.compile(
    r"\b(ami|eni|fleet|i|lt|sg|sgr|sir|snap|vol)-[0-9a-f]{8,}|\b(p)-[0-9a-z]{8}\b"
)
"""Ids that a provider draws when a thing is made, so that no two worlds have the same."""

REPEATABLE: Final = ("DELETE /api/v1/users/{userId}/sessions",)
"""Ending sessions again ends nothing more, and Okta has no list of sessions to look at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """How the case ends when nothing goes wrong."""

    state: str
    dead: frozenset[str]
    effects: Mapping[str, int]
    writes: tuple[tuple[str, str, int], ...]
    records: int
    calls: int
    result: str

    def lies(self, seen: Seen) -> tuple[str, ...]:
        """Return what a run says that is not so, if it claims success."""
        if seen.first.result not in GREEN:
            return ()
        return tuple(f"says {seen.first.result}, and {found}" for found in self.differs(seen))

    def differs(self, seen: Seen) -> tuple[str, ...]:
        """Return in which ways the end is another one."""
        found = []
        if comparable(seen) != self.state:
            found.append("the providers are not in that state")
        alive = sorted(
            seat.label for seat in seen.seats if seat.label in self.dead and seat.state != "dead"
        )
        if alive:
            found.append(f"these are not dead: {', '.join(alive)}")
        return tuple(found)

    def repeats(self, ended: Ended) -> tuple[str, ...]:
        """Return what had an effect more often than when nothing goes wrong."""
        return tuple(
            f"{what}: {count} effects instead of {self.effects.get(what, 0)}"
            for what, count in effects(ended).items()
            if count > self.effects.get(what, 0) and not what.startswith(REPEATABLE)
        )


GREEN: Final = frozenset({"contained", "completed"})


def baseline(suite: Suite, book: Book, exits: Exits) -> Baseline:
    """Play the case that the sweeps of a test file start from.

    Raises:
        IrkitError: IRK830 if it does not hold even when nothing goes wrong.
    """
    from irkit.proving.testing.playing import play  # noqa: PLC0415  # the world is heavy

    case = suite.swept
    seen = play(case, book, exits)
    result = judged(suite.playbook, suite.file, case, seen, 0.0)
    if not result.passed:
        raise IrkitError(
            Diagnostic(
                code="IRK830",
                summary=f"the case `{case.name}`, which the sweep starts from, does not hold",
                help=f"irkit test {suite.file}",
            )
        )
    return Baseline(
        state=comparable(seen),
        dead=frozenset(seat.label for seat in seen.seats if seat.state == "dead"),
        effects=effects(seen.first),
        writes=_numbered(seen.first.writes),
        records=seen.first.records,
        calls=len(seen.first.calls),
        result=seen.first.result,
    )


def comparable(seen: Seen) -> str:
    """Return what the run changed in the providers' state, without times and ids that were drawn.

    What did not change may differ from world to world: each is served at other ports.
    """
    return "\n".join(
        sorted(
            _undrawn(f"{path} {_shown(_at(seen.after.whole, path))}")
            for path in differing(seen.start.whole, seen.after.whole)
        )
    )


def _shown(value: Json) -> str:
    """Return a value as text; names in a list stand where they stand without what was drawn."""
    if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
        value = tuple(sorted(_undrawn(str(item)) for item in value))
    return json.dumps(thaw(value), sort_keys=True)


def _undrawn(text: str) -> str:
    return _DRAWN.sub(r"\1\2-ID", _TIME.sub("TIME", text))


def _at(value: Json, path: str) -> Json:
    """Return what stands at a path; keys may hold points themselves."""
    if not path or not isinstance(value, Mapping):
        return value
    for key, inner in value.items():
        if path == key:
            return inner
        if path.startswith(f"{key}.") and isinstance(inner, Mapping):
            found = _at(inner, path[len(key) + 1 :])
            if found is not None:
                return found
    return None


def effects(ended: Ended) -> Mapping[str, int]:
    """Count the writes that had an effect, by operation and target."""
    return Counter(_undrawn(f"{call.operation} {call.target}") for call in ended.writes)


def _numbered(writes: tuple[Call, ...]) -> tuple[tuple[str, str, int], ...]:
    """Return provider, operation and number of each write among those of its operation."""
    counts: Counter[str] = Counter()
    found = []
    for call in writes:
        counts[call.operation] += 1
        found.append((call.provider, call.operation, counts[call.operation]))
    return tuple(found)
