"""Actions on one database instance."""
