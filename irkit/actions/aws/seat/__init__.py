"""Reads of whether a credential still works."""
