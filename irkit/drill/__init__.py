"""Exercises in a world of their own: an intruder who fights back, people, injects, a scorecard."""
