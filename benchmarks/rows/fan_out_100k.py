"""The engine's fan-out over 100,000 changes: within 150 MB."""

from benchmarks.fan import report

if __name__ == "__main__":
    report(100_000, rate=5_000, megabytes=150)
