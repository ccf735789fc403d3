"""Reads of what exists in accounts."""
