"""Actions on network zones."""
