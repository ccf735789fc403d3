"""The engine's fan-out over 10,000 changes: at least 5,000 a second."""

from benchmarks.fan import report

if __name__ == "__main__":
    report(10_000, rate=5_000, megabytes=0)
