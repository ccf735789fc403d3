"""Actions on one OAuth client."""
