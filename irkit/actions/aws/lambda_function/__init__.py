"""Actions on one Lambda function."""
