"""Actions on one Okta user."""
