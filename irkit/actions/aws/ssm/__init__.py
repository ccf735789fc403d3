"""Actions on Systems Manager."""
