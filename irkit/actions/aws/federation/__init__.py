"""Reads of who entered AWS from the identity provider."""
