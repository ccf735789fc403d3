"""`irkit lint` of 20 playbooks against a bare Typer hello-world: at most 5 times as long."""

import tempfile
from pathlib import Path

from benchmarks.measure import Ran, in_turns, middle, say, spawn
from irkit import assets

_ROUNDS = 7
_TARGET = 5
_PLAYBOOKS = 20


def copies(folder: Path) -> list[str]:
    """Write the shipped playbooks under 20 names, and return the files."""
    files = list(assets.playbook_files(assets.playbooks()))
    made = []
    for number in range(_PLAYBOOKS):
        source = files[number % len(files)]
        target = folder / f"playbook-{number}.yaml"
        name = source.stem
        target.write_text(source.read_text().replace(f"playbook: {name}", f"playbook: p{number}"))
        made.append(str(target))
    return made


def main() -> None:
    """Measure and print."""
    peak = Ran(0, 0)
    with tempfile.TemporaryDirectory() as folder:
        files = copies(Path(folder))

        def ours() -> float:
            nonlocal peak
            peak = spawn("-m", "irkit", "lint", *files)
            return peak.seconds

        found = in_turns(
            _ROUNDS, {"hello": lambda: spawn("-m", "benchmarks.hello").seconds, "irkit": ours}
        )
    floor, value = middle(found["hello"]), middle(found["irkit"])
    say(
        f"irkit lint of {_PLAYBOOKS} playbooks",
        f"{value * 1000:.0f} ms",
        f"{value / floor:.2f} x hello-world ({floor * 1000:.0f} ms), target <= {_TARGET}",
        peak.megabytes,
    )


if __name__ == "__main__":
    main()
