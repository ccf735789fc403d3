"""Actions on one EC2 instance."""
