"""Actions on one group."""
