"""Actions on EC2 in a whole account."""
