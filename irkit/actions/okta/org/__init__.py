"""Reads of a whole org."""
