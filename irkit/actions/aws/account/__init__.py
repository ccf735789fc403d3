"""Actions on one AWS account as a whole."""
