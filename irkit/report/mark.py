"""The shapes that carry meaning, each beside a word that says the same."""

from enum import StrEnum


class Mark(StrEnum):
    """The shapes. Each stands before a word that says the same."""

    GOOD = "✔"
    BAD = "✖"
    WAIT = "▲"
    UNKNOWN = "?"
    STEP = "·"
    SENT = "→"
