"""Actions on one identity provider."""
