"""Actions on one subnet."""
