"""Actions on one snapshot or image."""
