"""Reads that are evidence."""
