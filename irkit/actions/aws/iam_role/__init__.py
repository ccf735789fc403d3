"""Actions on one IAM role."""
