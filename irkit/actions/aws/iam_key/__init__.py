"""Actions on one IAM access key."""
