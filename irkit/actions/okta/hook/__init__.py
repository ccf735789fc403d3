"""Actions on one hook."""
