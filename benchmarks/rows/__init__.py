"""One module a benchmark, run as `python -m benchmarks.rows.NAME`."""
