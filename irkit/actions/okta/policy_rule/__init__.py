"""Actions on one rule of a policy."""
