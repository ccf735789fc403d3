"""Exit codes by class, the same for every command (a diagnostic's own code says the rest)."""

from collections.abc import Iterable
from enum import IntEnum
from typing import Final

from irkit.diagnostics import Diagnostic, Severity


class ExitCode(IntEnum):
    """What a command's end means to a script."""

    DONE = 0
    PROBLEMS = 1
    CHANGES = 2
    """`plan --exit-code`: there is something to change."""
    STILL_OPEN = 3
    """Partial or holding: something is still alive, failed or unknown."""
    WAITING = 4
    """For an approval or an answer."""
    REFUSED = 5
    """By a guard or by policy."""
    STOPPED = 6
    """Stopped or cancelled; what is done is said."""
    NOT_TRUSTED = 7
    """The trail."""
    UNPROVEN = 8
    """`ledger --exit-code`: a policy asks for a proof that is not there, or is too old."""
    USAGE = 64


_SPECIAL: Final = {
    "IRK100": ExitCode.USAGE,
    "IRK426": ExitCode.REFUSED,
    "IRK427": ExitCode.USAGE,
    "IRK428": ExitCode.STOPPED,
    "IRK448": ExitCode.REFUSED,
    "IRK449": ExitCode.REFUSED,
    "IRK476": ExitCode.REFUSED,
    "IRK477": ExitCode.REFUSED,
    "IRK479": ExitCode.REFUSED,
    "IRK503": ExitCode.REFUSED,
    "IRK601": ExitCode.STOPPED,
    "IRK842": ExitCode.NOT_TRUSTED,
    "IRK870": ExitCode.REFUSED,
    "IRK872": ExitCode.REFUSED,
    "IRK874": ExitCode.REFUSED,
    "IRK875": ExitCode.STILL_OPEN,
    "IRK890": ExitCode.REFUSED,
    "IRK891": ExitCode.REFUSED,
    "IRK894": ExitCode.WAITING,
}
"""Codes whose class is not that of their range."""

_TAMPERED: Final = frozenset({"IRK704", "IRK706", "IRK710", "IRK713"})
"""The trail was altered, or is signed by a key that is not its own."""

_FIRST_FILE_CODE: Final = "IRK440"
"""Below: an approval that does not count, or a policy in the way. From here on: keys and files."""

_OF_OUTCOME: Final = {
    "contained": ExitCode.DONE,
    "completed": ExitCode.DONE,
    "partial": ExitCode.STILL_OPEN,
    "holding": ExitCode.STILL_OPEN,
    "in_doubt": ExitCode.STILL_OPEN,
    "waiting": ExitCode.WAITING,
    "planned": ExitCode.WAITING,
    "refused": ExitCode.REFUSED,
    "stopped": ExitCode.STOPPED,
    "cancelled": ExitCode.STOPPED,
    "failed": ExitCode.PROBLEMS,
}


def of_outcome(outcome: str) -> ExitCode:
    """Return the exit code of a run's outcome or state."""
    return _OF_OUTCOME.get(outcome, ExitCode.STILL_OPEN)


def of_diagnostics(diagnostics: Iterable[Diagnostic]) -> ExitCode:
    """Return the exit code of what was found: the trail first, then refusals, then the rest."""
    codes = [item.code for item in diagnostics if item.severity is Severity.ERROR]
    if not codes:
        return ExitCode.DONE
    classes = {_of_code(code) for code in codes}
    return next((code for code in _ORDER if code in classes), ExitCode.PROBLEMS)


_ORDER: Final = (
    ExitCode.NOT_TRUSTED,
    ExitCode.REFUSED,
    ExitCode.STOPPED,
    ExitCode.WAITING,
    ExitCode.PROBLEMS,
    ExitCode.USAGE,
)


def _of_code(code: str) -> ExitCode:
    if code in _SPECIAL:
        return _SPECIAL[code]
    match code[3:4]:
        case "3":
            return ExitCode.REFUSED
        case "4" if code < _FIRST_FILE_CODE:
            return ExitCode.REFUSED
        case "7" if code in _TAMPERED:
            return ExitCode.NOT_TRUSTED
        case _:
            return ExitCode.PROBLEMS
