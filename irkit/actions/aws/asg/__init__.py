"""Actions on machines of an Auto Scaling group."""
