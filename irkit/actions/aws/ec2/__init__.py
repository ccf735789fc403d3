"""Actions on what starts machines."""
