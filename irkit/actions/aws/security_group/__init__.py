"""Actions on one security group."""
