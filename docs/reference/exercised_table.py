# ruff: noqa: INP001  # beside the script that prints it, no package
"""What the tests exercise of each action, as they declare it themselves (tests/actions)."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from irkit.actions.load import catalogue
from irkit.model.spec import Verb

_TESTS: Final = Path(__file__).parents[2] / "tests"
sys.path[:0] = [str(_TESTS), str(_TESTS / "actions"), str(_TESTS / "engine")]

from exercised import OF_A_READ, Exercise, cells  # noqa: E402  # it stands among the tests

COLUMNS: Final[dict[Exercise, str]] = {
    Exercise.PROBE: "It looks, and nothing is written. Twice it sees the same.",
    Exercise.PLAN: "Two dry runs plan the same changes, on disjoint targets.",
    Exercise.APPLY: "What was planned is made, with no right that the action does not declare.",
    Exercise.VERIFY: "What was made is read back and holds; a second run has nothing to do.",
    Exercise.UNDO: "`yes`: it comes back, byte for byte where the action is `EXACT`. `refused`: "
    "there is no way back, and undo says so instead of trying.",
    Exercise.CRASH: "The process dies between intent and result, and after a result; the next one "
    "finds out by looking and goes on. Nothing is called done that is not.",
    Exercise.THROTTLING: "The provider says that it is too busy: nothing is taken for done, and it "
    "is sent again. A read says the same as without.",
    Exercise.DRIFT: "Another hand changes the target between approval and write. `refused`: it is "
    "in a state nobody planned for, and is left alone. `found done`: the other hand did what irkit "
    "was about to do, and nothing is sent.",
}
"""What each column of the table means."""


def rows() -> Iterator[tuple[str, ...]]:
    """Yield the action's id and one cell a column, `-` where a read has no such thing."""
    filled = cells()
    for spec in catalogue():
        has = Exercise if spec.verb is Verb.DO else OF_A_READ
        yield (
            spec.id,
            *(filled.get((spec.id, column), "") if column in has else "-" for column in Exercise),
        )
