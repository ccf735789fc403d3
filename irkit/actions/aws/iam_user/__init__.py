"""Actions on one IAM user."""
