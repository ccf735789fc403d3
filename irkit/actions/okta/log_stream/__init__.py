"""Actions on one log stream."""
