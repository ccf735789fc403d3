"""What the tests exercise of each action over HTTP: declared where a test is parametrised.

A test says which columns of the table it fills by being parametrised with `exercises`; the cases it
runs with and the cells it fills are one and the same data, so that none can be claimed and not run.
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from importlib import import_module
from typing import Protocol, TypeVar

import pytest

from irkit.model.spec import Spec, Verb


class Exercise(StrEnum):
    """One thing to be shown of an action, in the order of the table's columns."""

    PROBE = "probe"
    PLAN = "plan"
    APPLY = "apply"
    VERIFY = "verify"
    UNDO = "undo"
    CRASH = "crash"
    THROTTLING = "throttling"
    DRIFT = "drift"


class Named(Protocol):
    """A case: what it is of stands before a colon in its name."""

    @property
    def name(self) -> str:
        """The action's id, and which of its situations it is where there are several."""


C = TypeVar("C", bound=Named)

DECLARING = (
    "test_action_contract",
    "test_action_reads_contract",
    "test_drift_sweep_actions",
    "test_fault_sweep_actions",
)
"""The modules of tests that exercise every action."""

OF_A_READ = (Exercise.PROBE, Exercise.THROTTLING)
"""What there is to be shown of a read: it plans, makes and takes back nothing."""

_CELLS: dict[tuple[str, Exercise], set[str]] = {}


def exercises(
    *columns: Exercise, cases: Iterable[C], said: Callable[[C], str] = lambda _: "yes"
) -> pytest.MarkDecorator:
    """Parametrise a test with `cases`, and note that it fills these columns for their actions."""
    of = list(cases)
    for case in of:
        for column in columns:
            _CELLS.setdefault((case.name.partition(":")[0], column), set()).add(said(case))
    return pytest.mark.parametrize("case", of, ids=[case.name for case in of])


def cells() -> Mapping[tuple[str, Exercise], str]:
    """Return what the table says, by action and column."""
    for module in DECLARING:
        import_module(module)
    return {key: ", ".join(sorted(said)) for key, said in _CELLS.items()}


def missing(spec: Spec, filled: Mapping[tuple[str, Exercise], str]) -> tuple[Exercise, ...]:
    """Return the columns that no test fills, of those an action has."""
    has = Exercise if spec.verb is Verb.DO else OF_A_READ
    return tuple(column for column in has if (spec.id, column) not in filled)
