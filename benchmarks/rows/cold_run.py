"""A cold run to its first durable intent against a bare Typer hello-world: at most 5 times."""

import shutil
import tempfile
from itertools import count
from pathlib import Path

from benchmarks.measure import Ran, in_turns, middle, say, spawn
from irkit.trail.journal import Journal
from irkit.trail.keys import create_key_file

_ROUNDS = 9
_TARGET = 5


def main() -> None:
    """Measure and print."""
    peak = Ran(0, 0)
    with tempfile.TemporaryDirectory() as name:
        folder, numbers = Path(name), count()
        (folder / "new").mkdir()
        signer = create_key_file(folder / "new" / "key")
        Journal.create(
            folder / "new" / "trail", origin="acme.example/irkit/bench", signer=signer, policy={}
        ).close()

        def ours() -> float:
            nonlocal peak
            place = shutil.copytree(folder / "new", folder / str(next(numbers)))
            peak = spawn("-m", "benchmarks.cold", str(place))
            return peak.seconds

        found = in_turns(
            _ROUNDS, {"hello": lambda: spawn("-m", "benchmarks.hello").seconds, "irkit": ours}
        )
    floor, value = middle(found["hello"]), middle(found["irkit"])
    say(
        "cold run to the first durable intent",
        f"{value * 1000:.0f} ms",
        f"{value / floor:.2f} x hello-world ({floor * 1000:.0f} ms), target <= {_TARGET}",
        peak.megabytes,
    )


if __name__ == "__main__":
    main()
