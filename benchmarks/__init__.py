"""Benchmarks: the budgets of irkit, each printed as a ratio to a floor measured in the same run.

They are run by hand (`make bench`, or `python -m benchmarks NAME …`) and never by the tests: a
timed test fails for reasons that are not the code's.
"""
