"""One line of progress as data."""

from dataclasses import dataclass

from irkit.report.mark import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line. A `milestone` is one that people wait for."""

    mark: Mark
    word: str
    what: str = ""
    phase: str = ""
    notes: tuple[str, ...] = ()
    command: str = ""
    milestone: bool = False
