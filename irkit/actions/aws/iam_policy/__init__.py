"""Actions on one managed policy."""
