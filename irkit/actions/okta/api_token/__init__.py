"""Actions on one Okta API token."""
