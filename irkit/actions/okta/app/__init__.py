"""Actions on one application."""
