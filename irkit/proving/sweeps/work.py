"""One piece of a sweep, and what came of it; each can be done in any process."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from irkit.canonical import JsonObject


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of one piece: `found` is what was seen, `wrong` what must not be."""

    sweep: str
    playbook: str
    item: str
    found: str
    wrong: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Say whether nothing is wrong."""
        return not self.wrong

    def to_json(self) -> JsonObject:
        """Return the JSON form."""
        return {
            "view": "sweep",
            "sweep": self.sweep,
            "playbook": self.playbook,
            "item": self.item,
            "good": self.good,
            "found": self.found,
            "wrong": list(self.wrong),
            "ms": round(self.seconds * 1000),
        }

    @classmethod
    def from_json(cls, value: JsonObject) -> "Done":
        """Read the JSON form."""
        wrong = value["wrong"]
        assert isinstance(wrong, Sequence)
        return cls(
            sweep=str(value["sweep"]),
            playbook=str(value["playbook"]),
            item=str(value["item"]),
            found=str(value["found"]),
            wrong=tuple(str(line) for line in wrong),
            seconds=int(str(value["ms"])) / 1000,
        )


class Piece(Protocol):
    """One piece of a sweep. `name` is the same whenever the sweep is made of the same files."""

    @property
    def name(self) -> str:
        """Return what it tries, in a few words."""

    def run(self) -> Done:
        """Try it."""


def do_piece(piece: Piece) -> Done:
    """Try one piece; known by its name in other processes."""
    return piece.run()
