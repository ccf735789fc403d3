"""`irkit --help` against a bare Typer hello-world: at most 2.5 times as long."""

from benchmarks.measure import Ran, in_turns, middle, say, spawn

_ROUNDS = 15
_TARGET = 2.5


def main() -> None:
    """Measure and print."""
    peak = Ran(0, 0)

    def ours() -> float:
        nonlocal peak
        peak = spawn("-m", "irkit", "--help")
        return peak.seconds

    found = in_turns(
        _ROUNDS, {"hello": lambda: spawn("-m", "benchmarks.hello").seconds, "irkit": ours}
    )
    floor, value = middle(found["hello"]), middle(found["irkit"])
    say(
        "irkit --help",
        f"{value * 1000:.0f} ms",
        f"{value / floor:.2f} x hello-world ({floor * 1000:.0f} ms), target <= {_TARGET}",
        peak.megabytes,
    )


if __name__ == "__main__":
    main()
