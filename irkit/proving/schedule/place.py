"""Where a timer finds irkit and the workspace, and what it is given."""

from dataclasses import dataclass
from typing import Final

MINUTE: Final = 7
"""The minute of each hour at which timers run: not the full hour, when everybody's do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the texts are filled with. `command` is irkit: a program, and its first words."""

    workspace: str
    command: tuple[str, ...]
    user: str
    image: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One file: what to call it, and its text."""

    name: str
    text: str
