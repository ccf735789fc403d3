"""Actions on one policy."""
