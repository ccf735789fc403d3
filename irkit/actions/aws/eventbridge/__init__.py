"""Actions on EventBridge rules."""
