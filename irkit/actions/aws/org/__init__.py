"""Actions on an AWS organization: what binds whole accounts."""
