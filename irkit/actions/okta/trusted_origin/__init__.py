"""Actions on one trusted origin."""
