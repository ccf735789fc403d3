"""Actions on one group rule."""
