"""Actions on one KMS key."""
