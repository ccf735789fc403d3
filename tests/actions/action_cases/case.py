"""One changing action in a situation in which it has something to do."""

from collections.abc import Callable
from dataclasses import dataclass

from stage import Stage

from irkit.actions.base import Action

Prepare = Callable[[Stage], Action]


@dataclass(frozen=True, slots=True)
class Case:
    """One action in a situation in which it has something to do."""

    name: str
    prepare: Prepare
    first_write: str
    """The first writing call, as faults name it: an operation of AWS, a path of Okta."""
    settles: bool = True
    """Whether the goal then holds by itself; a cut-off of sessions must move on each time."""
    returns: bool = True
    """Whether there is a way back."""
    intruder: bool = False
    """Whether the situation is the intruder's doing."""
