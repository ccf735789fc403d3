"""Actions on S3 in a whole account."""
