"""Reads of a whole account's identities."""
