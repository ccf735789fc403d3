"""Reads of what one principal may do."""
