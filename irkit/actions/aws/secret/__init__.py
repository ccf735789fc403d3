"""Actions on one secret."""
