"""Actions on one S3 bucket."""
