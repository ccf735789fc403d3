"""One sweep of one playbook: its pieces, done or to be done; a sample is drawn by the seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from irkit.canonical import JsonObject, digest_bytes
from irkit.engine.walk import Book
from irkit.proving.subject import irkit_digest
from irkit.proving.sweeps.baseline import baseline
from irkit.proving.sweeps.crash import crash_pieces
from irkit.proving.sweeps.faults import fault_pieces
from irkit.proving.sweeps.kept import Kept
from irkit.proving.sweeps.mutate import mutant_pieces
from irkit.proving.sweeps.scale import scale_pieces
from irkit.proving.sweeps.work import Done, Piece, do_piece
from irkit.proving.testing.endings import Exits
from irkit.proving.testing.finding import Found
from irkit.proving.testing.trying import run_all


class Kind(StrEnum):
    """What a sweep goes over."""

    FAULTS = "faults"
    CRASH = "crash"
    MUTATE = "mutate"
    SCALE = "scale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One sweep. `sample` is how many pieces are tried, 0 for all of them."""

    kind: Kind
    found: Found
    exits: Exits
    folder: Path
    seed: int = 7
    sample: int = 0

    def pieces(self) -> tuple[Piece, ...]:
        """Return what is to be tried, the baseline having been played first where one is needed.

        Raises:
            IrkitError: if the case it starts from does not hold itself.
        """
        suite, book = self.found.suite, self.found.book
        made = self._made(book)
        dice = random.Random(f"{self.seed}/{self.kind}/{suite.playbook}")  # noqa: S311
        if self.sample and self.sample < len(made):
            return tuple(dice.sample(made, self.sample))
        return made

    def _made(self, book: Book) -> tuple[Piece, ...]:
        suite = self.found.suite
        if self.kind is Kind.MUTATE:
            return mutant_pieces(suite, book, self.exits)
        base = baseline(suite, book, self.exits)
        match self.kind:
            case Kind.FAULTS:
                return fault_pieces(suite, book, self.exits, base)
            case Kind.CRASH:
                return crash_pieces(suite, book, self.exits, base)
            case Kind.SCALE:
                return scale_pieces(suite, book, self.exits, base)

    def kept(self) -> Kept:
        """Return the file in which what is done is kept."""
        suite, book = self.found.suite, self.found.book
        key: JsonObject = {
            "sweep": str(self.kind),
            "playbook": book.main.digest,
            "test": digest_bytes(self.found.text.encode()),
            "irkit": irkit_digest(),
            "seed": self.seed,
        }
        return Kept(self.folder / f"{self.kind}-{suite.playbook}.jsonl", key)

    def run(self, pieces: tuple[Piece, ...], processes: int) -> Iterator[Done]:
        """Yield what was done before, then do the rest."""
        kept = self.kept()
        before = kept.done()
        named = {piece.name for piece in pieces}
        kept.begin(before)
        yield from (done for name, done in before.items() if name in named)
        rest = [piece for piece in pieces if piece.name not in before]
        for _, done in run_all(rest, do_piece, processes):
            kept.add(done)
            yield done
