"""`Unknown`: stands in a scope for a value that is not known yet, and cannot be mistaken for one.

Whatever an expression does with it (compare, test, print, iterate) raises `UnknownValue`, so that
the planner learns that the value is open instead of getting a wrong one.
"""

from collections.abc import Mapping, Sequence
from typing import NoReturn, TypeAlias


class Unknown:
    """A value that is not known, and why (`after okta.user.suspend`, `needs an answer`)."""

    __slots__ = ("reason",)

    def __init__(self, reason: str) -> None:
        """Keep the reason, which is shown in the plan."""
        self.reason = reason

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r})"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        raise UnknownValue(self)

    def _refuse(self, *_: object) -> NoReturn:
        raise UnknownValue(self)

    __bool__ = __str__ = __int__ = __len__ = __iter__ = __contains__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __neg__ = __pos__ = __call__ = __index__ = _refuse


class UnknownValue(Exception):  # noqa: N818  # an answer of the evaluator, not a failure
    """An expression needs what is not known yet; `unknowns` says which values and why."""

    def __init__(self, *unknowns: Unknown) -> None:
        """Carry the unknowns that were needed."""
        super().__init__("; ".join(unknown.reason for unknown in unknowns))
        self.unknowns = unknowns


ScopeValue: TypeAlias = (
    "None | bool | int | str | Unknown | Sequence[ScopeValue] | Mapping[str, ScopeValue]"
)
"""A JSON value in which parts may be unknown."""

Scope: TypeAlias = Mapping[str, ScopeValue]
"""The names an expression may use. Never holds a secret."""
