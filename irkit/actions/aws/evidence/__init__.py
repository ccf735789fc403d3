"""Collecting and sealing evidence."""
