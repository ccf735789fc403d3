"""What a sweep has done so far, kept in a file, so that a killed one goes on where it was.

The first line says what the sweep is of: playbook, test, irkit and seed. What was done of anything
else does not count and is done again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from irkit.canonical import JsonObject, thaw
from irkit.proving.sweeps.work import Done


@dataclass(frozen=True, slots=True)
class Kept:
    """The file of one sweep of one playbook; `key` is what it is of."""

    path: Path
    key: JsonObject

    def done(self) -> Mapping[str, Done]:
        """Return what was done before, by the pieces' names."""
        found: dict[str, Done] = {}
        lines = self._lines()
        if next(lines, None) != thaw(self.key):
            return found
        for line in lines:
            done = Done.from_json(line)
            found[done.item] = done
        return found

    def begin(self, done: Mapping[str, Done]) -> None:
        """Start the file with what is to be kept of it."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lines = [self.key, *(one.to_json() for one in done.values())]
        scratch = self.path.with_suffix(".new")
        scratch.write_text("".join(_line(line) for line in lines), encoding="utf-8")
        scratch.replace(self.path)

    def add(self, done: Done) -> None:
        """Keep one more."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(_line(done.to_json()))

    def _lines(self) -> Iterator[JsonObject]:
        """Yield the whole lines of the file; a half one is where the sweep was killed."""
        if not self.path.is_file():
            return
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                return


def _line(value: JsonObject) -> str:
    return json.dumps(thaw(value), ensure_ascii=False) + "\n"
