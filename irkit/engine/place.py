"""Where a walk stands: the names in scope, the keys of loops, and what may be done there."""

from dataclasses import dataclass, replace
from typing import cast

from irkit.canonical import Json
from irkit.lang.expressions import Scope, ScopeValue, Unknown, UnknownValue
from irkit.model.playbook import Loop, Step


class Lost(Unknown):
    """A value that will not come by itself: its read failed. What uses it fails, and says so."""

    __slots__ = ()


def is_lost(error: UnknownValue) -> bool:
    """Say whether what an expression needs is lost, and not only unknown as yet."""
    return any(isinstance(unknown, Lost) for unknown in error.unknowns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """Where the walk stands: names, loop keys, phase, and whether it may act.

    A `passive` phase is not asked for (`--only`): its reads are made, its changes are not. `dirty`
    are the actions before it whose changes are not made yet.
    """

    scope: Scope
    phase: str
    keys: str = ""
    prefix: str = ""
    ahead: bool = False
    passive: bool = False
    order: tuple[int, ...] = ()
    dirty: frozenset[str] = frozenset()

    def path(self, step: Step) -> str:
        """Return the step's path here."""
        return f"{self.prefix}{step.id}{self.keys}"

    def bind(self, name: str | None, value: ScopeValue) -> "Here":
        """Return this place with one more name."""
        return self if name is None else replace(self, scope={**self.scope, name: value})

    def item(self, loop: Loop, key: str, item: Json, number: int, *, ahead: bool) -> "Here":
        """Return the place of one item of a loop; written out, for it is made very often."""
        return Here(
            scope={**self.scope, loop.variable: item},
            phase=self.phase,
            keys=f"{self.keys}[{key}]",
            prefix=self.prefix,
            ahead=self.ahead or ahead,
            passive=self.passive,
            order=(*self.order, number),
            dirty=self.dirty,
        )

    def after(self, action: str) -> "Here":
        """Return this place behind a change that is not made yet."""
        return replace(self, dirty=self.dirty | {action})


def bound(step: Step) -> str | None:
    """Return the name a step binds, if it binds one."""
    return cast("str | None", getattr(step, "bind", None))
