"""Actions on an Okta org."""
