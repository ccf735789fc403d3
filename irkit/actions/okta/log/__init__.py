"""Reads of the Okta System Log."""
