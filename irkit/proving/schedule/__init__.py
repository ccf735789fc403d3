"""The schedule: what the policies want proven next, doing it, and letting a timer do it."""
