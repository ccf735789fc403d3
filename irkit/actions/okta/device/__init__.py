"""Actions on one device."""
