"""Actions on AWS accounts."""
